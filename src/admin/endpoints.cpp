// What each admin path answers.
#include "admin/endpoints.hpp"

#include "admin/catalogue.hpp"
#include "base/json_text.hpp"

#include <nlohmann/json.hpp>

namespace errgate::admin {

namespace {

constexpr std::string_view kJson = "application/json";
constexpr std::string_view kReloadPath = "/reload";

std::string_view path_of(const Request& request) {
    return request.target.substr(0, request.target.find('?'));
}

Answer wrong_method(std::string_view allowed) {
    Answer refused = error_answer(405, "this endpoint knows " + std::string(allowed) + " only");
    refused.allow = allowed;
    return refused;
}

Answer metrics(const Request& request, const Endpoints& endpoints) {
    const auto format = telemetry::choose_exposition(request.accept);
    return {.content_type = telemetry::content_type(format), .body = endpoints.metrics(format)};
}

Answer livez(const Request&, const Endpoints&) {
    return {.content_type = kJson, .body = "{\"status\":\"live\"}\n"};
}

Answer readyz(const Request&, const Endpoints& endpoints) {
    const std::string reason = endpoints.unready();
    if (reason.empty()) return {.content_type = kJson, .body = "{\"status\":\"ready\"}\n"};
    std::string body = "{\"status\":\"not_ready\",\"reason\":";
    base::append_json_string(body, reason);
    body += "}\n";
    return {.status = 503, .content_type = kJson, .body = std::move(body)};
}

Answer codes(const Request&, const Endpoints&) {
    return {.content_type = kJson, .body = catalogue_json()};
}

unsigned status_of(ReloadResult::Kind kind) {
    switch (kind) {
        case ReloadResult::Kind::applied:
            return 200;
        case ReloadResult::Kind::invalid:
            return 422;
        case ReloadResult::Kind::impossible:
            return 409;
        case ReloadResult::Kind::stale:
            return 412;
    }
    return 500;
}

// File names and messages may hold bytes that are no UTF-8.
std::string dump(const nlohmann::ordered_json& page) {
    return page.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace) + "\n";
}

struct Endpoint {
    std::string_view path;
    Answer (*answer)(const Request&, const Endpoints&);
};

// The shapes are described in the README's section on the admin listener.
constexpr Endpoint kEndpoints[] = {
    {"/metrics", metrics}, {"/livez", livez}, {"/readyz", readyz}, {"/codes", codes}};

}  // namespace

bool is_reload(const Request& request) {
    return request.method == "POST" && path_of(request) == kReloadPath;
}

Answer answer(const Request& request, const Endpoints& endpoints) {
    const std::string_view path = path_of(request);
    for (const Endpoint& endpoint : kEndpoints) {
        if (endpoint.path != path) continue;
        if (request.method == "GET" || request.method == "HEAD") {
            return endpoint.answer(request, endpoints);
        }
        return wrong_method("GET, HEAD");
    }
    if (path == kReloadPath) return wrong_method("POST");
    return error_answer(404, "no such endpoint");
}

Answer error_answer(unsigned status, std::string_view text) {
    std::string body = "{\"error\":";
    base::append_json_string(body, text);
    body += "}\n";
    return {.status = status, .content_type = kJson, .body = std::move(body)};
}

Answer reload_answer(const ReloadResult& result) {
    nlohmann::ordered_json page{
        {"result", result.kind == ReloadResult::Kind::applied ? "success" : "failure"},
        {"hash", result.hash},
        {"previous_hash", result.previous_hash},
        {"changed", result.hash != result.previous_hash},
        {"ms", result.took.count()}};
    if (!result.reason.empty()) page["reason"] = result.reason;
    page["problems"] = nlohmann::ordered_json::array();
    for (const config::Problem& problem : result.problems) {
        page["problems"].push_back({{"file", problem.file},
                                    {"line", problem.mark.line},
                                    {"column", problem.mark.column},
                                    {"path", problem.path},
                                    {"message", problem.message}});
    }
    page["notices"] = result.notices;
    return {.status = status_of(result.kind), .content_type = kJson, .body = dump(page)};
}

}  // namespace errgate::admin
