// Exchange records for the tests of telemetry.
#pragma once

#include "errors/failure.hpp"
#include "telemetry/record.hpp"

#include <chrono>
#include <string>

namespace errgate::telemetry::test {

using namespace std::chrono_literals;

inline AttemptRecord answered(std::uint16_t status, base::Duration took = 4ms) {
    return {.address = "127.0.0.1:8081", .status = status, .detail = {}, .took = took};
}

inline AttemptRecord failed(errors::GatewayReason reason, base::Duration took = 1ms) {
    return {.address = "127.0.0.1:8081", .reason = reason, .detail = {}, .took = took};
}

inline void add_attempt(ExchangeRecord& record, const AttemptRecord& attempt) {
    record.attempts[static_cast<std::size_t>(record.attempt_count++)] = attempt;
    record.provider_status = attempt.status;
    record.upstream_took += attempt.took;
}

// A POST that went through at the first try: 2024-02-29T23:59:59.007Z, 5.25 ms.
inline ExchangeRecord success() {
    ExchangeRecord record;
    record.request_id = "req_01HQWG3Z5XK6Y7N8M9P0QRSTVW";
    record.method = "POST";
    record.path = "/kira/charges";
    record.status = 201;
    record.request_bytes = 120;
    record.response_bytes = 340;
    record.begun = base::WallTime{1'709'251'199'007ms};
    record.took = 5'250us;
    return record;
}

}  // namespace errgate::telemetry::test
