// The gateway's own failures: every reason has its facts, and the outcome never claims too much.
#include "errors/failure.hpp"

#include <gtest/gtest.h>

#include <set>
#include <string>

namespace errgate::errors {
namespace {

using R = GatewayReason;

struct Case {
    R reason;
    std::string_view slug;
    Code code;
    int status;
    std::string_view proxy_error;
    Outcome outcome_if_sent;
};

constexpr Outcome kNotApplied = Outcome::not_applied;
constexpr Outcome kUnknown = Outcome::unknown;

constexpr Case kCases[] = {
    {R::none, "none", Code::gateway_error, 500, "proxy_internal_error", kUnknown},
    {R::no_route, "no_route", Code::not_found, 404, "http_request_error", kNotApplied},
    {R::invalid_request, "invalid_request", Code::invalid_request, 400, "http_request_error",
     kNotApplied},
    {R::request_timeout, "request_timeout", Code::invalid_request, 408, "http_request_error",
     kUnknown},
    {R::upgrade_refused, "upgrade_refused", Code::not_supported, 426, "http_request_error",
     kNotApplied},
    {R::forwards_used_up, "forwards_used_up", Code::not_supported, 501, "http_request_error",
     kNotApplied},
    {R::loop_detected, "loop_detected", Code::gateway_error, 500, "proxy_loop_detected",
     kNotApplied},
    {R::dns_error, "dns_error", Code::upstream_unreachable, 502, "dns_error", kUnknown},
    {R::connect_refused, "connect_refused", Code::upstream_unreachable, 502, "connection_refused",
     kUnknown},
    {R::connect_timeout, "connect_timeout", Code::upstream_unreachable, 502, "connection_timeout",
     kUnknown},
    {R::connect_failed, "connect_failed", Code::upstream_unreachable, 502,
     "destination_ip_unroutable", kUnknown},
    {R::tls_failed, "tls_failed", Code::upstream_unreachable, 502, "tls_protocol_error", kUnknown},
    {R::tls_certificate, "tls_certificate", Code::upstream_unreachable, 502,
     "tls_certificate_error", kUnknown},
    {R::tls_alert, "tls_alert", Code::upstream_unreachable, 502, "tls_alert_received", kUnknown},
    {R::attempt_timeout, "attempt_timeout", Code::timeout, 504, "http_response_timeout", kUnknown},
    {R::response_idle_timeout, "response_idle_timeout", Code::timeout, 504,
     "connection_read_timeout", kUnknown},
    {R::write_timeout, "write_timeout", Code::timeout, 504, "connection_write_timeout", kUnknown},
    {R::connection_reset, "connection_reset", Code::invalid_upstream_response, 502,
     "connection_terminated", kUnknown},
    {R::response_truncated, "response_truncated", Code::invalid_upstream_response, 502,
     "http_response_incomplete", kUnknown},
    {R::invalid_response, "invalid_response", Code::invalid_upstream_response, 502,
     "http_protocol_error", kUnknown},
    {R::response_head_too_large, "response_head_too_large", Code::invalid_upstream_response, 502,
     "http_response_header_section_size", kUnknown},
    {R::total_timeout, "total_timeout", Code::timeout, 504, "http_response_timeout", kUnknown},
    {R::circuit_open, "circuit_open", Code::circuit_open, 503, "destination_unavailable", kUnknown},
    {R::overloaded, "overloaded", Code::gateway_overloaded, 503, "connection_limit_reached",
     kUnknown},
    {R::client_gone, "client_gone", Code::request_canceled, 499, "http_request_error", kUnknown},
    {R::internal, "internal", Code::gateway_error, 500, "proxy_internal_error", kUnknown},
};

class Reason : public testing::TestWithParam<Case> {};

TEST_P(Reason, HasItsSlugAndProxyStatus) {
    EXPECT_EQ(slug(GetParam().reason), GetParam().slug);
    EXPECT_EQ(proxy_status_error(GetParam().reason), GetParam().proxy_error);
}

TEST_P(Reason, BecomesItsCodeAndStatus) {
    const Failure failure = gateway_failure(GetParam().reason, false);
    EXPECT_EQ(failure.code, GetParam().code);
    EXPECT_EQ(failure.status, GetParam().status);
    EXPECT_EQ(failure.reason, GetParam().reason);
    EXPECT_EQ(failure.origin, Origin::gateway);
}

TEST_P(Reason, TakesItsRetryFactsFromTheCatalogue) {
    const Failure failure = gateway_failure(GetParam().reason, true);
    EXPECT_EQ(failure.transient, info(GetParam().code).transient);
    EXPECT_EQ(failure.auto_retry, info(GetParam().code).auto_retry);
    EXPECT_FALSE(failure.hinted);
}

TEST_P(Reason, IsNotAppliedWhenNothingWasSent) {
    EXPECT_EQ(gateway_failure(GetParam().reason, false).outcome, kNotApplied);
}

TEST_P(Reason, IsUnknownOnceAByteMayHaveArrived) {
    EXPECT_EQ(gateway_failure(GetParam().reason, true).outcome, GetParam().outcome_if_sent);
}

TEST_P(Reason, SaysSomethingOfItsOwnOnlyBelow500) {
    const Failure failure = gateway_failure(GetParam().reason, true);
    EXPECT_FALSE(failure.message.empty());
    EXPECT_TRUE(failure.status < 500 || failure.message == info(failure.code).message);
}

TEST_P(Reason, IsNeverCountedAsUnmapped) {
    EXPECT_TRUE(gateway_failure(GetParam().reason, true).mapped);
}

INSTANTIATE_TEST_SUITE_P(Table, Reason, testing::ValuesIn(kCases),
                         [](const auto& line) { return std::string(line.param.slug); });

TEST(Reasons, AreAllInTheTableAbove) {
    std::set<R> seen;
    for (const Case& line : kCases)
        seen.insert(line.reason);
    EXPECT_EQ(seen.size(), kGatewayReasonCount);
}

TEST(InvalidRequest, CarriesTheStatusAndSentenceOfTheViolation) {
    const Failure failure = invalid_request_failure(431, "The header section is too large.");
    EXPECT_EQ(failure.status, 431);
    EXPECT_EQ(failure.code, Code::invalid_request);
    EXPECT_EQ(failure.message, "The header section is too large.");
    EXPECT_EQ(failure.outcome, Outcome::not_applied);
    EXPECT_EQ(failure.reason, R::invalid_request);
}

TEST(InvalidRequest, HasACodeOfItsOwnForATooLargeBody) {
    const Failure failure = invalid_request_failure(413, "");
    EXPECT_EQ(failure.code, Code::payload_too_large);
    EXPECT_EQ(failure.status, 413);
    EXPECT_EQ(failure.message, info(Code::payload_too_large).message);
}

TEST(InvalidRequest, FallsBackTo400AndTheCodesText) {
    const Failure failure = invalid_request_failure(200, "");
    EXPECT_EQ(failure.status, 400);
    EXPECT_EQ(failure.message, info(Code::invalid_request).message);
}

struct RetryCase {
    const char* name;
    bool transient;
    Outcome outcome;
    bool replay_safe;
    bool expected;
};

class Retryable : public testing::TestWithParam<RetryCase> {};

TEST_P(Retryable, FollowsTheRule) {
    Failure failure;
    failure.transient = GetParam().transient;
    failure.outcome = GetParam().outcome;
    EXPECT_EQ(retryable(failure, GetParam().replay_safe), GetParam().expected);
}

INSTANTIATE_TEST_SUITE_P(
    Table, Retryable,
    testing::Values(RetryCase{"decline", false, kNotApplied, true, false},
                    RetryCase{"rate_limit_on_a_charge", true, kNotApplied, false, true},
                    RetryCase{"timeout_of_a_charge", true, kUnknown, false, false},
                    RetryCase{"timeout_of_a_lookup", true, kUnknown, true, true}),
    [](const auto& line) { return line.param.name; });

}  // namespace
}  // namespace errgate::errors
