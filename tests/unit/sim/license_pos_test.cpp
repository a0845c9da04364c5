#include "ask.hpp"

#include <gtest/gtest.h>

namespace errgate::sim {
namespace {

struct Row {
    std::string_view name;
    int status;
};

// The document's tables of common error codes.
constexpr Row kDocumented[] = {
    {"invalid_request", 400},    {"validation_error", 400}, {"missing_field", 400},
    {"unauthorized", 401},       {"forbidden", 403},        {"license_expired", 401},
    {"license_invalid", 401},    {"not_found", 404},        {"already_exists", 409},
    {"customer_not_found", 404}, {"processing_error", 500}, {"provider_error", 502},
    {"transaction_failed", 400},
};

TEST(LicensePos, AnswersEveryDocumentedCodeWithItsStatus) {
    for (const Row& row : kDocumented) {
        const Response got = ask("license_pos", "POST", "/v1/x", {{"X-Sim-Error", row.name}});
        EXPECT_EQ(got.status, row.status) << row.name;
        EXPECT_EQ(got.body.rfind(R"({"code":")" + std::string(row.name) + '"', 0), 0u) << row.name;
    }
}

TEST(LicensePos, AnswersTheDocumentsExample) {
    EXPECT_EQ(ask("license_pos", "GET", "/v1/customers/invalid_id").body,
              R"({"code":"customer_not_found","message":"No customer found with ID: invalid_id",)"
              R"("request_id":"req_7f3a2b1c","metadata":{"customer_id":"invalid_id"}})");
}

TEST(LicensePos, WantsALicenseKey) {
    EXPECT_EQ(ask("license_pos", "GET", "/v1/customers/cus_81").status, 401);
}

TEST(LicensePos, AnEmptyAccountFailsTheTransaction) {
    const Response got =
        ask("license_pos", "POST", "/v1/sales", kGoodFields, R"({"amount": 1051})");
    EXPECT_NE(got.body.find("transaction_failed"), std::string::npos);
}

}  // namespace
}  // namespace errgate::sim
