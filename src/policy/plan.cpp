// The state machine of one exchange.
#include "policy/plan.hpp"

#include "policy/amend.hpp"
#include "policy/breaker.hpp"
#include "policy/budget.hpp"

#include <algorithm>
#include <cassert>

namespace errgate::policy {

namespace {

constexpr Millis kLastMoments{100};

Action fail(RetryRefusal refused) {
    return {.kind = Action::Kind::fail, .refused = refused};
}

}  // namespace

AttemptPlan::AttemptPlan(const PlanInput& input, base::TimePoint begun)
    : input_{input},
      deadline_{begun + input.total},
      last_start_{deadline_ - std::min(kLastMoments, input.total / 10)} {}

Action AttemptPlan::next(const Event& event, base::TimePoint now, std::uint64_t entropy) {
    switch (event.kind) {
        case Event::Kind::start:
            if (input_.budget != nullptr) input_.budget->on_request();
            return attempt(now, false);
        case Event::Kind::succeeded:
            report(Verdict::success, now);
            return {.kind = Action::Kind::pass};
        case Event::Kind::failed:
            return after_failure(event, now, entropy);
        case Event::Kind::slept:
            if (event.facts.client_gone) return fail(RetryRefusal::client_gone);
            return attempt(now, false);
    }
    return fail(RetryRefusal::none);
}

void AttemptPlan::amend(errors::Failure& failure) const {
    if (maybe_applied_) amend_after_unknown(failure, input_.keyed);
}

// The breaker is asked last: what it admits in half-open is the one probe, which must then happen.
Action AttemptPlan::attempt(base::TimePoint now, bool fresh_connection) {
    if (now >= deadline_) return fail(RetryRefusal::deadline);
    if (input_.breaker != nullptr) {
        const Admission admission = input_.breaker->admit(now, candidate(input_.replay_safe));
        if (admission == Admission::refused) return fail(RetryRefusal::breaker_open);
        probing_ = admission == Admission::probe;
    }
    ++attempts_;
    return {.kind = Action::Kind::attempt, .fresh_connection = fresh_connection};
}

Action AttemptPlan::after_failure(const Event& event, base::TimePoint now, std::uint64_t entropy) {
    assert(event.failure != nullptr);
    const errors::Failure& failure = *event.failure;
    report(died_idle(failure, event.facts) ? Verdict::neutral : verdict_of(failure), now);
    if (event.facts.request_bytes_sent && failure.outcome == errors::Outcome::unknown) {
        maybe_applied_ = !input_.safe_method;
    }
    return repeat(decide({.failure = failure,
                          .facts = event.facts,
                          .params = input_.retry,
                          .replay_safe = input_.replay_safe,
                          .attempts = attempts_,
                          .waits = waits_,
                          .stale_retry_used = stale_retry_used_,
                          .now = now,
                          .last_start = last_start_,
                          .entropy = entropy}),
                  now);
}

// The breaker as it will be after the wait, before the budget: a token spent is not given back.
Action AttemptPlan::repeat(const RetryDecision& decision, base::TimePoint now) {
    if (decision.refused != RetryRefusal::none) return fail(decision.refused);
    if (input_.breaker != nullptr &&
        !input_.breaker->would_admit(now + decision.delay, candidate(input_.replay_safe))) {
        return fail(RetryRefusal::breaker_open);
    }
    if (input_.budget != nullptr && !input_.budget->try_take(now)) {
        return fail(RetryRefusal::budget);
    }
    if (decision.fresh_connection) {
        stale_retry_used_ = true;
        return attempt(now, true);
    }
    ++waits_;
    if (decision.delay <= base::Duration{}) return attempt(now, false);
    return {.kind = Action::Kind::sleep, .delay = decision.delay};
}

void AttemptPlan::report(Verdict verdict, base::TimePoint now) {
    if (input_.breaker == nullptr) return;
    input_.breaker->report(verdict, probing_ ? Admission::probe : Admission::admitted, now);
}

}  // namespace errgate::policy
