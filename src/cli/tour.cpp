#include "cli/tour.hpp"

#include "cli/envelope_check.hpp"
#include "cli/style.hpp"
#include "sim/provider.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <ostream>

namespace errgate::cli {
namespace {

constexpr std::size_t kWidth = 100;
constexpr std::size_t kIndent = 4;
constexpr std::size_t kShownText = 200;

// A body on one line: runs of white space become one blank, long ones are cut.
std::string one_line(std::string_view body) {
    std::string line;
    for (const char c : body) {
        const bool blank = c == ' ' || c == '\r' || c == '\n' || c == '\t';
        if (!blank) line += c;
        if (blank && !line.empty() && line.back() != ' ') line += ' ';
    }
    while (!line.empty() && line.back() == ' ')
        line.pop_back();
    if (line.size() > kShownText) line = line.substr(0, kShownText) + " ...";
    return std::string(kIndent, ' ') + (line.empty() ? "(no body)" : line);
}

void print_answer(std::string_view who, const sim::ClientResponse& response, std::ostream& out) {
    out << "  " << who;
    if (response.status == 0) {
        out << "no answer (" << response.error << ")\n";
        return;
    }
    const std::string members = wrap_members(response.body, kIndent, kWidth);
    out << response.status << '\n' << (members.empty() ? one_line(response.body) : members) << '\n';
}

void print_request(const Step& step, const sim::ClientRequest& request, std::ostream& out) {
    const Style style = style_of(out);
    out << "\n  " << style.bold << "-- " << step.remark << style.plain << "\n  " << request.method
        << ' ' << request.target;
    if (!request.body.empty() && request.body != "{}") out << ' ' << request.body;
    for (const auto& [name, value] : request.fields) {
        if (http::iequals(name, "idempotency-key")) out << "  (" << name << ": " << value << ')';
    }
    out << '\n';
}

void print_provider(const std::string& name, std::ostream& out) {
    const sim::Provider* provider = sim::find_provider(name);
    out << '\n' << (provider ? name + "  " + provider->shape : "errgate itself") << '\n';
}

// Untouched means: the very status and body of the provider, and our request id.
std::string success_problem(const sim::ClientResponse& direct, const sim::ClientResponse& got) {
    if (got.status != direct.status || got.body != direct.body) return "it was changed on the way";
    return got.field("X-Request-Id").empty() ? "X-Request-Id is missing" : "";
}

bool take_step(const Step& step, const Ports& ports, std::ostream& out) {
    sim::ClientRequest through = step.request;
    sim::ClientResponse direct;
    if (!step.provider.empty()) through.target = '/' + step.provider + step.request.target;
    print_request(step, through, out);
    if (!step.provider.empty()) {
        direct = sim::fetch(ports.providers.at(step.provider), step.request);
        print_answer("provider: ", direct, out);
    }
    const sim::ClientResponse got = sim::fetch(ports.gateway, through);
    print_answer("client:   ", got, out);
    const std::string problem =
        step.code.empty() ? success_problem(direct, got) : envelope_problem(got, step.code);
    const Style style = style_of(out);
    if (!problem.empty()) out << style.bad << "  WRONG: " << problem << style.plain << '\n';
    out.flush();
    return problem.empty();
}

}  // namespace

int take_tour(const Ports& ports, std::ostream& out) {
    int wrong = 0;
    const Step* previous = nullptr;
    for (const Step& step : tour_steps()) {
        if (!previous || previous->provider != step.provider) print_provider(step.provider, out);
        previous = &step;
        if (!take_step(step, ports, out)) ++wrong;
    }
    const auto steps = tour_steps().size();
    out << "\ntour: " << steps - static_cast<std::size_t>(wrong) << " of " << steps
        << " steps came out as they must" << std::endl;
    return wrong;
}

std::string wrap_members(std::string_view json, std::size_t indent, std::size_t width) {
    const std::string margin(indent, ' ');
    const auto object = nlohmann::ordered_json::parse(json, nullptr, false);
    if (!object.is_object() || object.empty()) return {};
    std::string text;
    std::string line = margin + '{';
    std::size_t left = object.size();
    for (const auto& [name, value] : object.items()) {
        const std::string member =
            nlohmann::json(name).dump() + ':' + value.dump() + (--left == 0 ? "}" : ",");
        if (line.size() > indent + 1 && line.size() + member.size() > width) {
            text += line + '\n';
            line = margin + ' ';
        }
        line += member;
    }
    return text + line;
}

}  // namespace errgate::cli
