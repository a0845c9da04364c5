// The journal of failures and the provider codes without a rule, as JSON.
#pragma once

#include "telemetry/journal.hpp"
#include "telemetry/unmapped.hpp"

#include <string>
#include <string_view>

namespace errgate::admin {

// GET /errors?code=&upstream=&route=&limit= (100 unless said, at most 1000), newest first:
//   {"journal": {"entries", "bytes", "max_entries", "max_bytes", "recorded", "body_excerpt"},
//    "errors": [ERROR, ...]}
// GET /errors/{request_id}: ERROR alone. Members without a value are left out but for those marked
// !.
//   ERROR = {"request_id"!, "time"!: RFC 3339, "client_request_id", "trace_id", "route",
//   "upstream",
//     "method"!, "path"!, "status"! (0: nobody to answer), "code"!, "category"!, "message"!,
//     "origin"!, "outcome"!, "retryable"!, "retry_after_ms", "mapped"!, "reason" (the gateway's
//     own), "retry_refused", "attempt_count"!, "ms"!, "upstream_ms"!, "client", "user_agent",
//     "provider": {"status", "code", "type", "request_id", "decline_code", "advice_code"},
//     "metadata"!: {}, "details"!: [{"field", "code", "message"}],
//     "attempts"!: [{"n"!, "address", "reused"!, "status", "result"!, "ms"!, "backoff_ms", "code",
//       "outcome", "transient", "provider_code", "message", "body_excerpt",
//       "retried"!, "why"! (a sentence: why it was, or was not, tried again)}]}
std::string errors_json(const telemetry::Journal& journal, const telemetry::JournalQuery& query);
std::string error_json(const telemetry::JournalEntry& entry);

// GET /unmapped, most frequent first:
//   {"max_codes", "forgotten", "unmapped": [{"upstream", "provider_status", "provider_code",
//     "provider_type", "count", "first_seen", "last_seen", "treated_as",
//     "example": {"request_id", "route", "method", "path", "message", "body_excerpt"},
//     "rule": the line to paste under the dialect's `rules:`, with the code it is treated as now}]}
std::string unmapped_json(const telemetry::UnmappedCodes& unmapped);

// `- {match: {code: 'X', type: 'Y'}, to: some_code}`; a code the format did not find is matched by
// its status.
std::string rule_skeleton(const telemetry::UnmappedCode& code);

// The value of a name in "a=1&b=2", percent-decoded; empty when absent.
std::string query_value(std::string_view query, std::string_view name);

}  // namespace errgate::admin
