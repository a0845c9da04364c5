// What each admin path answers.
#include "admin/endpoints.hpp"

#include "admin/catalogue.hpp"
#include "base/json_text.hpp"

namespace errgate::admin {

namespace {

constexpr std::string_view kJson = "application/json";

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

struct Endpoint {
    std::string_view path;
    Answer (*answer)(const Request&, const Endpoints&);
};

constexpr Endpoint kEndpoints[] = {
    {"/metrics", metrics}, {"/livez", livez}, {"/readyz", readyz}, {"/codes", codes}};

}  // namespace

Answer answer(const Request& request, const Endpoints& endpoints) {
    const std::string_view path = request.target.substr(0, request.target.find('?'));
    for (const Endpoint& endpoint : kEndpoints) {
        if (endpoint.path != path) continue;
        if (request.method == "GET" || request.method == "HEAD") {
            return endpoint.answer(request, endpoints);
        }
        Answer refused = error_answer(405, "this endpoint knows GET and HEAD only");
        refused.allow_get_head = true;
        return refused;
    }
    return error_answer(404, "no such endpoint");
}

Answer error_answer(unsigned status, std::string_view text) {
    std::string body = "{\"error\":";
    base::append_json_string(body, text);
    body += "}\n";
    return {.status = status, .content_type = kJson, .body = std::move(body)};
}

}  // namespace errgate::admin
