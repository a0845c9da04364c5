// Which text a client reads.
#include "mapping/message.hpp"

#include "mapping/debug_output.hpp"

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

TEST(DebugOutput, TracesOfEveryLanguage) {
    for (const char* text :
         {"Bad card at Acme.Pay.Charge(Card c) in Pay.cs", "at com.acme.Foo",
          "x at Acme.Pay.<Run>d__4.MoveNext()", "x at Acme.Card..ctor(String s)",
          R"(Bad card in C:\src\Pay.cs:line 12)", "app/models/pay.rb:12:in `charge'",
          "db.internal: pay.go:42 +0x1a", "TypeError: x (app.js:1:2)", "Pay.java:77",
          R"(File "pay.py", line 3, in charge)", "thread 'main' panicked at src/main.rs:4:5",
          "See \n  at Object.<anonymous>"}) {
        const std::string said = std::string("boom ") + text;
        EXPECT_TRUE(looks_like_debug_output(said)) << said;
    }
}

TEST(DebugOutput, DataThatNothingCouldParse) {
    for (const char* text :
         {R"({"code":"cut)", "[1,2", R"(["a"])", "['a']", "[ {", R"(Error: {"holder":"John Doe"})",
          R"(data: { "holder":"John Doe"})", "Error: {'holder': 'John Doe'}",
          R"(holder": "John Doe", "email": "j@x.com"})", R"("paid" : false,)", R"({\"a\":\"b\"})",
          R"(got {\"a\": 1})", R"(x "list": [1])"})
        EXPECT_TRUE(looks_like_debug_output(text)) << text;
}

TEST(DebugOutput, SentencesAreNone) {
    for (const char* text :
         {"This payment cannot be processed at this time (code 5).", "Pay at most 5(five) EUR.",
          "Use the terminal at example.com (main street).", "[redacted] is not valid",
          "[ERROR] no luck", "Value of \"amount\": must be positive", "Say \"yes\" or \"no\"",
          "Missing parameter {amount}", "See https://docs.example/errors:12.",
          "The file \"scan.pdf\" has no line 3", "Traceback requested", "amount < 5 or > 10", ""})
        EXPECT_FALSE(looks_like_debug_output(text)) << text;
}

TEST(ClientMessage, ComparisonsAreNoMarkup) {
    EXPECT_EQ(message(Code::invalid_amount, BodyKind::json, "amount < 5 or > 10"),
              "amount < 5 or > 10");
}

TEST(ClientMessage, IsNeverEmptyAndNeverLong) {
    EXPECT_EQ(message(Code::conflict, BodyKind::empty, std::nullopt),
              errors::info(Code::conflict).message);
    const std::string endless(300'000, 'x');
    const std::string text = message(Code::conflict, BodyKind::text, endless);
    EXPECT_EQ(text.size(), 500U);
    std::string cyrillic;
    for (int i = 0; i < 600; ++i)
        cyrillic += "\xD0\xB6";
    EXPECT_EQ(message(Code::conflict, BodyKind::json, cyrillic), cyrillic.substr(0, 2 * 500))
        << "characters, not bytes";
}

TEST(ClientMessage, IsRedacted) {
    EXPECT_EQ(message(Code::invalid_field, BodyKind::json, "card 4111 1111 1111 1111 is bad")
                  .find("4111 1111"),
              std::string::npos);
}

}  // namespace
}  // namespace errgate::mapping
