#include "sim/provider.hpp"

#include "sim/table.hpp"

#include <algorithm>
#include <array>
#include <charconv>

namespace errgate::sim {
namespace {

constexpr std::string_view kNginxPage =
    "<html>\r\n<head><title>502 Bad Gateway</title></head>\r\n<body>\r\n"
    "<center><h1>502 Bad "
    "Gateway</h1></center>\r\n<hr><center>nginx</center>\r\n</body>\r\n</html>\r\n";

// What any provider's network does now and then, whatever its document says.
const std::array<Case, 4>& network_cases() {
    static const std::array<Case, 4> cases{{
        {"html_502", {502, {{"Content-Type", "text/html"}}, std::string(kNginxPage), {}}},
        {"empty_500", {500, {}, "", {}}},
        {"cut_short",
         {500, {{"Content-Type", "application/json"}}, R"({"code":"inter)", Delivery::cut_short}},
        {"no_answer", {500, {}, "", Delivery::no_answer}},
    }};
    return cases;
}

const Response* find_case(std::span<const Case> cases, std::string_view name) {
    const auto found = std::find_if(cases.begin(), cases.end(), [&](const Case& candidate) {
        return http::iequals(candidate.name, name);
    });
    return found == cases.end() ? nullptr : &found->response;
}

const Response* find_case(const Provider& provider, std::string_view asked,
                          const Request& request) {
    if (asked.empty()) return nullptr;
    const std::string name = provider.case_name(asked, request);
    if (const Response* own = find_case(provider.cases, name)) return own;
    return find_case(network_cases(), name);
}

std::string_view last_segment(std::string_view path) {
    const auto slash = path.rfind('/');
    return slash == std::string_view::npos ? path : path.substr(slash + 1);
}

Response choose(const Provider& provider, const Request& request) {
    for (const std::string_view asked :
         {http::find(request.fields, "X-Sim-Error"), last_segment(request.path)}) {
        if (const Response* found = find_case(provider, asked, request)) return *found;
    }
    const std::string implied = provider.implied_case(request);
    if (const Response* found = find_case(provider, implied, request)) return *found;
    return provider.success(request);
}

}  // namespace

Response answer(const Provider& provider, const Request& request) {
    Response response = choose(provider, request);
    const std::string_view asked = http::find(request.fields, "X-Sim-Status");
    int status = 0;
    std::from_chars(asked.data(), asked.data() + asked.size(), status);
    if (status >= 200 && status <= 599) response.status = status;
    return response;
}

std::span<const Provider> providers() {
    static const std::array<Provider, 5> all{make_kiotapay(), make_kineticpay(), make_license_pos(),
                                             make_six_digit(), make_kira()};
    return all;
}

const Provider* find_provider(std::string_view name) {
    const auto all = providers();
    const auto found =
        std::find_if(all.begin(), all.end(), [&](const Provider& p) { return p.name == name; });
    return found == all.end() ? nullptr : &*found;
}

}  // namespace errgate::sim
