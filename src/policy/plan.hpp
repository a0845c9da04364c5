// The state machine of one exchange: given what just happened, try, wait, pass the answer on, or
// fail.
#pragma once

#include "base/time.hpp"
#include "errors/failure.hpp"
#include "policy/params.hpp"
#include "policy/retry.hpp"
#include "policy/verdict.hpp"

#include <cstdint>

namespace errgate::policy {

class Breaker;  // breaker.hpp: shared by all workers, one atomic word
class Budget;   // budget.hpp: shared by all workers, one atomic word

struct Event {
    enum class Kind : std::uint8_t {
        start,
        succeeded,  // a response head came that is to be relayed
        failed,     // `failure` says how; never null then
        slept,  // the wait is over (or was cut short because the client left: facts.client_gone)
    } kind = Kind::start;
    AttemptFacts facts{};
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
    // With fail: why there is no further attempt. With attempts() == 0 there is no last failure to
    // answer: breaker_open means circuit_open (Breaker::retry_after says for how long), deadline
    // means total_timeout, and no byte was sent.
    RetryRefusal refused = RetryRefusal::none;

    friend bool operator==(const Action&, const Action&) = default;
};

struct PlanInput {
    const RetryParams& retry;
    Millis total;
    bool replay_safe = false;  // by method, or by an idempotency key this provider honours
    Breaker* breaker = nullptr;
    Budget* budget = nullptr;
    bool safe_method = false;  // replay.hpp: nothing that could be applied, whatever happened
    bool keyed = false;        // replay-safe by a key: the provider answers for the operation
};

// One exchange's plan. Lives as long as the exchange; one thread; no clock, no randomness of its
// own: `now` and `entropy` (64 fresh random bits) come with every event. Allocates nothing.
//
// The rule above all others: a request that is not replay-safe is not attempted again once a byte
// of it may have reached the provider, unless the provider itself said that nothing was applied.
//
// Nothing begins at or after the deadline, and no retry is planned to begin in its last moments
// (100 ms, or a tenth of a short total): an attempt that has no time to be answered only turns a
// known failure into an unknown one.
class AttemptPlan {
  public:
    AttemptPlan(const PlanInput& input, base::TimePoint begun);

    // Every event but start answers the action before it. Asks and tells breaker and budget.
    Action next(const Event& event, base::TimePoint now, std::uint64_t entropy);

    // To be called with each failure before it is given to next(): what an earlier attempt left
    // unknown (amend.hpp) is part of this one's truth.
    void amend(errors::Failure& failure) const;

    int attempts() const { return attempts_; }
    base::TimePoint deadline() const { return deadline_; }

  private:
    Action attempt(base::TimePoint now, bool fresh_connection);
    Action after_failure(const Event& event, base::TimePoint now, std::uint64_t entropy);
    Action repeat(const RetryDecision& decision, base::TimePoint now);
    void report(Verdict verdict, base::TimePoint now);

    PlanInput input_;
    base::TimePoint deadline_;
    base::TimePoint last_start_;  // no retry is planned to begin later
    int attempts_ = 0;
    int waits_ = 0;
    bool stale_retry_used_ = false;
    bool probing_ = false;        // the running attempt is the breaker's probe
    bool maybe_applied_ = false;  // an earlier attempt's outcome is unknown
};

}  // namespace errgate::policy
