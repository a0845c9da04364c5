// The state machine of one exchange: given what just happened, try, wait, pass the answer on, or fail.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "base/time.hpp"
#include "errors/failure.hpp"
#include "policy/params.hpp"

namespace errgate::policy {

class Breaker;  // breaker.hpp: shared by all workers, one atomic word
class Budget;   // budget.hpp: shared by all workers, one atomic word

// Why a failure was not repeated. Slug in metrics and in the access log's retry_refused.
enum class RetryRefusal : std::uint8_t {
    none,                // it was not a failure, or it is being repeated
    not_transient,
    not_replay_safe,
    response_started,    // a byte of the response has reached the client
    client_gone,
    body_too_large,      // past the replay buffer, so it cannot be sent again
    attempts_exhausted,
    deadline,            // no time left for another attempt
    wait_too_long,       // the provider's own wait does not fit the deadline
    budget,
    breaker_open,
};
std::string_view slug(RetryRefusal refusal);

// What the shell observed about the attempt that just ended, and about the client.
struct AttemptFacts {
    bool request_bytes_sent = false;    // may a byte of it have reached the provider?
    bool connection_reused = false;
    bool response_bytes_seen = false;
    bool response_started = false;      // towards the client
    bool body_replayable = true;
    bool client_gone = false;
};

struct Event {
    enum class Kind : std::uint8_t {
        start,
        succeeded,  // a response head came that is to be relayed
        failed,     // `failure` says how
        slept,      // the wait is over (or was cut short because the client left: facts.client_gone)
    } kind = Kind::start;
    AttemptFacts facts;
    const errors::Failure* failure = nullptr;

    static Event start() { return {}; }
};

struct Action {
    enum class Kind : std::uint8_t {
        attempt,  // try now; fresh_connection: not from the pool
        sleep,    // wait `delay`, then say slept
        pass,     // relay the response
        fail,     // answer the last failure
    } kind = Kind::fail;
    bool fresh_connection = false;
    base::Duration delay{};
    RetryRefusal refused = RetryRefusal::none;  // with fail: why there is no further attempt
};

struct PlanInput {
    const RetryParams& retry;
    Millis total;
    bool replay_safe = false;  // by method, or by an idempotency key this provider honours
    Breaker* breaker = nullptr;
    Budget* budget = nullptr;
};

// One exchange's plan. Lives as long as the exchange; one thread; no clock, no randomness of its own:
// `now` and `entropy` (64 fresh random bits) come with every event. Allocates nothing.
//
// The rule above all others: a request that is not replay-safe is not attempted again once a byte
// of it may have reached the provider, unless the provider itself said that nothing was applied.
class AttemptPlan {
  public:
    AttemptPlan(const PlanInput& input, base::TimePoint begun);
    Action next(const Event& event, base::TimePoint now, std::uint64_t entropy);
    int attempts() const { return attempts_; }
    base::TimePoint deadline() const { return deadline_; }

  private:
    PlanInput input_;
    base::TimePoint deadline_;
    int attempts_ = 0;
    bool stale_retry_used_ = false;
};

}  // namespace errgate::policy
