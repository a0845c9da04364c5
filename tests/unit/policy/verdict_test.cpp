#include "policy/verdict.hpp"

#include "builders.hpp"

#include <gtest/gtest.h>

#include <string>

namespace errgate::policy {
namespace {

using errors::Code;
using errors::Failure;
using errors::GatewayReason;

Failure unmapped(Failure failure) {
    failure.mapped = false;
    return failure;
}

struct VerdictCase {
    std::string name;
    Failure failure;
    Verdict expected;
};

class VerdictOf : public testing::TestWithParam<VerdictCase> {};

TEST_P(VerdictOf, BlamesTheRightOne) {
    EXPECT_EQ(verdict_of(GetParam().failure), GetParam().expected);
}

TEST_P(VerdictOf, OnlyFailuresCountAgainstTheUpstream) {
    EXPECT_EQ(counts_against_upstream(GetParam().failure), GetParam().expected == Verdict::failure);
}

INSTANTIATE_TEST_SUITE_P(
    Answers, VerdictOf,
    testing::Values(
        VerdictCase{"internal_error", answer(Code::internal_error, 500), Verdict::failure},
        VerdictCase{"processing_error", answer(Code::processing_error, 500), Verdict::failure},
        VerdictCase{"unavailable", answer(Code::service_unavailable, 503), Verdict::failure},
        VerdictCase{"gateway_timeout", answer(Code::timeout, 504), Verdict::failure},
        VerdictCase{"outage_reported_as_400", answer(Code::provider_error, 400), Verdict::failure},
        VerdictCase{"error_inside_200", answer(Code::internal_error, 200), Verdict::failure},
        VerdictCase{"garbage", answer(Code::invalid_upstream_response, 200), Verdict::failure},
        VerdictCase{"unmapped_500", unmapped(answer(Code::internal_error, 500)), Verdict::failure},
        VerdictCase{"bare_408", unmapped(answer(Code::timeout, 408)), Verdict::alive},
        VerdictCase{"bare_424", unmapped(answer(Code::provider_error, 424)), Verdict::alive},
        VerdictCase{"decline", answer(Code::insufficient_funds, 402), Verdict::alive},
        VerdictCase{"decline_reported_as_500", answer(Code::payment_declined, 500), Verdict::alive},
        VerdictCase{"validation", answer(Code::validation_error, 422), Verdict::alive},
        VerdictCase{"not_found", answer(Code::not_found, 404), Verdict::alive},
        VerdictCase{"key_in_progress", answer(Code::idempotency_in_progress, 409), Verdict::alive},
        VerdictCase{"rate_limited", answer(Code::rate_limited, 429), Verdict::neutral},
        VerdictCase{"quota", answer(Code::quota_exceeded, 429), Verdict::neutral}),
    [](const auto& test) { return test.param.name; });

struct ReasonCase {
    GatewayReason reason;
    Verdict expected;
};

class VerdictOfReason : public testing::TestWithParam<ReasonCase> {};

TEST_P(VerdictOfReason, BlamesTheRightOne) {
    EXPECT_EQ(verdict_of(after_sending(GetParam().reason)), GetParam().expected);
}

INSTANTIATE_TEST_SUITE_P(
    Gateway, VerdictOfReason,
    testing::Values(ReasonCase{GatewayReason::dns_error, Verdict::failure},
                    ReasonCase{GatewayReason::connect_refused, Verdict::failure},
                    ReasonCase{GatewayReason::connect_timeout, Verdict::failure},
                    ReasonCase{GatewayReason::connect_failed, Verdict::failure},
                    ReasonCase{GatewayReason::tls_failed, Verdict::failure},
                    ReasonCase{GatewayReason::tls_certificate, Verdict::failure},
                    ReasonCase{GatewayReason::tls_alert, Verdict::failure},
                    ReasonCase{GatewayReason::attempt_timeout, Verdict::failure},
                    ReasonCase{GatewayReason::response_idle_timeout, Verdict::failure},
                    ReasonCase{GatewayReason::write_timeout, Verdict::failure},
                    ReasonCase{GatewayReason::connection_reset, Verdict::failure},
                    ReasonCase{GatewayReason::response_truncated, Verdict::failure},
                    ReasonCase{GatewayReason::invalid_response, Verdict::failure},
                    ReasonCase{GatewayReason::response_head_too_large, Verdict::failure},
                    ReasonCase{GatewayReason::total_timeout, Verdict::failure},
                    ReasonCase{GatewayReason::no_route, Verdict::neutral},
                    ReasonCase{GatewayReason::invalid_request, Verdict::neutral},
                    ReasonCase{GatewayReason::request_timeout, Verdict::neutral},
                    ReasonCase{GatewayReason::upgrade_refused, Verdict::neutral},
                    ReasonCase{GatewayReason::forwards_used_up, Verdict::neutral},
                    ReasonCase{GatewayReason::loop_detected, Verdict::neutral},
                    ReasonCase{GatewayReason::circuit_open, Verdict::neutral},
                    ReasonCase{GatewayReason::overloaded, Verdict::neutral},
                    ReasonCase{GatewayReason::client_gone, Verdict::neutral},
                    ReasonCase{GatewayReason::internal, Verdict::neutral}),
    [](const auto& test) { return std::string{errors::slug(test.param.reason)}; });

}  // namespace
}  // namespace errgate::policy
