// The shipped dialects against the simulated providers: every failure of the documents comes out as
// the code it means.
#include "cli/dialect_choice.hpp"
#include "cli/explanation.hpp"
#include "sim/provider.hpp"

#include <gtest/gtest.h>

#include <map>

namespace errgate::cli {
namespace {

using Expected = std::map<std::string, std::string>;  // case -> canonical code

const Expected kKiotapay{
    {"AUTH_INVALID_TOKEN", "invalid_credentials"},
    {"AUTH_MISSING_TOKEN", "missing_credentials"},
    {"AUTH_FORBIDDEN", "forbidden"},
    {"REQ_BAD_REQUEST", "invalid_request"},
    {"REQ_MISSING_FIELD", "missing_field"},
    {"REQ_INVALID_FIELD", "invalid_field"},
    {"RESOURCE_NOT_FOUND", "not_found"},
    {"RESOURCE_LOCKED", "resource_locked"},
    {"PAYMENT_FAILED", "payment_failed"},
    {"PAYMENT_LIMIT_EXCEEDED", "payment_limit_exceeded"},
    {"INSUFFICIENT_FUNDS", "insufficient_funds"},
    {"SERVER_ERROR", "internal_error"},
    {"SERVICE_UNAVAILABLE", "service_unavailable"},
    {"TIMEOUT_ERROR", "timeout"},
};

const Expected kKineticpay{
    {"401", "unauthorized"},        {"403", "validation_error"}, {"404", "not_found"},
    {"429", "rate_limited"},        {"500", "internal_error"},   {"502", "provider_error"},
    {"503", "service_unavailable"}, {"504", "timeout"},
};

const Expected kLicensePos{
    {"invalid_request", "invalid_request"},
    {"validation_error", "validation_error"},
    {"missing_field", "missing_field"},
    {"unauthorized", "unauthorized"},
    {"forbidden", "forbidden"},
    {"license_expired", "expired_credentials"},
    {"license_invalid", "invalid_credentials"},
    {"not_found", "not_found"},
    {"already_exists", "already_exists"},
    {"customer_not_found", "not_found"},
    {"invalid_id", "not_found"},
    {"processing_error", "processing_error"},
    {"provider_error", "provider_error"},
    {"transaction_failed", "payment_failed"},
};

// By resource and error, the last four digits; the method in front changes nothing.
const Expected kSixDigit{
    {"0000", "internal_error"},
    {"0001", "not_found"},
    {"0002", "validation_error"},
    {"0003", "missing_field"},
    {"0100", "internal_error"},
    {"0101", "not_found"},
    {"0102", "validation_error"},
    {"0103", "missing_field"},
    {"0107", "invalid_state"},
    {"0108", "missing_field"},
    {"0109", "verification_required"},
    {"0110", "amount_too_small"},
    {"0111", "amount_too_large"},
    {"0112", "invalid_field"},
    {"0113", "verification_failed"},
    {"0200", "processing_error"},
    {"0201", "not_found"},
    {"0202", "validation_error"},
    {"0203", "missing_field"},
    {"0207", "invalid_state"},
    {"0208", "amount_too_small"},
};

const Expected kKira{
    {"token_missing", "missing_credentials"},
    {"token_expired", "expired_credentials"},
    {"no_client_id", "invalid_credentials"},
    {"schema", "validation_error"},
    {"customer_not_found", "not_found"},
    {"customer_not_active", "account_inactive"},
    {"user_not_verified", "verification_required"},
    {"user_verified", "invalid_state"},
    {"not_found", "not_found"},
    {"idempotency_key_missing", "idempotency_key_missing"},
    {"idempotency_key_reused", "idempotency_key_reused"},
    {"virtual_account_key_reused", "idempotency_key_reused"},
    {"internal_error", "internal_error"},
};

std::string mapped_code(const std::string& provider, const sim::Response& response) {
    std::vector<config::Problem> problems;
    static const config::DialectSet dialects = with_shipped({}, problems);
    Recording recording;
    recording.status = response.status;
    recording.fields = response.fields;
    recording.body = response.body;
    const auto result = explain_answer(*dialects.at(provider).dialect, provider, recording);
    if (!result.classification.is_error) return "no error";
    return std::string(errors::info(result.classification.failure.code).slug);
}

void expect_codes(const std::string& provider, const Expected& expected,
                  std::string (*key)(const std::string&)) {
    const auto& cases = sim::find_provider(provider)->cases;
    for (const sim::Case& one : cases) {
        const auto found = expected.find(key(one.name));
        ASSERT_NE(found, expected.end()) << one.name;
        EXPECT_EQ(mapped_code(provider, one.response), found->second) << one.name;
    }
    EXPECT_EQ(cases.size() % expected.size(), 0u);
}

std::string whole_name(const std::string& name) {
    return name;
}
std::string last_four(const std::string& name) {
    return name.substr(2);
}

TEST(SimulatedCases, Kiotapay) {
    expect_codes("kiotapay", kKiotapay, whole_name);
}
TEST(SimulatedCases, Kineticpay) {
    expect_codes("kineticpay", kKineticpay, whole_name);
}
TEST(SimulatedCases, LicensePos) {
    expect_codes("license_pos", kLicensePos, whole_name);
}
TEST(SimulatedCases, SixDigit) {
    expect_codes("six_digit", kSixDigit, last_four);
}
TEST(SimulatedCases, Kira) {
    expect_codes("kira", kKira, whole_name);
}

}  // namespace
}  // namespace errgate::cli
