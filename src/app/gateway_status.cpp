// What the gateway tells about its upstreams, for metrics and the admin page.
#include "app/gateway_impl.hpp"

#include <algorithm>
#include <map>

namespace errgate::app {

namespace {

using admin::UpstreamStatus;
using policy::BreakerState;
using telemetry::ConnectionState;

std::string url_of(const config::Upstream& upstream) {
    const config::UpstreamAddress& first = upstream.addresses.front();
    const bool v6 = first.host.find(':') != std::string::npos;
    return upstream.scheme + "://" + (v6 ? "[" + first.host + "]" : first.host) + ":" +
           std::to_string(first.port) + upstream.base_path;
}

std::vector<std::string> address_texts(const proxy::AddressBook::List& list) {
    std::vector<std::string> out;
    if (!list) return out;
    for (const proxy::Address& address : *list) {
        const proxy::Endpoint& endpoint = address.endpoint;
        const std::string host = endpoint.address().to_string();
        out.push_back((endpoint.address().is_v6() ? "[" + host + "]" : host) + ":" +
                      std::to_string(endpoint.port()));
    }
    return out;
}

void put_breaker(UpstreamStatus& out, const policy::Breaker& breaker, bool enabled) {
    const policy::BreakerCell cell = breaker.cell();
    const base::Duration wait =
        breaker.retry_after(base::SteadyClock::now(), policy::candidate(true));
    out.breaker.enabled = enabled;
    out.breaker.state = to_string(cell.state);
    out.breaker.retry_after_ms = std::chrono::ceil<base::Millis>(wait).count();
    out.breaker.consecutive_failures = cell.streak;
    out.breaker.window_failures = cell.failures;
    out.breaker.window_requests = cell.requests;
    out.breaker.to_closed = breaker.transitions(BreakerState::closed);
    out.breaker.to_half_open = breaker.transitions(BreakerState::half_open);
    out.breaker.to_open = breaker.transitions(BreakerState::open);
}

struct Connections {
    std::uint64_t idle = 0, busy = 0;  // sums of the workers' deltas, which wrap
};
using ByUpstream = std::map<std::uint16_t, Connections>;

ByUpstream count_connections(const std::vector<std::unique_ptr<proxy::Worker>>& workers) {
    ByUpstream out;
    for (const auto& worker : workers) {
        worker->counters().read(
            telemetry::Family::upstream_connections,
            [&](const telemetry::LabelKey& key, std::uint64_t value) {
                Connections& sum = out[key.upstream];
                const bool idle = key.word == static_cast<std::uint8_t>(ConnectionState::idle);
                (idle ? sum.idle : sum.busy) += value;
            });
    }
    return out;
}

}  // namespace

std::vector<UpstreamStatus> Gateway::Impl::upstream_statuses() const {
    ByUpstream connections = count_connections(workers);
    std::vector<UpstreamStatus> out;
    for (const config::Upstream& upstream : live->snapshot->upstreams) {
        const proxy::UpstreamRuntime& runtime = *live->upstreams[upstream.index];
        const Connections& open = connections[live->upstream_ids[upstream.index]];
        UpstreamStatus& status = out.emplace_back();
        status.name = upstream.name;
        status.url = url_of(upstream);
        status.dialect = upstream.dialect->name();
        status.addresses = address_texts(runtime.addresses.get());
        put_breaker(status, runtime.breaker, upstream.circuit_breaker.enabled);
        status.budget = {upstream.retry_budget.ratio, upstream.retry_budget.min_per_second,
                         runtime.budget.earned()};
        status.in_flight = runtime.in_flight.load(std::memory_order_relaxed);
        status.max_in_flight = upstream.max_in_flight;
        status.connections = {static_cast<std::int64_t>(open.idle),
                              static_cast<std::int64_t>(open.busy), upstream.pool.max_connections};
    }
    return out;
}

void Gateway::Impl::configure_admin() {
    const config::AdminAccess& access = snapshot->admin_access;
    admin->set_access({access.allowed_hosts, access.token, access.public_metrics});
    const config::JournalParams& kept = snapshot->journal;
    journal.configure({kept.entries, kept.bytes, kept.body_excerpt});
}

}  // namespace errgate::app
