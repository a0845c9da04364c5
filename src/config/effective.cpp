// The configuration as it is used.
#include "config/effective.hpp"

#include "config/convert.hpp"
#include "errors/redact.hpp"

#include <nlohmann/json.hpp>

namespace errgate::config {
namespace {

using Json = nlohmann::ordered_json;

constexpr const char* kMasked = "[redacted]";

std::string address_text(const ListenAddress& address) {
    const bool v6 = address.host.find(':') != std::string::npos;
    return (v6 ? "[" + address.host + "]" : address.host) + ":" + std::to_string(address.port);
}

std::string url_text(const Url& url) {
    const bool v6 = url.address.host.find(':') != std::string::npos;
    std::string out = url.scheme + "://" + (v6 ? "[" + url.address.host + "]" : url.address.host);
    if (!url.default_port) out += ":" + std::to_string(url.address.port);
    return out + url.base_path;
}

const char* text(ErrorMode mode) {
    if (mode == ErrorMode::annotate) return "annotate";
    return mode == ErrorMode::passthrough ? "passthrough" : "envelope";
}
const char* text(ErrorStatus status) {
    return status == ErrorStatus::canonical ? "canonical" : "upstream";
}
const char* text(ErrorFormat format) {
    if (format == ErrorFormat::json) return "json";
    return format == ErrorFormat::problem_json ? "problem+json" : "auto";
}

class Effective {
  public:
    Effective(const Model& model, const Value& root) : model_(model), root_(root) {}

    Json file() const {
        Json out{{"version", 1}, {"listen", Json::array()}};
        for (std::size_t i = 0; i < model_.listen.size(); ++i)
            out["listen"].push_back(listen(i));
        out["admin"] = admin();
        out["threads"] = model_.threads;
        out["dialects"] = model_.dialects;
        out["limits"] = {{"header_bytes", model_.limits.head.head_bytes},
                         {"headers", model_.limits.head.fields},
                         {"request_buffer", model_.limits.request_buffer},
                         {"error_body", model_.limits.error_body},
                         {"connections", model_.limits.connections},
                         {"requests_per_connection", model_.limits.requests_per_connection}};
        out["client"] = {{"header_timeout", to_text(model_.client.header)},
                         {"body_timeout", to_text(model_.client.body)},
                         {"keepalive_timeout", to_text(model_.client.keepalive)}};
        out["drain"] = {{"grace", to_text(model_.drain.grace)},
                        {"timeout", to_text(model_.drain.timeout)}};
        for (const UpstreamModel& each : model_.upstreams)
            out["upstreams"][each.name] = upstream(each);
        out["routes"] = Json::array();
        for (const RouteModel& each : model_.routes)
            out["routes"].push_back(route(each));
        out["access_log"] = {{"path", model_.access_log.path},
                             {"format", "json"},
                             {"sample", model_.access_log.sample}};
        out["journal"] = {{"entries", model_.journal.entries},
                          {"bytes", model_.journal.bytes},
                          {"body_excerpt", model_.journal.body_excerpt}};
        mask(out, root_);
        for (std::size_t i = 0; i < model_.routes.size(); ++i)
            if (const Value* defaults = root_.find("defaults")) mask(out["routes"][i], *defaults);
        return out;
    }

  private:
    // Whatever came from the environment has, in the output, the place it has in the document.
    static void mask(Json& out, const Value& source) {
        if (source.kind == Value::Kind::scalar) {
            if (source.from_environment) out = kMasked;
            return;
        }
        for (const auto& [key, member] : source.members) {
            if (out.is_object() && out.contains(key)) mask(out[key], member);
        }
        for (std::size_t i = 0; i < source.items.size(); ++i) {
            if (out.is_array() && i < out.size()) mask(out[i], source.items[i]);
        }
    }

    Json listen(std::size_t i) const {
        const ListenModel& model = model_.listen[i];
        Json out{{"address", address_text(model.address)}};
        if (!model.tls.certificate.empty()) {
            out["tls"] = {{"certificate", model.tls.certificate},
                          {"private_key", model.tls.private_key},
                          {"client_ca", model.tls.client_ca}};
        }
        return out;
    }

