#include "proxy/health_probe.hpp"

#include "http/head_writer.hpp"
#include "proxy/borrowed_exchange.hpp"
#include "proxy/connect.hpp"
#include "proxy/response_reader.hpp"
#include "telemetry/log.hpp"

#include <algorithm>

namespace errgate::proxy {

namespace {

using errors::GatewayReason;

// Well inside the grace (a tenth of the open period) that clients' requests wait for a probe, and
// cheap enough to look that often.
constexpr policy::Millis kLongestLook{250};
constexpr policy::Millis kShortestLook{10};

policy::Millis look_again_in(const config::Snapshot& snapshot) {
    policy::Millis period = kLongestLook;
    for (const config::Upstream& upstream : snapshot.upstreams)
        if (upstream.circuit_breaker.health_checked)
            period = std::min(period, upstream.circuit_breaker.open / 20);
    return std::max(period, kShortestLook);
}

bool is_healthy(const config::HealthCheck& check, int status) {
    if (check.statuses.empty()) return status < 400;
    return std::ranges::find(check.statuses, status) != check.statuses.end();
}

void write_probe(base::Writer& out, const config::Upstream& upstream) {
    out.put("GET ");
    out.put(upstream.health_check.path);
    out.put(" HTTP/1.1\r\n");
    http::put_field(out, "Host", upstream.host_field);
    http::put_field(out, "User-Agent", "errgate-health-check");
    http::put_field(out, "Accept", "*/*");
    http::put_field(out, "Connection", "close");
    out.put("\r\n");
}

Awaitable<GatewayReason> ask(Worker& worker, Exchange& x, int& status) {
    const policy::Millis timeout = x.upstream->health_check.timeout;
    const base::TimePoint until = base::SteadyClock::now() + timeout;
    const GatewayReason reason = co_await open_connection(worker, x, timeout);
    if (reason != GatewayReason::none) co_return reason;
    x.reserve(kUpstreamHeadBytes);
    base::Writer out(x.out);
    write_probe(out, *x.upstream);
    Gather pieces;
    pieces.add(out.view());
    const IoResult written =
        co_await x.connection->transport.write_all(pieces, until - base::SteadyClock::now());
    if (written.status == IoStatus::timeout) co_return GatewayReason::attempt_timeout;
    if (written.status != IoStatus::ok) co_return GatewayReason::connection_reset;
    bool bytes_seen = false;
    const GatewayReason read = co_await read_response_head(nullptr, x, until, bytes_seen);
    // The body is of no interest, the connection ends here.
    if (read == GatewayReason::none) status = x.response.head().status;
    co_return read;
}

// No connection was to be had because others hold them all: that says nothing.
policy::Verdict verdict_of(GatewayReason reason, bool healthy) {
    if (reason == GatewayReason::overloaded) return policy::Verdict::neutral;
    return healthy ? policy::Verdict::success : policy::Verdict::failure;
}

void log_result(const config::Upstream& upstream, GatewayReason reason, int status, bool healthy) {
    const std::string answer = reason == GatewayReason::none ? "answered " + std::to_string(status)
                                                             : std::string(errors::slug(reason));
    telemetry::log("upstream " + upstream.name + ": health check " + upstream.health_check.path +
                   ": " + answer + (healthy ? ": back, circuit closed" : ": still down"));
}

Awaitable<> probe(Worker& worker, std::shared_ptr<const LiveConfig> config, std::size_t index) {
    const config::Upstream& upstream = config->snapshot->upstreams[index];
    policy::Breaker& breaker = config->upstreams[index]->breaker;
    const BorrowedExchange exchange(worker);
    Exchange& x = *exchange;
    x.begin(config);
    x.upstream = &upstream;
    int status = 0;
    const GatewayReason reason = co_await ask(worker, x, status);
    const bool healthy = reason == GatewayReason::none && is_healthy(upstream.health_check, status);
    breaker.report(verdict_of(reason, healthy), policy::Admission::probe, base::SteadyClock::now());
    log_result(upstream, reason, status, healthy);
}

// A probe of its own coroutine: a slow upstream holds up no other.
void start_due_probes(Worker& worker) {
    const std::shared_ptr<const LiveConfig>& config = worker.config();
    const base::TimePoint now = base::SteadyClock::now();
    for (const config::Upstream& upstream : config->snapshot->upstreams) {
        if (!upstream.circuit_breaker.health_checked) continue;
        policy::Breaker& breaker = config->upstreams[upstream.index]->breaker;
        if (breaker.admit(now, policy::Candidate::health_check) != policy::Admission::probe)
            continue;
        worker.spawn(probe(worker, config, upstream.index));
    }
}

}  // namespace

Awaitable<> watch_health(Worker& worker) {
    Timer timer(worker.executor());
    for (;;) {
        start_due_probes(worker);
        timer.expires_after(look_again_in(*worker.config()->snapshot));
        const auto [error] = co_await timer.async_wait(kAwait);
        if (error) co_return;
    }
}

}  // namespace errgate::proxy
