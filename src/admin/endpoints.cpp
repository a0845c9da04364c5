// What each admin path answers.
#include "admin/endpoints.hpp"

#include "admin/catalogue.hpp"
#include "admin/errors_page.hpp"
#include "admin/page.hpp"
#include "base/json_text.hpp"

#include <algorithm>
#include <charconv>

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

Answer upstreams(const Request&, const Endpoints& endpoints) {
    return {.content_type = kJson, .body = upstreams_json(endpoints.upstreams())};
}

// {"hash", "loaded_at": Unix seconds, "files": [], "notices": [], "config": {the routes file}}
Answer config(const Request&, const Endpoints& endpoints) {
    Answer answer{.content_type = kJson, .body = {}};
    const ConfigFacts facts = endpoints.config();
    const auto append_list = [&](std::string_view name, const std::vector<std::string>& texts) {
        answer.body.append(",\"").append(name).append("\":[");
        for (std::size_t i = 0; i < texts.size(); ++i) {
            if (i > 0) answer.body += ',';
            base::append_json_string(answer.body, texts[i]);
        }
        answer.body += ']';
    };
    answer.body = "{\"hash\":\"" + facts.snapshot->hash +
                  "\",\"loaded_at\":" + std::to_string(facts.loaded_at);
    append_list("files", facts.snapshot->files);
    append_list("notices", facts.snapshot->notices);
    answer.body += ",\"config\":" + facts.snapshot->effective + "}\n";
    answer.etag = '"' + facts.snapshot->hash + '"';
    return answer;
}

Answer errors(const Request& request, const Endpoints& endpoints) {
    constexpr std::size_t most = 1'000;
    const std::string_view query =
        request.target.substr(std::min(request.target.find('?'), request.target.size() - 1) + 1);
    const std::string code = query_value(query, "code");
    const std::string upstream = query_value(query, "upstream");
    const std::string route = query_value(query, "route");
    const std::string limit = query_value(query, "limit");
    telemetry::JournalQuery wanted{.code = code, .upstream = upstream, .route = route};
    if (!limit.empty()) {
        const char* end = limit.data() + limit.size();
        const auto [stop, error] = std::from_chars(limit.data(), end, wanted.limit);
        if (error != std::errc{} || stop != end || wanted.limit == 0 || wanted.limit > most)
            return error_answer(400, "limit must be a whole number from 1 to 1000");
    }
    return {.content_type = kJson, .body = errors_json(*endpoints.journal, wanted)};
}

Answer one_error(std::string_view request_id, const Endpoints& endpoints) {
    const auto entry = endpoints.journal->find(request_id);
    if (!entry) return error_answer(404, "no failure with this request id is kept");
    return {.content_type = kJson, .body = error_json(*entry)};
}

Answer unmapped(const Request&, const Endpoints& endpoints) {
    return {.content_type = kJson, .body = unmapped_json(*endpoints.unmapped)};
}

Answer last_reload(const Request&, const Endpoints& endpoints) {
    return last_reload_answer(endpoints.last_reload());
}

struct Endpoint {
    std::string_view path;
    Answer (*answer)(const Request&, const Endpoints&);
};

constexpr std::string_view kOneError = "/errors/";  // and a request id

constexpr Endpoint kEndpoints[] = {
    {"/metrics", metrics},      // Prometheus or OpenMetrics text
    {"/livez", livez},          // {"status": "live"}
    {"/readyz", readyz},        // {"status": "ready"}, or 503 and {"status": "not_ready", "reason"}
    {"/codes", codes},          // catalogue.hpp
    {"/upstreams", upstreams},  // upstreams.hpp
    {"/config", config},        // above; ETag is what If-Match of POST /reload wants
    {"/errors", errors},        // errors_page.hpp, with /errors/{request_id}
    {"/unmapped", unmapped},    // errors_page.hpp
    {kReloadPath, last_reload},  // reload.hpp, with POST
};

}  // namespace

bool is_reload(const Request& request) {
    return request.method == "POST" && path_of(request) == kReloadPath;
}

Answer answer(const Request& request, const Endpoints& endpoints) {
    const std::string_view path = path_of(request);
    const bool reads = request.method == "GET" || request.method == "HEAD";
    for (const Endpoint& endpoint : kEndpoints) {
        if (endpoint.path != path) continue;
        if (reads) return endpoint.answer(request, endpoints);
        return wrong_method(path == kReloadPath ? "GET, HEAD, POST" : "GET, HEAD");
    }
    if (const base::EmbeddedFile* file = page_file(path))
        return reads ? page_answer(*file, request.if_none_match) : wrong_method("GET, HEAD");
    if (path.starts_with(kOneError)) {
        return reads ? one_error(path.substr(kOneError.size()), endpoints)
                     : wrong_method("GET, HEAD");
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
