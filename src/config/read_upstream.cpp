// The `upstreams` part of the routes file.
#include "config/convert.hpp"
#include "config/read.hpp"
#include "policy/breaker_step.hpp"

namespace errgate::config {
namespace {

// One URL or a list of them.
void read_urls(MappingReader& reader, std::vector<Url>& out) {
    const Value* value = reader.required("url");
    if (value == nullptr) return;
    if (value->kind == Value::Kind::sequence) {
        if (value->items.empty()) {
            reader.report().add(value->mark, reader.path_of("url"), "needs at least one entry");
        }
        return reader.read_list("url", out, url);
    }
    Url single;
    if (reader.read("url", single, url)) out.push_back(std::move(single));
}

void read_tls(MappingReader& reader, ClientTls& tls) {
    reader.read("ca_file", tls.ca_file, text());
    reader.read("server_name", tls.server_name, host_name());
    reader.read("client_certificate", tls.client_certificate, text());
    reader.read("client_key", tls.client_key, text());
    reader.read("verify", tls.verify, boolean());
}

void read_pool(MappingReader& reader, PoolParams& pool) {
    reader.read("max_idle", pool.max_idle, whole_number<std::size_t>(0, 100'000));
    reader.read("idle_timeout", pool.idle_timeout, duration(Millis(1), kLongest));
    reader.read("max_connections", pool.max_connections, whole_number<std::size_t>(1, 100'000));
}

void read_retry_budget(MappingReader& reader, policy::BudgetParams& budget) {
    reader.read("ratio", budget.ratio, ratio());
    reader.read("min_per_second", budget.min_per_second, number(0, 1'000'000));
}

void read_circuit_breaker(MappingReader& reader, policy::BreakerParams& breaker) {
    reader.read("enabled", breaker.enabled, boolean());
    reader.read("consecutive_failures", breaker.consecutive_failures,
                whole_number(1U, policy::kMaxStreak));
    reader.read("failure_ratio", breaker.failure_ratio, ratio());
    reader.read("min_requests", breaker.min_requests, whole_number(1U, policy::kMaxWindowCount));
    reader.read("window", breaker.window, duration(Millis(1'000), kLongest));
    reader.read("open", breaker.open, duration(Millis(1), kLongest));
    reader.read("max_open", breaker.max_open, duration(Millis(1), kLongest));
}

void read_health_check(MappingReader& reader, HealthCheck& check) {
    if (reader.required("path") != nullptr) reader.read("path", check.path, path_prefix());
    reader.read("timeout", check.timeout, duration(Millis(1), kLongest));
    reader.read_list("statuses", check.statuses, whole_number(200, 599));
}

UpstreamModel read_upstream(MappingReader& reader, const std::string& name) {
    UpstreamModel upstream;
    upstream.name = name;
    read_urls(reader, upstream.urls);
    reader.read("dialect", upstream.dialect, name_text());
    reader.nested("tls", [&](MappingReader& r) { read_tls(r, upstream.tls); });
    reader.nested("pool", [&](MappingReader& r) { read_pool(r, upstream.pool); });
    reader.read("max_in_flight", upstream.max_in_flight, whole_number<std::size_t>(1, 1'000'000));
    reader.nested("retry_budget",
                  [&](MappingReader& r) { read_retry_budget(r, upstream.retry_budget); });
    reader.nested("circuit_breaker",
                  [&](MappingReader& r) { read_circuit_breaker(r, upstream.circuit_breaker); });
    reader.read("speaks_envelope", upstream.speaks_envelope, boolean());
    reader.nested("health_check",
                  [&](MappingReader& r) { read_health_check(r, upstream.health_check); });
    return upstream;
}

}  // namespace

std::vector<UpstreamModel> read_upstreams(MappingReader& root) {
    std::vector<UpstreamModel> out;
    const Value* upstreams = root.required("upstreams");
    if (upstreams == nullptr) return out;
    Report& report = root.report();
    if (upstreams->kind != Value::Kind::mapping) {
        report.mismatch(*upstreams, "upstreams", {"a mapping of names to upstreams"});
        return out;
    }
    if (upstreams->members.empty()) {
        report.add(upstreams->mark, "upstreams", "needs at least one upstream");
    }
    if (upstreams->members.size() > kMaxEntries) {
        report.add(upstreams->mark, "upstreams", "at most 65535 upstreams are possible");
    }
    for (std::size_t i = 0; i < upstreams->members.size(); ++i) {
        const auto& [name, value] = upstreams->members[i];
        const std::string path = "upstreams." + name;
        if (!is_name(name)) {
            report.add(upstreams->member_marks[i], path, "expected " + std::string(kNameRule));
        }
        MappingReader reader(report, value, path);
        out.push_back(read_upstream(reader, name));
        reader.finish();
    }
    return out;
}

}  // namespace errgate::config
