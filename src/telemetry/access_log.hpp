// The access log: one exchange, one JSON line.
#pragma once

#include "base/time.hpp"
#include "base/writer.hpp"
#include "telemetry/peer_texts.hpp"

#include <array>
#include <cstdint>
#include <limits>
#include <string>
#include <vector>

namespace errgate::telemetry {

// RFC 3339 in UTC with milliseconds. All but the last digits is formatted at most once a second.
class CachedTimestamp {
  public:
    void put(base::Writer& out, base::WallTime when);

  private:
    std::int64_t second_ = std::numeric_limits<std::int64_t>::min();
    std::array<char, 19> text_{};  // "2024-02-29T23:59:59"
};

// Writes the lines of one worker; one thread.
class AccessLog {
  public:
    AccessLog();

    // Appends the line and its line feed. Members and order are those of the contract:
    //   ts request_id client_request_id trace_id route upstream method path status code origin
    //   outcome retryable provider_status provider_code provider_request_id
    //   attempts[n address reused status result detail ms backoff_ms] retry_refused request_bytes
    //   response_bytes ms upstream_ms client user_agent
    // A member that has no value is left out (so `code` is there exactly when the exchange failed);
    // always there are ts, request_id, method, path, status (0: nothing could be answered),
    // attempts, request_bytes, response_bytes, ms. Times are milliseconds with three decimals.
    //
    // `texts` are those of the exchange: always one line, always valid UTF-8, never a card number.
    // Allocates nothing but growth of the buffers.
    void append(std::string& out, const ExchangeRecord& exchange, const PeerTexts& texts);

  private:
    void put_line(base::Writer& out, const ExchangeRecord& exchange, const PeerTexts& texts);

    CachedTimestamp timestamp_;
    // A line is written here first: into a span of fixed size it costs a quarter of what appending
    // piece by piece to a string does (2 000 instructions instead of 8 700).
    std::vector<char> line_;
};

}  // namespace errgate::telemetry
