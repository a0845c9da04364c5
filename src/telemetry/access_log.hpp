// The access log: one exchange, one JSON line.
#pragma once

#include "telemetry/record.hpp"

#include <string>

namespace errgate::telemetry {

// Appends the line and its line feed. Members and order are those of the contract:
//   ts request_id client_request_id trace_id route upstream method path status code origin outcome
//   retryable provider_status provider_code provider_request_id attempts[n address reused status
//   result ms backoff_ms] retry_refused request_bytes response_bytes ms upstream_ms client
//   user_agent
// A member that has no value is left out (so `code` is there exactly when the exchange failed);
// always there are ts, request_id, method, path, status (0: nothing could be answered), attempts,
// request_bytes, response_bytes, ms. Times are milliseconds with three decimals, ts RFC 3339 in
// UTC.
//
// What a peer wrote (method, path, user_agent, client_request_id) is redacted like the envelope and
// cut: always one line, always valid UTF-8, never a card number. Any thread; allocates nothing but
// the buffer's growth, unless a text looks as if it had something to redact.
void append_access_log(std::string& out, const ExchangeRecord& exchange);

}  // namespace errgate::telemetry
