#include "ask.hpp"

#include <gtest/gtest.h>

namespace errgate::sim {
namespace {

struct Row {
    std::string_view name;
    int status;
};

// The document's error tables.
constexpr Row kDocumented[] = {
    {"AUTH_INVALID_TOKEN", 401},     {"AUTH_MISSING_TOKEN", 401}, {"AUTH_FORBIDDEN", 403},
    {"REQ_BAD_REQUEST", 400},        {"REQ_MISSING_FIELD", 400},  {"REQ_INVALID_FIELD", 400},
    {"RESOURCE_NOT_FOUND", 404},     {"RESOURCE_LOCKED", 423},    {"PAYMENT_FAILED", 402},
    {"PAYMENT_LIMIT_EXCEEDED", 403}, {"INSUFFICIENT_FUNDS", 402}, {"SERVER_ERROR", 500},
    {"SERVICE_UNAVAILABLE", 503},    {"TIMEOUT_ERROR", 504},
};

TEST(Kiotapay, AnswersEveryDocumentedCodeWithItsStatus) {
    for (const Row& row : kDocumented) {
        const Response got = ask("kiotapay", "POST", "/payments", {{"X-Sim-Error", row.name}});
        EXPECT_EQ(got.status, row.status) << row.name;
        EXPECT_NE(got.body.find('"' + std::string(row.name) + '"'), std::string::npos) << row.name;
    }
    EXPECT_EQ(find_provider("kiotapay")->cases.size(), std::size(kDocumented));
}

TEST(Kiotapay, WritesTheStatusAsAString) {
    EXPECT_EQ(ask("kiotapay", "GET", "/payments/insufficient_funds").body,
              R"({"errorCode":"INSUFFICIENT_FUNDS","message":"Insufficient funds",)"
              R"("details":"The account has insufficient funds.","statusCode":"402"})");
}

struct Implied {
    std::string_view name;
    std::string_view method;
    FieldList fields;
    std::string_view body;
    int status;
    std::string_view code;
};

TEST(Kiotapay, ARequestRunsIntoItsOwnMistakes) {
    const FieldList token{{"authorization", "Bearer t"}};
    const Implied kCases[] = {
        {"no token", "GET", {}, "", 401, "AUTH_MISSING_TOKEN"},
        {"no amount", "POST", token, "{}", 400, "REQ_MISSING_FIELD"},
        {"over the limit", "POST", token, R"({"amount":1000001})", 403, "PAYMENT_LIMIT_EXCEEDED"},
        {"empty account", "POST", token, R"({"amount":5151})", 402, "INSUFFICIENT_FUNDS"},
        {"at the limit", "POST", token, R"({"amount":1000000})", 201, "COMPLETED"},
        {"amount as text", "POST", token, R"({"amount" : "51"})", 402, "INSUFFICIENT_FUNDS"},
        {"read", "GET", token, "", 200, "COMPLETED"},
    };
    for (const Implied& one : kCases) {
        const Response got = ask("kiotapay", one.method, "/payments", one.fields, one.body);
        EXPECT_EQ(got.status, one.status) << one.name;
        EXPECT_NE(got.body.find(one.code), std::string::npos) << one.name;
    }
}

}  // namespace
}  // namespace errgate::sim
