#include "ask.hpp"

#include <gtest/gtest.h>

namespace errgate::sim {
namespace {

struct Row {
    std::string_view name;
    int status;
    std::string_view text;  // stands in the body
};

// Every example of the document.
constexpr Row kDocumented[] = {
    {"token_missing", 401, "No authorization token provided"},
    {"token_expired", 401, "Token expired"},
    {"no_client_id", 401, "No client ID found in claims"},
    {"schema", 400, R"("path":"destination.currency","message":"Required","code":"invalid_type")"},
    {"customer_not_found", 400, "Customer not found: 550e8400-e29b-41d4-a716-446655440000"},
    {"customer_not_active", 400, "Please activate the customer first."},
    {"user_not_verified", 400, "User must complete identity verification before"},
    {"user_verified", 400, "Cannot update user information for verified users"},
    {"not_found", 404, "User with ID 550e8400-e29b-41d4-a716-446655440000 not found"},
    {"idempotency_key_missing", 400, "Idempotency key is required"},
    {"idempotency_key_reused", 409, R"("code":"idempotency_key_reused")"},
    {"virtual_account_key_reused", 400, "Idempotency key has already been used"},
    {"internal_error", 500, "An unexpected error occurred"},
};

TEST(Kira, AnswersEveryDocumentedExample) {
    for (const Row& row : kDocumented) {
        const Response got = ask("kira", "POST", "/v1/users", {{"X-Sim-Error", row.name}});
        EXPECT_EQ(got.status, row.status) << row.name;
        EXPECT_NE(got.body.find(row.text), std::string::npos) << row.name;
    }
    EXPECT_EQ(find_provider("kira")->cases.size(), std::size(kDocumented));
}

TEST(Kira, WantsAToken) {
    EXPECT_NE(ask("kira", "GET", "/v1/users/1").body.find("No authorization token"),
              std::string::npos);
}

TEST(Kira, WantsAKeyForACreate) {
    const FieldList token{{"Authorization", "Bearer t"}};
    EXPECT_NE(
        ask("kira", "POST", "/v1/users", token, "{}").body.find("Idempotency key is required"),
        std::string::npos);
    EXPECT_EQ(ask("kira", "GET", "/v1/users/1", token).status, 200);
}

TEST(Kira, ACreateIs201) {
    EXPECT_EQ(ask("kira", "POST", "/v1/users", kGoodFields, "{}").status, 201);
}

}  // namespace
}  // namespace errgate::sim
