// The catalogue against a second copy of the contract, written out here line by line.
#include "errors/codes.hpp"

#include <gtest/gtest.h>

#include <set>
#include <string>

namespace errgate::errors {
namespace {

struct Line {
    std::string_view slug;
    int status;
    std::string_view category;
    bool transient;
    std::string_view outcome;
    bool auto_retry;
    std::string_view grpc;
    std::string_view message;
};

constexpr Line kContract[] = {
    {"invalid_request", 400, "request", false, "not_applied", false, "INVALID_ARGUMENT",
     "The request is malformed or not acceptable."},  //
    {"validation_error", 400, "request", false, "not_applied", false, "INVALID_ARGUMENT",
     "One or more fields are invalid."},  //
    {"missing_field", 400, "request", false, "not_applied", false, "INVALID_ARGUMENT",
     "A required field is missing."},  //
    {"invalid_field", 400, "request", false, "not_applied", false, "INVALID_ARGUMENT",
     "A field has an unacceptable value."},  //
    {"invalid_amount", 400, "request", false, "not_applied", false, "INVALID_ARGUMENT",
     "The amount is not valid."},  //
    {"amount_too_small", 400, "request", false, "not_applied", false, "OUT_OF_RANGE",
     "The amount is below the minimum."},  //
    {"amount_too_large", 400, "request", false, "not_applied", false, "OUT_OF_RANGE",
     "The amount is above the maximum."},  //
    {"currency_not_supported", 400, "request", false, "not_applied", false, "INVALID_ARGUMENT",
     "The currency is not supported here."},  //
    {"not_supported", 400, "request", false, "not_applied", false, "UNIMPLEMENTED",
     "The operation or feature is not supported."},  //
    {"method_not_allowed", 405, "request", false, "not_applied", false, "UNIMPLEMENTED",
     "The HTTP method is not allowed on this resource."},  //
    {"payload_too_large", 413, "request", false, "not_applied", false, "INVALID_ARGUMENT",
     "The request body is too large."},  //
    {"unsupported_media_type", 415, "request", false, "not_applied", false, "INVALID_ARGUMENT",
     "The request content type is not supported."},  //
    {"unauthorized", 401, "authentication", false, "not_applied", false, "UNAUTHENTICATED",
     "Authentication failed."},  //
    {"missing_credentials", 401, "authentication", false, "not_applied", false, "UNAUTHENTICATED",
     "No credentials were supplied."},  //
    {"invalid_credentials", 401, "authentication", false, "not_applied", false, "UNAUTHENTICATED",
     "The credentials are not valid."},  //
    {"expired_credentials", 401, "authentication", false, "not_applied", false, "UNAUTHENTICATED",
     "The credentials have expired."},  //
    {"forbidden", 403, "permission", false, "not_applied", false, "PERMISSION_DENIED",
     "The caller may not perform this operation."},  //
    {"account_inactive", 403, "permission", false, "not_applied", false, "FAILED_PRECONDITION",
     "The account is not active."},  //
    {"verification_required", 403, "permission", false, "not_applied", false, "FAILED_PRECONDITION",
     "A verification step must be completed first."},  //
    {"verification_failed", 403, "permission", false, "not_applied", false, "FAILED_PRECONDITION",
     "The verification step did not succeed."},  //
    {"configuration_error", 403, "permission", false, "not_applied", false, "FAILED_PRECONDITION",
     "The merchant account is not configured for this operation."},  //
    {"not_found", 404, "resource", false, "not_applied", false, "NOT_FOUND",
     "The resource does not exist."},  //
    {"already_exists", 409, "resource", false, "not_applied", false, "ALREADY_EXISTS",
     "A resource with the same unique key exists."},  //
    {"conflict", 409, "resource", false, "not_applied", false, "ABORTED",
     "The request conflicts with the resource's current state."},  //
    {"invalid_state", 409, "resource", false, "not_applied", false, "FAILED_PRECONDITION",
     "The resource's state does not allow this operation."},  //
    {"resource_expired", 410, "resource", false, "not_applied", false, "NOT_FOUND",
     "The resource has expired or was removed."},  //
    {"resource_locked", 423, "resource", true, "not_applied", true, "ABORTED",
     "The resource is temporarily locked."},  //
    {"idempotency_key_missing", 400, "idempotency", false, "not_applied", false, "INVALID_ARGUMENT",
     "This operation requires an idempotency key."},  //
    {"idempotency_key_reused", 409, "idempotency", false, "not_applied", false, "INVALID_ARGUMENT",
     "The idempotency key was already used with different data."},  //
    {"idempotency_in_progress", 409, "idempotency", true, "unknown", true, "ABORTED",
     "A request with the same idempotency key is still being processed."},  //
    {"duplicate_transaction", 409, "idempotency", false, "not_applied", false, "ALREADY_EXISTS",
     "An identical transaction already exists."},  //
    {"payment_failed", 402, "payment", false, "not_applied", false, "FAILED_PRECONDITION",
     "The payment could not be completed."},  //
    {"payment_declined", 402, "payment", false, "not_applied", false, "FAILED_PRECONDITION",
     "The payment was declined."},  //
    {"insufficient_funds", 402, "payment", false, "not_applied", false, "FAILED_PRECONDITION",
     "The account has insufficient funds."},  //
    {"payment_limit_exceeded", 402, "payment", false, "not_applied", false, "FAILED_PRECONDITION",
     "The payment exceeds an allowed limit."},  //
    {"expired_card", 402, "payment", false, "not_applied", false, "FAILED_PRECONDITION",
     "The card has expired."},  //
    {"invalid_card_number", 402, "payment", false, "not_applied", false, "INVALID_ARGUMENT",
     "The card number is not valid."},  //
    {"invalid_expiry_date", 402, "payment", false, "not_applied", false, "INVALID_ARGUMENT",
     "The expiry date is not valid."},  //
    {"incorrect_cvc", 402, "payment", false, "not_applied", false, "INVALID_ARGUMENT",
     "The security code is not correct."},  //
    {"incorrect_pin", 402, "payment", false, "not_applied", false, "INVALID_ARGUMENT",
     "The PIN is not correct."},  //
    {"address_verification_failed", 402, "payment", false, "not_applied", false,
     "FAILED_PRECONDITION", "The billing address could not be verified."},  //
    {"authentication_required", 402, "payment", false, "not_applied", false, "FAILED_PRECONDITION",
     "The payer must authenticate this payment."},  //
    {"authentication_failed", 402, "payment", false, "not_applied", false, "FAILED_PRECONDITION",
     "Payer authentication failed."},  //
    {"suspected_fraud", 402, "payment", false, "not_applied", false, "FAILED_PRECONDITION",
     "The payment was declined."},  //
    {"lost_or_stolen_card", 402, "payment", false, "not_applied", false, "FAILED_PRECONDITION",
     "The payment was declined."},  //
    {"payment_method_invalid", 402, "payment", false, "not_applied", false, "INVALID_ARGUMENT",
     "The payment method or token cannot be used."},  //
    {"payment_method_not_supported", 402, "payment", false, "not_applied", false, "UNIMPLEMENTED",
     "The payment method is not supported for this payment."},  //
    {"transaction_not_permitted", 402, "payment", false, "not_applied", false,
     "FAILED_PRECONDITION", "This transaction is not permitted."},  //
    {"payment_canceled", 402, "payment", false, "not_applied", false, "CANCELLED",
     "The payer canceled the payment."},  //
    {"issuer_unavailable", 402, "payment", true, "not_applied", false, "UNAVAILABLE",
     "The card issuer could not be reached."},  //
    {"rate_limited", 429, "rate_limit", true, "not_applied", true, "RESOURCE_EXHAUSTED",
     "Too many requests."},  //
    {"quota_exceeded", 429, "rate_limit", false, "not_applied", false, "RESOURCE_EXHAUSTED",
     "The request quota is exhausted."},  //
    {"internal_error", 500, "upstream", true, "unknown", true, "INTERNAL",
     "The upstream failed unexpectedly."},  //
    {"processing_error", 500, "upstream", true, "unknown", false, "INTERNAL",
     "The upstream failed while processing the operation."},  //
    {"provider_error", 502, "upstream", true, "unknown", true, "UNAVAILABLE",
     "A dependency of the upstream failed."},  //
    {"service_unavailable", 503, "upstream", true, "unknown", true, "UNAVAILABLE",
     "The upstream is temporarily unavailable."},  //
    {"timeout", 504, "upstream", true, "unknown", true, "DEADLINE_EXCEEDED",
     "The upstream did not answer in time."},  //
    {"upstream_unreachable", 502, "gateway", true, "not_applied", true, "UNAVAILABLE",
     "The upstream could not be reached."},  //
    {"invalid_upstream_response", 502, "gateway", true, "unknown", true, "INTERNAL",
     "The upstream's response could not be read."},  //
    {"circuit_open", 503, "gateway", true, "not_applied", false, "UNAVAILABLE",
     "Calls to the upstream are suspended."},  //
    {"gateway_overloaded", 503, "gateway", true, "not_applied", false, "RESOURCE_EXHAUSTED",
     "The gateway is at capacity."},  //
    {"request_canceled", 499, "gateway", false, "unknown", false, "CANCELLED",
     "The client went away."},  //
    {"gateway_error", 500, "gateway", false, "unknown", false, "INTERNAL",
     "The gateway failed."},  //
};

class ContractLine : public testing::TestWithParam<Line> {};

TEST_P(ContractLine, IsInTheCatalogueAsWritten) {
    const Line& line = GetParam();
    const auto code = find_code(line.slug);
    ASSERT_TRUE(code.has_value());
    const CodeInfo& found = info(*code);
    EXPECT_EQ(found.code, *code);
    EXPECT_EQ(found.slug, line.slug);
    EXPECT_EQ(found.status, line.status);
    EXPECT_EQ(to_string(found.category), line.category);
    EXPECT_EQ(found.transient, line.transient);
    EXPECT_EQ(to_string(found.outcome), line.outcome);
    EXPECT_EQ(found.auto_retry, line.auto_retry);
    EXPECT_EQ(found.grpc, line.grpc);
    EXPECT_EQ(found.message, line.message);
}

INSTANTIATE_TEST_SUITE_P(Codes, ContractLine, testing::ValuesIn(kContract),
                         [](const auto& line) { return std::string(line.param.slug); });

TEST(Catalogue, HoldsNothingElse) {
    EXPECT_EQ(all_codes().size(), std::size(kContract));
}

TEST(Catalogue, StandsInTheOrderOfTheEnumeration) {
    for (std::size_t i = 0; i < all_codes().size(); ++i) {
        EXPECT_EQ(static_cast<std::size_t>(all_codes()[i].code), i);
    }
}

TEST(Catalogue, NamesEachCodeOnce) {
    std::set<std::string_view> slugs;
    for (const CodeInfo& code : all_codes())
        slugs.insert(code.slug);
    EXPECT_EQ(slugs.size(), all_codes().size());
}

TEST(Catalogue, RepeatsByItselfOnlyWhatIsTransient) {
    for (const CodeInfo& code : all_codes())
        EXPECT_TRUE(!code.auto_retry || code.transient) << code.slug;
}

TEST(FindCode, KnowsNoOtherWord) {
    for (const char* word : {"", "nope", "Invalid_request", "invalid_request ", "timeouts"}) {
        EXPECT_EQ(find_code(word), std::nullopt) << word;
    }
}

struct StatusCase {
    int status;
    Code code;
};

constexpr StatusCase kStatuses[] = {{400, Code::invalid_request},
                                    {401, Code::unauthorized},
                                    {402, Code::payment_failed},
                                    {403, Code::forbidden},
                                    {404, Code::not_found},
                                    {405, Code::method_not_allowed},
                                    {406, Code::invalid_request},
                                    {407, Code::unauthorized},
                                    {408, Code::timeout},
                                    {409, Code::conflict},
                                    {410, Code::resource_expired},
                                    {411, Code::invalid_request},
                                    {412, Code::invalid_state},
                                    {413, Code::payload_too_large},
                                    {414, Code::invalid_request},
                                    {415, Code::unsupported_media_type},
                                    {421, Code::invalid_request},
                                    {422, Code::validation_error},
                                    {423, Code::resource_locked},
                                    {424, Code::provider_error},
                                    {425, Code::conflict},
                                    {426, Code::not_supported},
                                    {428, Code::invalid_request},
                                    {429, Code::rate_limited},
                                    {431, Code::invalid_request},
                                    {451, Code::forbidden},
                                    {500, Code::internal_error},
                                    {501, Code::not_supported},
                                    {502, Code::provider_error},
                                    {503, Code::service_unavailable},
                                    {504, Code::timeout},
                                    {507, Code::service_unavailable},
                                    {520, Code::provider_error},
                                    {521, Code::service_unavailable},
                                    {522, Code::timeout},
                                    {523, Code::service_unavailable},
                                    {524, Code::timeout},
                                    {525, Code::provider_error},
                                    {526, Code::provider_error},
                                    {527, Code::provider_error},
                                    {529, Code::service_unavailable},
                                    {530, Code::provider_error},
                                    {598, Code::timeout},
                                    {599, Code::timeout},
                                    {418, Code::invalid_request},
                                    {499, Code::invalid_request},  //
                                    {505, Code::internal_error},
                                    {511, Code::internal_error},  //
                                    {200, Code::payment_failed},
                                    {201, Code::payment_failed},
                                    {299, Code::payment_failed},  //
                                    {0, Code::internal_error},
                                    {302, Code::internal_error},
                                    {999, Code::internal_error}};

class DefaultCode : public testing::TestWithParam<StatusCase> {};

TEST_P(DefaultCode, FollowsTheStatus) {
    EXPECT_EQ(info(default_code(GetParam().status)).slug, info(GetParam().code).slug);
}

INSTANTIATE_TEST_SUITE_P(Statuses, DefaultCode, testing::ValuesIn(kStatuses),
                         [](const auto& line) { return std::to_string(line.param.status); });

}  // namespace
}  // namespace errgate::errors
