// The retry rules, one line each, in the order in which a refusal is named.
#include "policy/retry.hpp"

#include "policy/backoff.hpp"

#include <algorithm>

namespace errgate::policy {

using errors::GatewayReason;
using errors::Origin;
using errors::Outcome;

std::string_view slug(RetryRefusal refusal) {
    switch (refusal) {
        case RetryRefusal::none:
            return "none";
        case RetryRefusal::not_transient:
            return "not_transient";
        case RetryRefusal::left_to_caller:
            return "left_to_caller";
        case RetryRefusal::not_replay_safe:
            return "not_replay_safe";
        case RetryRefusal::response_started:
            return "response_started";
        case RetryRefusal::client_gone:
            return "client_gone";
        case RetryRefusal::body_too_large:
            return "body_too_large";
        case RetryRefusal::attempts_exhausted:
            return "attempts_exhausted";
        case RetryRefusal::deadline:
            return "deadline";
        case RetryRefusal::wait_too_long:
            return "wait_too_long";
        case RetryRefusal::budget:
            return "budget";
        case RetryRefusal::breaker_open:
            return "breaker_open";
    }
    return "none";
}

bool died_idle(const errors::Failure& failure, const AttemptFacts& facts) {
    const bool closed = failure.reason == GatewayReason::connection_reset ||
                        failure.reason == GatewayReason::response_truncated;
    return closed && facts.connection_reused && !facts.response_bytes_seen;
}

namespace {

// The money rule: twice only what cannot count twice, never arrived, or was refused by the
// provider.
bool may_be_sent_twice(const RetryQuestion& q) {
    const bool provider_refused_it =
        q.failure.origin == Origin::upstream && q.failure.outcome == Outcome::not_applied;
    return q.replay_safe || !q.facts.request_bytes_sent || provider_refused_it;
}

// Card schemes fine those who ask again after a decline, whatever hint came with it.
bool is_decline(const errors::Failure& failure) {
    const errors::CodeInfo& info = errors::info(failure.code);
    return info.category == errors::Category::payment && !info.transient;
}

RetryRefusal first_refusal(const RetryQuestion& q) {
    const errors::Failure& failure = q.failure;
    const bool asked_for = (failure.auto_retry || failure.hinted) && !is_decline(failure);
    if (failure.reason == GatewayReason::client_gone) return RetryRefusal::client_gone;
    if (!failure.transient) return RetryRefusal::not_transient;
    if (!asked_for) return RetryRefusal::left_to_caller;
    if (!may_be_sent_twice(q)) return RetryRefusal::not_replay_safe;
    if (q.facts.response_started) return RetryRefusal::response_started;
    if (q.facts.client_gone) return RetryRefusal::client_gone;
    if (!q.facts.body_replayable) return RetryRefusal::body_too_large;
    if (q.attempts >= q.params.attempts) return RetryRefusal::attempts_exhausted;
    if (q.now > q.last_start) return RetryRefusal::deadline;
    return RetryRefusal::none;
}

// The provider's wait is a floor, and the back-off's jitter is added on top of it: a floor alone
// would send every client that was told "10 seconds" back in the same instant. The jitter shrinks
// to what the deadline leaves, so whether there is a retry never depends on luck.
RetryDecision after_a_wait(const RetryQuestion& q) {
    const base::Duration room = q.last_start - q.now;
    const Millis hint = std::max(q.failure.retry_after.value_or(Millis{0}), Millis{0});
    if (hint > std::chrono::floor<Millis>(room)) return {.refused = RetryRefusal::wait_too_long};
    const base::Duration ceiling = doubled(q.params.backoff_base, q.waits, q.params.backoff_max);
    return {.delay = hint + full_jitter(std::min(ceiling, room - hint), q.entropy)};
}

}  // namespace

RetryDecision decide(const RetryQuestion& question) {
    const RetryRefusal refusal = first_refusal(question);
    if (refusal != RetryRefusal::none) return {.refused = refusal};
    if (died_idle(question.failure, question.facts) && !question.stale_retry_used) {
        return {.fresh_connection = true};
    }
    return after_a_wait(question);
}

}  // namespace errgate::policy
