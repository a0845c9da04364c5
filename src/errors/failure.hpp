// What went wrong in one exchange: decided once, then read by envelope, retry, breaker, log and
// metrics.
#pragma once

#include "errors/codes.hpp"

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace errgate::errors {

enum class Origin : std::uint8_t {
    upstream,  // a response came
    gateway,   // errgate made the answer
};
std::string_view to_string(Origin origin);

// The closed list of failures of the gateway's own making. Each has a slug (log, metric), a
// canonical code, an RFC 9209 error type and a message: one table in failure.cpp, a test visits
// every value.
enum class GatewayReason : std::uint8_t {
    none,
    // the request
    no_route,          // not_found, 404, http_request_error
    invalid_request,   // invalid_request; the violation says which status and text
    request_timeout,   // invalid_request, 408: head or body did not arrive in time
    upgrade_refused,   // not_supported, 426
    forwards_used_up,  // not_supported, 501: OPTIONS or TRACE with Max-Forwards: 0
    loop_detected,     // gateway_error, proxy_loop_detected
    // before a byte was sent: upstream_unreachable
    dns_error,        // dns_error
    connect_refused,  // connection_refused
    connect_timeout,  // connection_timeout, upstream_unreachable (its 502)
    connect_failed,   // destination_ip_unroutable: no route, network down
    tls_failed,       // tls_protocol_error
    tls_certificate,  // tls_certificate_error
    tls_alert,        // tls_alert_received; also after bytes were sent: TLS 1.3 may refuse late
    // after bytes may have been sent
    attempt_timeout,          // timeout, http_response_timeout
    response_idle_timeout,    // timeout, connection_read_timeout: the error body stopped coming
    write_timeout,            // timeout, connection_write_timeout
    connection_reset,         // invalid_upstream_response, connection_terminated
    response_truncated,       // invalid_upstream_response, http_response_incomplete
    invalid_response,         // invalid_upstream_response, http_protocol_error
    response_head_too_large,  // invalid_upstream_response, http_response_header_section_size
    total_timeout,            // timeout, http_response_timeout: the deadline over all attempts
    // the gateway itself
    circuit_open,  // circuit_open, destination_unavailable
    overloaded,    // gateway_overloaded, connection_limit_reached
    client_gone,   // request_canceled: logged and counted, nobody to answer
    internal,      // gateway_error, proxy_internal_error
};
inline constexpr std::size_t kGatewayReasonCount =
    static_cast<std::size_t>(GatewayReason::internal) + 1;
std::string_view slug(GatewayReason reason);
std::string_view proxy_status_error(GatewayReason reason);  // RFC 9209 2.3 error type

inline constexpr std::size_t kMaxMessageCharacters = 500;
inline constexpr std::size_t kMaxMessageBytes = 4 * kMaxMessageCharacters;  // what these may take
inline constexpr std::size_t kMaxMetadata = 32;
inline constexpr std::size_t kMaxDetails = 100;

struct Detail {
    std::string field;  // RFC 6901 pointer, may be empty
    std::string code;   // the provider's (or the mapping's) word
    std::string message;
};

struct MetadataValue {
    enum class Kind : std::uint8_t { string, number, boolean } kind = Kind::string;
    std::string text;  // numbers as JSON number text, booleans as true or false
};

// What the provider said, as far as a mapping names it. All of it already redacted.
struct ProviderFacts {
    int status = 0;  // 0: no response came
    std::string code;
    std::string type;
    std::string request_id;
    std::string decline_code;  // network.decline_code
    std::string advice_code;   // network.advice_code
};

struct Failure {
    Code code = Code::gateway_error;
    // Status line and envelope's `status`. The code's own but for requests HTTP itself gives a
    // status to (408, 414, 417, 426, 431, 501, 505) and for errors.status: upstream.
    int status = 500;
    Origin origin = Origin::gateway;
    GatewayReason reason = GatewayReason::none;  // none when origin is upstream
    Outcome outcome = Outcome::unknown;
    bool transient = false;
    bool auto_retry = false;  // the catalogue's, or a provider's hint
    bool hinted =
        false;  // the provider itself said whether to send again: obeyed before anything else
    bool mapped = false;  // a rule named the code (false: status default, counted as unmapped)
    std::string message;  // never empty, at most 500 characters, valid UTF-8, redacted
    std::vector<std::pair<std::string, MetadataValue>> metadata;  // at most 32, in mapping order
    std::vector<Detail> details;                                  // at most 100
    std::optional<std::chrono::milliseconds> retry_after;
    ProviderFacts provider;
};

// May the caller send this very request again?
inline bool retryable(const Failure& failure, bool replay_safe) {
    return failure.transient && (failure.outcome == Outcome::not_applied || replay_safe);
}

// A failure of the gateway's own. `request_bytes_sent`: may a byte of the request have reached the
// provider? Then the outcome is unknown; otherwise, and always for a request that was refused
// before anything could go upstream (no_route, invalid_request, upgrade_refused), it is
// not_applied.
Failure gateway_failure(GatewayReason reason, bool request_bytes_sent);
// A request refused for its form: status and sentence come from http's violation table. The code is
// invalid_request, or payload_too_large for 413. A status outside 400 to 599 becomes 400.
Failure invalid_request_failure(int http_status, std::string_view explanation);

}  // namespace errgate::errors
