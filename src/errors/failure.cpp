// The one table of the gateway's own failures, and the failures made from it.
#include "errors/failure.hpp"

#include "base/utf8.hpp"

#include <array>

namespace errgate::errors {

namespace {

struct ReasonInfo {
    GatewayReason reason;
    std::string_view slug;
    Code code;
    std::string_view proxy_error;   // RFC 9209 section 2.3
    std::string_view message = {};  // empty: the code's own text, as for every 5xx
    int status = 0;                 // on the wire; 0: the code's own
    bool refused = false;           // before anything could go upstream: never applied
};

using R = GatewayReason;

constexpr std::array kReasons = std::to_array<ReasonInfo>({
    {R::none, "none", Code::gateway_error, "proxy_internal_error"},
    {R::no_route, "no_route", Code::not_found, "http_request_error",
     "No route matches this request.", 0, true},
    {R::invalid_request,
     "invalid_request",
     Code::invalid_request,
     "http_request_error",
     {},
     0,
     true},
    {R::request_timeout, "request_timeout", Code::invalid_request, "http_request_error",
     "The request did not arrive in time.", 408},
    {R::upgrade_refused, "upgrade_refused", Code::not_supported, "http_request_error",
     "This change of protocol is not supported.", 426, true},
    {R::forwards_used_up,
     "forwards_used_up",
     Code::not_supported,
     "http_request_error",
     {},
     501,
     true},
    {R::loop_detected, "loop_detected", Code::gateway_error, "proxy_loop_detected", {}, 0, true},
    {R::dns_error, "dns_error", Code::upstream_unreachable, "dns_error"},
    {R::connect_refused, "connect_refused", Code::upstream_unreachable, "connection_refused"},
    {R::connect_timeout, "connect_timeout", Code::upstream_unreachable, "connection_timeout"},
    {R::connect_failed, "connect_failed", Code::upstream_unreachable, "destination_ip_unroutable"},
    {R::tls_failed, "tls_failed", Code::upstream_unreachable, "tls_protocol_error"},
    {R::tls_certificate, "tls_certificate", Code::upstream_unreachable, "tls_certificate_error"},
    {R::tls_alert, "tls_alert", Code::upstream_unreachable, "tls_alert_received"},
    {R::attempt_timeout, "attempt_timeout", Code::timeout, "http_response_timeout"},
    {R::response_idle_timeout, "response_idle_timeout", Code::timeout, "connection_read_timeout"},
    {R::write_timeout, "write_timeout", Code::timeout, "connection_write_timeout"},
    {R::connection_reset, "connection_reset", Code::invalid_upstream_response,
     "connection_terminated"},
    {R::response_truncated, "response_truncated", Code::invalid_upstream_response,
     "http_response_incomplete"},
    {R::invalid_response, "invalid_response", Code::invalid_upstream_response,
     "http_protocol_error"},
    {R::response_head_too_large, "response_head_too_large", Code::invalid_upstream_response,
     "http_response_header_section_size"},
    {R::total_timeout, "total_timeout", Code::timeout, "http_response_timeout"},
    {R::circuit_open, "circuit_open", Code::circuit_open, "destination_unavailable"},
    {R::overloaded, "overloaded", Code::gateway_overloaded, "connection_limit_reached"},
    {R::client_gone, "client_gone", Code::request_canceled, "http_request_error"},
    {R::internal, "internal", Code::gateway_error, "proxy_internal_error"},
});

constexpr bool reasons_are_in_order() {
    for (std::size_t i = 0; i < kReasons.size(); ++i) {
        if (static_cast<std::size_t>(kReasons[i].reason) != i) return false;
    }
    return true;
}
static_assert(reasons_are_in_order());
static_assert(kReasons.size() == kGatewayReasonCount, "every reason has its line");

const ReasonInfo& reason_info(GatewayReason reason) {
    return kReasons[static_cast<std::size_t>(reason)];
}

Failure from_code(Code code, GatewayReason reason) {
    const CodeInfo& canonical = info(code);
    Failure failure;
    failure.code = code;
    failure.status = canonical.status;
    failure.origin = Origin::gateway;
    failure.reason = reason;
    failure.transient = canonical.transient;
    failure.auto_retry = canonical.auto_retry;
    failure.mapped = true;
    failure.message = canonical.message;
    return failure;
}

}  // namespace

std::string_view to_string(Origin origin) {
    return origin == Origin::upstream ? "upstream" : "gateway";
}

std::string_view slug(GatewayReason reason) {
    return reason_info(reason).slug;
}

std::string_view proxy_status_error(GatewayReason reason) {
    return reason_info(reason).proxy_error;
}

Failure gateway_failure(GatewayReason reason, bool request_bytes_sent) {
    const ReasonInfo& line = reason_info(reason);
    Failure failure = from_code(line.code, reason);
    if (line.status != 0) failure.status = line.status;
    if (!line.message.empty()) failure.message = line.message;
    const bool may_have_applied = request_bytes_sent && !line.refused;
    failure.outcome = may_have_applied ? Outcome::unknown : Outcome::not_applied;
    return failure;
}

Failure invalid_request_failure(int http_status, std::string_view explanation) {
    Failure failure = gateway_failure(GatewayReason::invalid_request, false);
    if (http_status == info(Code::payload_too_large).status) {
        failure.code = Code::payload_too_large;
        failure.message = info(Code::payload_too_large).message;
    }
    if (http_status >= 400 && http_status <= 599) failure.status = http_status;
    if (!explanation.empty())
        failure.message = base::truncate_characters(explanation, kMaxMessageCharacters);
    return failure;
}

}  // namespace errgate::errors
