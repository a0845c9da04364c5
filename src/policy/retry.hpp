// May this failure be repeated, when, and if not: why not. A pure function of what is known.
#pragma once

#include "base/time.hpp"
#include "errors/failure.hpp"
#include "policy/params.hpp"

#include <cstdint>
#include <string_view>

namespace errgate::policy {

// Why a failure was not repeated. Slug in metrics and in the access log's retry_refused.
// When several apply, the first in this order is named: what the failure itself rules out, then
// what the request rules out, then the moment, then what the upstream can bear. So an operator who
// reads `attempts_exhausted` knows that more attempts would have been made, had they been allowed.
enum class RetryRefusal : std::uint8_t {
    none,              // it was not a failure, or it is being repeated
    not_transient,     // the same request would get the same answer; or the provider said: do not
    left_to_caller,    // transient, but of a code the gateway never repeats by itself
    not_replay_safe,   // it may have been applied already, and nothing would notice a second one
    response_started,  // a byte of the response has reached the client
    client_gone,
    body_too_large,  // past the replay buffer, so it cannot be sent again
    attempts_exhausted,
    deadline,       // no time left for another attempt
    wait_too_long,  // the provider's own wait does not fit the deadline
    budget,
    breaker_open,
};
std::string_view slug(RetryRefusal refusal);

// What the shell observed about the attempt that just ended, and about the client.
struct AttemptFacts {
    bool request_bytes_sent = false;  // may a byte of it have reached the provider?
    bool connection_reused = false;
    bool response_bytes_seen = false;
    bool response_started = false;  // towards the client
    bool body_replayable = true;    // false once a byte was streamed that is not kept
    bool client_gone = false;
};

struct RetryQuestion {
    const errors::Failure& failure;
    AttemptFacts facts;
    const RetryParams& params;
    bool replay_safe = false;
    int attempts = 1;               // made so far, the failed one included
    int waits = 0;                  // back-offs so far
    bool stale_retry_used = false;  // this exchange has had its one retry at once
    base::TimePoint now{};
    base::TimePoint last_start{};  // another attempt must begin by then
    std::uint64_t entropy = 0;     // 64 fresh random bits
};

struct RetryDecision {
    RetryRefusal refused = RetryRefusal::none;  // none: repeat it
    bool fresh_connection = false;              // at once, and not over a pooled connection
    base::Duration delay{};
};

// Everything but budget and breaker, which have state and are asked last (plan.cpp).
//
// A provider's hint (`hinted`) overrides what the code says about repeating, both ways. It does not
// override the money rule: "you may repeat this" from a provider that does not say `not_applied`
// repeats only requests that are replay-safe, because without a key nothing stops a second charge.
// Nor does it make a decline one that is repeated here: that is left to the caller.
RetryDecision decide(const RetryQuestion& question);

// A pooled connection that the provider had closed, or was closing: no sign that anything is wrong.
bool died_idle(const errors::Failure& failure, const AttemptFacts& facts);

}  // namespace errgate::policy
