#include "snapshot_text.hpp"

#include <sstream>

namespace errgate::config {
namespace {

void put(std::ostream& out, const Upstream& upstream) {
    out << "upstream " << upstream.index << " " << upstream.name << " " << upstream.scheme;
    for (const UpstreamAddress& address : upstream.addresses)
        out << " " << address.host << ":" << address.port;
    out << " base=" << upstream.base_path << " host=" << upstream.host_field;
    out << " dialect=" << upstream.dialect->name() << "\n";
    const PoolParams& pool = upstream.pool;
    out << "  pool " << pool.max_idle << " " << pool.idle_timeout.count() << " "
        << pool.max_connections;
    out << " in_flight " << upstream.max_in_flight;
    out << " budget " << upstream.retry_budget.ratio << " " << upstream.retry_budget.min_per_second
        << "\n";
    const policy::BreakerParams& breaker = upstream.circuit_breaker;
    out << "  breaker " << breaker.enabled << " " << breaker.consecutive_failures << " "
        << breaker.failure_ratio << " " << breaker.min_requests << " " << breaker.window.count()
        << " " << breaker.open.count() << " " << breaker.max_open.count() << " envelope "
        << upstream.speaks_envelope << "\n";
    const HealthCheck& check = upstream.health_check;
    out << "  health " << breaker.health_checked << " " << check.path << " "
        << check.timeout.count();
    for (const int status : check.statuses)
        out << " " << status;
    out << "\n";
}

void put(std::ostream& out, const http::FieldEdits& edits) {
    for (const auto& field : edits.set)
        out << " " << field.name << "=" << field.value;
    for (const std::string& name : edits.remove)
        out << " -" << name;
}

void put(std::ostream& out, const Route& route) {
    out << "route " << route.index << " " << route.name << " upstream " << route.upstream;
    out << " strip=" << route.strip_prefix << " upgrade " << route.upgrade << " errors "
        << static_cast<int>(route.errors.mode) << " " << static_cast<int>(route.errors.status)
        << " " << static_cast<int>(route.errors.format) << "\n";
    const policy::Timeouts& timeouts = route.timeouts;
    out << "  timeouts " << timeouts.connect.count() << " " << timeouts.attempt.count() << " "
        << timeouts.idle.count() << " " << timeouts.total.count();
    out << " retry " << route.retry.attempts << " " << route.retry.backoff_base.count() << " "
        << route.retry.backoff_max.count() << " ";
    const auto& methods = route.retry.replay_safe_methods;
    for (std::size_t i = 0; i < methods.size(); ++i)
        out << (i == 0 ? "" : ",") << methods[i];
    out << " mint " << route.retry.mint_idempotency_key << "\n  request";
    put(out, route.request_edits);
    out << " response";
    put(out, route.response_edits);
    out << "\n";
}

}  // namespace

std::string text_of(const Snapshot& snapshot) {
    std::ostringstream out;
    for (const Listener& listen : snapshot.listen)
        out << "listen " << listen.address.host << " " << listen.address.port << "\n";
    out << "admin " << snapshot.admin.host << " " << snapshot.admin.port << "\n";
    out << "threads " << snapshot.threads << "\n";
    const Limits& limits = snapshot.limits;
    out << "limits " << limits.head.head_bytes << " " << limits.head.fields << " "
        << limits.request_buffer << " " << limits.error_body << " " << limits.connections << " "
        << limits.requests_per_connection << "\n";
    const ClientTimeouts& client = snapshot.client;
    out << "client " << client.header.count() << " " << client.body.count() << " "
        << client.keepalive.count() << "\n";
    out << "drain " << snapshot.drain_grace.count() << " " << snapshot.drain_timeout.count()
        << "\n";
    out << "access_log " << snapshot.access_log_path << "\n";
    for (const Upstream& upstream : snapshot.upstreams)
        put(out, upstream);
    for (const Route& route : snapshot.routes)
        put(out, route);
    return out.str();
}

}  // namespace errgate::config
