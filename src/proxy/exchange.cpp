#include "proxy/exchange.hpp"

#include "errors/redact.hpp"
#include "http/hops.hpp"
#include "policy/plan.hpp"
#include "policy/replay.hpp"
#include "proxy/answer.hpp"
#include "proxy/attempt.hpp"
#include "proxy/backoff_sleep.hpp"
#include "proxy/client_connection.hpp"
#include "proxy/identity.hpp"
#include "proxy/relay.hpp"
#include "proxy/request_reader.hpp"
#include "proxy/tunnel.hpp"
#include "proxy/worker.hpp"

#include <utility>

namespace errgate::proxy {

namespace {

using errors::GatewayReason;
using policy::Action;
using policy::Event;

constexpr std::size_t kExcerptScanned = 8 * 1024;
constexpr std::size_t kExcerptBytes = 1024;

// One of the upstream's places for requests in progress, given back when it goes out of scope.
class InFlight {
  public:
    InFlight(Worker& worker, UpstreamRuntime& runtime, std::uint16_t upstream_id)
        : worker_(worker), runtime_(runtime), id_(upstream_id) {
        count_ = runtime_.in_flight.fetch_add(1, std::memory_order_relaxed) + 1;
        worker_.own_counters().in_flight(id_, 1);
    }
    ~InFlight() {
        runtime_.in_flight.fetch_sub(1, std::memory_order_relaxed);
        worker_.own_counters().in_flight(id_, -1);
    }
    InFlight(const InFlight&) = delete;
    InFlight& operator=(const InFlight&) = delete;
    std::uint32_t count() const { return count_; }

