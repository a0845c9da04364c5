// Which text a client reads.
#include "mapping/message.hpp"

#include <gtest/gtest.h>

namespace errgate::mapping {
namespace {

using errors::Code;

std::string message(Code code, BodyKind kind, Text said) {
    return client_message(errors::info(code), kind, said);
}

TEST(ClientMessage, BelowFiveHundredTheProvidersOwn) {
    EXPECT_EQ(message(Code::not_found, BodyKind::json, "No such bill"), "No such bill");
}

TEST(ClientMessage, TheCanonicalStatusCountsNotTheProviders) {
    EXPECT_EQ(message(Code::internal_error, BodyKind::json, "db-7.internal is down"),
              errors::info(Code::internal_error).message);
}

TEST(ClientMessage, PagesAndDebugOutputNeverPass) {
    const std::string own(errors::info(Code::not_found).message);
    EXPECT_EQ(message(Code::not_found, BodyKind::html, "404 Not Found"), own);
    for (const char* text :
         {"<!DOCTYPE html><p>x</p>", "oops <b>here</b>", "Traceback (most recent call last): File",
          "NullPointer\n    at com.pay.Main(Main.java:3)", "SQLSTATE[42000]: Syntax error",
          "{\"code\":\"cut", "[1,2", "goroutine 1 [running]:", "Fatal error: x in /srv/a.php"})
        EXPECT_EQ(message(Code::not_found, BodyKind::json, text), own) << text;
}

TEST(ClientMessage, ComparisonsAreNoMarkup) {
    EXPECT_EQ(message(Code::invalid_amount, BodyKind::json, "amount < 5 or > 10"),
              "amount < 5 or > 10");
}

TEST(ClientMessage, IsNeverEmptyAndNeverLong) {
    EXPECT_EQ(message(Code::conflict, BodyKind::empty, std::nullopt),
              errors::info(Code::conflict).message);
    const std::string text = message(Code::conflict, BodyKind::text, std::string(300'000, 'x'));
    EXPECT_EQ(text.size(), 500U);
}

TEST(ClientMessage, IsRedacted) {
    EXPECT_EQ(message(Code::invalid_field, BodyKind::json, "card 4111 1111 1111 1111 is bad")
                  .find("4111 1111"),
              std::string::npos);
}

}  // namespace
}  // namespace errgate::mapping
