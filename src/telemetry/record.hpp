// What happened in one exchange: filled along the path, read once by log and metrics.
#pragma once

#include "base/time.hpp"
#include "errors/failure.hpp"
#include "policy/plan.hpp"
#include "telemetry/attempt_note.hpp"

#include <array>
#include <cstdint>
#include <span>
#include <string_view>

namespace errgate::telemetry {

inline constexpr std::uint16_t kNone = 0xffff;  // no route, no upstream: label value "none"
inline constexpr int kMaxLoggedAttempts = 16;

struct AttemptRecord {
    std::string_view address;  // "127.0.0.1:8081", empty when no address was known
    bool reused = false;
    std::uint16_t status = 0;                                    // 0: no response head came
    errors::GatewayReason reason = errors::GatewayReason::none;  // none: a response came
    std::string_view detail;  // more about the reason, such as which check a certificate failed
    base::Duration took{};
    base::Duration backoff{};  // waited before this attempt
};

// Views point into the exchange's buffers and live until the record has been consumed.
struct ExchangeRecord {
    // Ids of the NameRegistry (names.hpp), not indices of a snapshot: counters outlive a reload by
    // name. Whoever installs a snapshot interns its names once and keeps the ids beside it.
    std::uint16_t route = kNone;
    std::uint16_t upstream = kNone;
    std::string_view route_name, upstream_name;
    std::string_view request_id, client_request_id, trace_id;
    std::string_view method;  // as received
    std::string_view path;    // without the query
    std::string_view client;  // address
    std::string_view user_agent;
    int status = 0;  // answered to the client; 0: nothing could be answered
    const errors::Failure* failure = nullptr;  // null for a success
    bool retryable = false;
    int provider_status = 0;  // of the last attempt; 0: it got no answer
    std::array<AttemptRecord, kMaxLoggedAttempts> attempts;
    int attempt_count = 0;  // may exceed the array; the last entry is then the last attempt
    std::span<const AttemptNote> notes;  // on failed attempts, for the journal
    policy::RetryRefusal retry_refused = policy::RetryRefusal::none;
    std::uint64_t request_bytes = 0;  // bodies, as the client sees them
    std::uint64_t response_bytes = 0;
    base::WallTime begun;
    base::Duration took{};
    base::Duration upstream_took{};
};

}  // namespace errgate::telemetry
