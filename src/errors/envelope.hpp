// The one JSON envelope every failure becomes, and the header fields that go with it.
#pragma once

#include "base/writer.hpp"
#include "errors/failure.hpp"

#include <string>
#include <string_view>

namespace errgate::errors {

enum class EnvelopeFormat : std::uint8_t { json, problem_json };

struct EnvelopeContext {
    std::string_view request_id;
    std::string_view provider_name;  // the upstream's name; empty when no route was found
    bool replay_safe = false;        // when the caller sends it again, just as it was
    int attempts = 0;                // tries made at the upstream
    EnvelopeFormat format = EnvelopeFormat::json;
    // For a client that is a provider's own library: some, Stripe's for Node among them, take any
    // JSON without an `error` for a success, whatever its status.
    bool error_member = false;
};

// The body, appended to `out` (cleared first; keeps its capacity). Always valid JSON and UTF-8.
void write_envelope(std::string& out, const Failure& failure, const EnvelopeContext& context);

// The fields that belong to it: Content-Type, Content-Length, Cache-Control, Errgate-Code,
// Errgate-Outcome, Errgate-Retryable, Retry-After when known (seconds, rounded up), Proxy-Status
// when the gateway made the answer. Not the status line, X-Request-Id, Date or Connection.
void put_envelope_fields(base::Writer& out, const Failure& failure, const EnvelopeContext& context,
                         std::size_t body_bytes);

// Errgate-Code, Errgate-Outcome and Errgate-Retryable alone, for an answer whose body stays the
// provider's.
void put_annotations(base::Writer& out, const Failure& failure, bool retryable);

// Which of the two does this Accept value (RFC 9110 12.5.1) prefer? JSON unless
// application/problem+json is named and weighs more than application/json.
EnvelopeFormat choose_format(std::string_view accept);

}  // namespace errgate::errors
