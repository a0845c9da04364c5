// The `routes` and `defaults` parts of the routes file.
#include "config/convert.hpp"
#include "config/read.hpp"

#include <algorithm>

namespace errgate::config {
namespace {

void read_errors(MappingReader& reader, ErrorOptions& errors) {
    reader.read("mode", errors.mode,
                choice<ErrorMode>({{"envelope", ErrorMode::envelope},
                                   {"annotate", ErrorMode::annotate},
                                   {"passthrough", ErrorMode::passthrough}}));
    reader.read("status", errors.status,
                choice<ErrorStatus>(
                    {{"canonical", ErrorStatus::canonical}, {"upstream", ErrorStatus::upstream}}));
    reader.read("format", errors.format,
                choice<ErrorFormat>({{"auto", ErrorFormat::automatic},
                                     {"json", ErrorFormat::json},
                                     {"problem+json", ErrorFormat::problem_json},
                                     {"problem_json", ErrorFormat::problem_json}}));
}

void read_timeouts(MappingReader& reader, policy::Timeouts& timeouts) {
    const auto timeout = duration(Millis(1), kLongest);
    const bool has_connect = reader.read("connect", timeouts.connect, timeout);
    const bool has_attempt = reader.read("attempt", timeouts.attempt, timeout);
    reader.read("total", timeouts.total, timeout);
    reader.read("idle", timeouts.idle, timeout);
    // What is not said here gives way to what is: `attempt: 300ms` alone contradicts nothing.
    if (!has_attempt) timeouts.attempt = std::min(timeouts.attempt, timeouts.total);
    if (!has_connect) timeouts.connect = std::min(timeouts.connect, timeouts.attempt);
}

void read_retry(MappingReader& reader, policy::RetryParams& retry) {
    reader.read("attempts", retry.attempts, whole_number(1, 10));
    reader.nested("backoff", [&](MappingReader& backoff) {
        backoff.read("base", retry.backoff_base, duration(Millis(0), kLongest));
        backoff.read("max", retry.backoff_max, duration(Millis(0), kLongest));
    });
    reader.read_list("replay_safe_methods", retry.replay_safe_methods, method());
    reader.read("mint_idempotency_key", retry.mint_idempotency_key, boolean());
}

void read_match_headers(MappingReader& reader, policy::RouteMatch& match) {
    const Value& value = reader.value();
    for (std::size_t i = 0; i < value.members.size(); ++i) {
        std::string wanted;
        const std::string& name = value.members[i].first;
        check_field_name(reader.report(), value.member_marks[i], reader.path_of(name), name);
        if (reader.read(name, wanted, field_value())) match.headers.emplace_back(name, wanted);
    }
}

void read_match(MappingReader& reader, policy::RouteMatch& match) {
    reader.read("path_prefix", match.path_prefix, path_prefix());
    reader.read_list("methods", match.methods, method());
    reader.read("host", match.host, host_name());
    reader.nested("headers", [&](MappingReader& headers) { read_match_headers(headers, match); });
}

RouteModel read_route(MappingReader& reader, const RouteOptions& defaults) {
    RouteModel route;
    route.options = defaults;
    reader.require("name", route.name, name_text());
    reader.nested("match", [&](MappingReader& r) { read_match(r, route.match); });
    reader.require("upstream", route.upstream, name_text());
    reader.read("strip_prefix", route.strip_prefix, path_prefix());
    read_route_options(reader, route.options);
    reader.nested("headers", [&](MappingReader& headers) {
        read_edits(headers, "request", route.request_edits);
        read_edits(headers, "response", route.response_edits);
    });
    reader.read("upgrade", route.upgrade, boolean());
    return route;
}

}  // namespace

void read_route_options(MappingReader& reader, RouteOptions& options) {
    reader.nested("errors", [&](MappingReader& r) { read_errors(r, options.errors); });
    reader.nested("timeouts", [&](MappingReader& r) { read_timeouts(r, options.timeouts); });
    reader.nested("retry", [&](MappingReader& r) { read_retry(r, options.retry); });
}

std::vector<RouteModel> read_routes(MappingReader& root, const RouteOptions& defaults) {
    std::vector<RouteModel> out;
    const Value* routes = root.required_list("routes");
    if (routes == nullptr) return out;
    if (routes->items.size() > kMaxEntries) {
        root.report().add(routes->mark, "routes", "at most 65535 routes are possible");
    }
    for (std::size_t i = 0; i < routes->items.size(); ++i) {
        MappingReader reader(root.report(), routes->items[i], "routes[" + std::to_string(i) + "]");
        out.push_back(read_route(reader, defaults));
        reader.finish();
    }
    return out;
}

}  // namespace errgate::config
