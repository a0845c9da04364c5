// Failures, facts and moments for the tests of this layer, in as few words as possible.
#pragma once

#include "base/time.hpp"
#include "errors/failure.hpp"
#include "policy/retry.hpp"

#include <chrono>
#include <cstdint>

namespace errgate::policy {

using namespace std::chrono_literals;

inline constexpr std::uint64_t kLeast = 0;                 // entropy that draws no jitter at all
inline constexpr std::uint64_t kMost = ~std::uint64_t{0};  // ... and the whole of it

// Some moment of a run that began well after the clock's own beginning.
inline base::TimePoint at(base::Duration offset) {
    return base::TimePoint{1h} + offset;
}

// A rule of the mapping gave this answer its code; all else is the catalogue's.
inline errors::Failure answer(errors::Code code, int provider_status) {
    const errors::CodeInfo& info = errors::info(code);
    errors::Failure failure;
    failure.code = code;
    failure.status = info.status;
    failure.origin = errors::Origin::upstream;
    failure.outcome = info.outcome;
    failure.transient = info.transient;
    failure.auto_retry = info.auto_retry;
    failure.mapped = true;
    failure.message = info.message;
    failure.provider.status = provider_status;
    return failure;
}

inline errors::Failure with_outcome(errors::Failure failure, errors::Outcome outcome) {
    failure.outcome = outcome;
    return failure;
}

inline errors::Failure with_hint(errors::Failure failure, bool repeat) {
    failure.hinted = true;
    failure.transient = repeat;
    return failure;
}

inline errors::Failure with_wait(errors::Failure failure, std::chrono::milliseconds wait) {
    failure.retry_after = wait;
    return failure;
}

inline errors::Failure never_sent(errors::GatewayReason reason) {
    return errors::gateway_failure(reason, false);
}

inline errors::Failure after_sending(errors::GatewayReason reason) {
    return errors::gateway_failure(reason, true);
}

inline constexpr AttemptFacts kNotSent{};
inline constexpr AttemptFacts kSent{.request_bytes_sent = true};
inline constexpr AttemptFacts kAnswered{.request_bytes_sent = true, .response_bytes_seen = true};
inline constexpr AttemptFacts kReusedSilent{.request_bytes_sent = true, .connection_reused = true};

}  // namespace errgate::policy