  private:
    Worker& worker_;
    UpstreamRuntime& runtime_;
    std::uint16_t id_;
    std::uint32_t count_;
};

// A request that came in a circle would go round until every connection is in use.
GatewayReason check_hops(const http::RequestHead& head) {
    if (http::gateways_passed(head.fields) >= http::kMostGateways) {
        return GatewayReason::loop_detected;
    }
    return http::max_forwards(head) == 0 ? GatewayReason::forwards_used_up : GatewayReason::none;
}

// The body as it came: a coded one would be noise and hide what redaction looks for, and one whose
// dialect says `redact:` has members that are nobody's business.
bool may_be_kept(const Exchange& x) {
    return x.failure.origin == errors::Origin::upstream && x.response_inspected &&
           x.upstream->dialect->redactions().empty() &&
           http::find(x.response.head().fields, "content-encoding").empty();
}

// What the journal tells of an attempt; the next one overwrites the failure.
void note_failure(Worker& worker, Exchange& x) {
    if (x.record.attempt_count > telemetry::kMaxLoggedAttempts) return;
    telemetry::AttemptNote& note = x.notes.emplace_back();
    note.attempt = x.record.attempt_count;
    note.code = x.failure.code;
    note.outcome = x.failure.outcome;
    note.transient = x.failure.transient;
    note.provider_code = x.failure.provider.code;
    note.message = x.failure.message;
    if (worker.journal().keeps_bodies() && may_be_kept(x)) {
        const std::string_view body = std::string_view(x.error_body).substr(0, kExcerptScanned);
        note.body_excerpt = errors::redact(body, kExcerptBytes);
    }
    x.record.notes = x.notes;
}

bool find_route(Exchange& x) {
    const http::RequestHead& head = x.request.head();
    const config::Snapshot& snapshot = *x.config->snapshot;
    const auto found =
        snapshot.table.find(http::authority(head), head.method_text, x.path(), head.fields);
    if (!found) return false;
    x.route = &snapshot.routes[*found];
    x.upstream = &snapshot.upstreams[x.route->upstream];
    x.record.route = x.config->route_ids[x.route->index];
    x.record.upstream = x.config->upstream_ids[x.upstream->index];
    x.record.route_name = x.route->name;
    x.record.upstream_name = x.upstream->name;
    return true;
}

bool may_upgrade(const Exchange& x) {
    return x.route->upgrade && x.upgrade == http::Upgrade::asked;
}

Awaitable<Next> refuse(Worker& worker, ClientConnection& client, Exchange& x,
                       GatewayReason reason) {
    x.failure = errors::gateway_failure(reason, false);
    co_return co_await answer_failure(worker, client, x);
}

// The plan ended before the first attempt: there is no failure of an attempt to answer with.
void fail_unattempted(Exchange& x, policy::RetryRefusal refused, policy::Breaker& breaker,
                      base::TimePoint now) {
    const bool open = refused == policy::RetryRefusal::breaker_open;
    x.failure = errors::gateway_failure(
        open ? GatewayReason::circuit_open : GatewayReason::total_timeout, false);
    if (!open) return;
    x.failure.retry_after = std::chrono::ceil<std::chrono::milliseconds>(
        breaker.retry_after(now, policy::candidate(x.replay_safe)));
}

policy::AttemptPlan plan_of(const Exchange& x, UpstreamRuntime& runtime, base::TimePoint now) {
    return {{.retry = x.route->retry,
             .total = x.route->timeouts.total,
             .replay_safe = x.replay_safe,
             .breaker = &runtime.breaker,
             .budget = &runtime.budget,
             .safe_method = policy::safe_method(x.record.method),
             .keyed = !x.idempotency_key.empty()},
            now};
}

// Why a request of sound form goes nowhere; none when it has a route to take.
GatewayReason turned_away(const ClientConnection& client, Exchange& x) {
    if (client.over_limit) {
        x.client_keep_alive = false;
        return GatewayReason::overloaded;
    }
    const GatewayReason reason = check_hops(x.request.head());
    if (reason != GatewayReason::none) return reason;
    if (!find_route(x)) return GatewayReason::no_route;
    return x.upgrade == http::Upgrade::none || may_upgrade(x) ? GatewayReason::none
                                                              : GatewayReason::upgrade_refused;
}

// A request of sound form: where it goes, and tries, waits and tries again as the plan says, until
// there is something to answer.
Awaitable<Next> serve(Worker& worker, ClientConnection& client, Exchange& x) {
    if (const GatewayReason reason = turned_away(client, x); reason != GatewayReason::none)
        co_return co_await refuse(worker, client, x, reason);
    UpstreamRuntime& runtime = *x.config->upstreams[x.upstream->index];
    const InFlight in_flight(worker, runtime, x.record.upstream);
    if (in_flight.count() > x.upstream->max_in_flight)
        co_return co_await refuse(worker, client, x, GatewayReason::overloaded);
    if (!x.request_body.done() && !co_await read_request_body(client, x))
        co_return co_await answer_failure(worker, client, x);
    decide_replay_safety(worker, x);

    // The total is the upstream's time. A client that took long to send its body has not used any
    // of it up: else its slowness would look like the upstream's, and open the breaker.
    base::TimePoint now = base::SteadyClock::now();
    policy::AttemptPlan plan = plan_of(x, runtime, now);
    base::Duration waited{};
    for (Event event = Event::start();; now = base::SteadyClock::now()) {
        const Action action = plan.next(event, now, worker.random().next());
        switch (action.kind) {
            case Action::Kind::attempt:
                event = co_await try_once(worker, client, x, action.fresh_connection,
                                          plan.deadline(), std::exchange(waited, {}));
                if (event.kind == Event::Kind::failed) {
                    plan.amend(x.failure);
                    note_failure(worker, x);
                }
                break;
            case Action::Kind::sleep:
                x.connection.reset();  // of a failure that was too long to be read to its end
                event = co_await sleep_for(worker, client, action.delay);
                waited = action.delay;
                break;
            case Action::Kind::pass:
                if (x.response.head().status == 101)
                    co_return co_await run_tunnel(worker, client, x);
                co_return co_await relay_response(worker, client, x);
            case Action::Kind::fail:
                if (plan.attempts() == 0) fail_unattempted(x, action.refused, runtime.breaker, now);
                x.record.retry_refused = action.refused;
                co_return co_await answer_failure(worker, client, x);
        }
    }
}

}  // namespace

Awaitable<Next> run_exchange(Worker& worker, ClientConnection& client, Exchange& x,
                             base::Duration park_after) {
    const HeadRead head = co_await read_request_head(worker, client, x, park_after);
    if (head == HeadRead::idle) co_return Next::park;
    if (head == HeadRead::closed) co_return Next::close;
    identify(worker, client, x);
    const Next next = head == HeadRead::refused ? co_await answer_failure(worker, client, x)
                                                : co_await serve(worker, client, x);
    x.record.took = base::SteadyClock::now() - x.begun;
    worker.finish(x.record);
    co_return next;
}

}  // namespace errgate::proxy