    Json admin() const {
        Json out{{"address", address_text(model_.admin.address)},
                 {"allow_remote", model_.admin.allow_remote},
                 {"allowed_hosts", model_.admin.allowed_hosts},
                 {"token_file", model_.admin.token_file},
                 {"public_metrics", model_.admin.public_metrics}};
        if (!model_.admin.token.empty()) out["token"] = kMasked;
        return out;
    }

    static Json upstream(const UpstreamModel& model) {
        Json out{{"url", Json::array()}, {"dialect", model.dialect}};
        for (const Url& url : model.urls)
            out["url"].push_back(url_text(url));
        if (model.urls.front().scheme == "https") {
            out["tls"] = {{"ca_file", model.tls.ca_file},
                          {"server_name", model.tls.server_name},
                          {"client_certificate", model.tls.client_certificate},
                          {"client_key", model.tls.client_key},
                          {"verify", model.tls.verify}};
        }
        out["pool"] = {{"max_idle", model.pool.max_idle},
                       {"idle_timeout", to_text(model.pool.idle_timeout)},
                       {"max_connections", model.pool.max_connections}};
        out["max_in_flight"] = model.max_in_flight;
        out["retry_budget"] = {{"ratio", model.retry_budget.ratio},
                               {"min_per_second", model.retry_budget.min_per_second}};
        out["circuit_breaker"] = breaker(model.circuit_breaker);
        if (!model.health_check.path.empty()) {
            out["health_check"] = {{"path", model.health_check.path},
                                   {"timeout", to_text(model.health_check.timeout)},
                                   {"statuses", model.health_check.statuses}};
        }
        out["speaks_envelope"] = model.speaks_envelope;
        return out;
    }

    static Json breaker(const policy::BreakerParams& params) {
        return {{"enabled", params.enabled},
                {"consecutive_failures", params.consecutive_failures},
                {"failure_ratio", params.failure_ratio},
                {"min_requests", params.min_requests},
                {"window", to_text(params.window)},
                {"open", to_text(params.open)},
                {"max_open", to_text(params.max_open)}};
    }

    static Json route(const RouteModel& model) {
        const RouteOptions& options = model.options;
        return {
            {"name", model.name},
            {"match", match(model.match)},
            {"upstream", model.upstream},
            {"strip_prefix", model.strip_prefix},
            {"upgrade", model.upgrade},
            {"errors",
             {{"mode", text(options.errors.mode)},
              {"status", text(options.errors.status)},
              {"format", text(options.errors.format)}}},
            {"timeouts",
             {{"connect", to_text(options.timeouts.connect)},
              {"attempt", to_text(options.timeouts.attempt)},
              {"total", to_text(options.timeouts.total)},
              {"idle", to_text(options.timeouts.idle)}}},
            {"retry",
             {{"attempts", options.retry.attempts},
              {"backoff",
               {{"base", to_text(options.retry.backoff_base)},
                {"max", to_text(options.retry.backoff_max)}}},
              {"replay_safe_methods", options.retry.replay_safe_methods},
              {"mint_idempotency_key", options.retry.mint_idempotency_key}}},
            {"headers",
             {{"request", edits(model.request_edits)}, {"response", edits(model.response_edits)}}}};
    }

    static Json match(const policy::RouteMatch& match) {
        Json headers = Json::object();
        for (const auto& [name, value] : match.headers)
            headers[name] = errors::redact(value);
        return {{"path_prefix", match.path_prefix},
                {"methods", match.methods},
                {"host", match.host},
                {"headers", headers}};
    }

    static Json edits(const http::FieldEdits& edits) {
        Json set = Json::object();
        for (const auto& field : edits.set)
            set[field.name] = kMasked;
        return {{"set", set}, {"remove", edits.remove}};
    }

    const Model& model_;
    const Value& root_;
};

}  // namespace

std::string effective_json(const Model& model, const Value& root) {
    return Effective(model, root).file().dump(-1, ' ', false, Json::error_handler_t::replace);
}

}  // namespace errgate::config
