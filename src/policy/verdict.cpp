// Which failures are the upstream's own.
#include "policy/verdict.hpp"

namespace errgate::policy {

using errors::Category;
using errors::Code;
using errors::GatewayReason;
using errors::Origin;

namespace {

bool observed_at_upstream(GatewayReason reason) {
    switch (reason) {
        case GatewayReason::dns_error:
        case GatewayReason::connect_refused:
        case GatewayReason::connect_timeout:
        case GatewayReason::connect_failed:
        case GatewayReason::tls_failed:
        case GatewayReason::tls_certificate:
        case GatewayReason::tls_alert:
        case GatewayReason::attempt_timeout:
        case GatewayReason::response_idle_timeout:
        case GatewayReason::write_timeout:
        case GatewayReason::connection_reset:
        case GatewayReason::response_truncated:
        case GatewayReason::invalid_response:
        case GatewayReason::response_head_too_large:
        // A total shorter than the attempt's own limit is how a hanging upstream shows itself.
        case GatewayReason::total_timeout:
            return true;
        case GatewayReason::none:
        case GatewayReason::no_route:
        case GatewayReason::invalid_request:
        case GatewayReason::request_timeout:
        case GatewayReason::upgrade_refused:
        case GatewayReason::forwards_used_up:
        case GatewayReason::loop_detected:
        case GatewayReason::circuit_open:
        case GatewayReason::overloaded:
        case GatewayReason::client_gone:
        case GatewayReason::internal:
            return false;
    }
    return false;
}

bool says_upstream_failed(const errors::Failure& failure) {
    const bool bare_4xx =
        !failure.mapped && failure.provider.status >= 400 && failure.provider.status < 500;
    return !bare_4xx && (errors::info(failure.code).category == Category::upstream ||
                         failure.code == Code::invalid_upstream_response ||
                         failure.code == Code::upstream_unreachable);
}

}  // namespace

bool counts_against_upstream(const errors::Failure& failure) {
    return failure.origin == Origin::gateway ? observed_at_upstream(failure.reason)
                                             : says_upstream_failed(failure);
}

Verdict verdict_of(const errors::Failure& failure) {
    if (counts_against_upstream(failure)) return Verdict::failure;
    const bool answered = failure.origin == Origin::upstream &&
                          errors::info(failure.code).category != Category::rate_limit;
    return answered ? Verdict::alive : Verdict::neutral;
}

}  // namespace errgate::policy
