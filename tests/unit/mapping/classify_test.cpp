// From a response to a failure: what is an error, what is decided, what may leave.
#include "mapping/classify.hpp"

#include "answers.hpp"
#include "mapping/dialect.hpp"

#include <algorithm>

namespace errgate::mapping {
namespace {

using errors::Code;
using errors::Failure;
using errors::Outcome;
using MetadataKind = errors::MetadataValue::Kind;

Selector pointer(std::string_view text) {
    Selector selector;
    selector.source = Selector::Source::pointer;
    selector.pointers.push_back(ptr(text));
    return selector;
}

Selector literal(std::string text) {
    Selector selector;
    selector.text = std::move(text);
    return selector;
}

Rule rule(std::string code, Code to) {
    Rule out;
    out.label = "rules code=" + code;
    out.code = {std::move(code)};
    out.to = to;
    return out;
}

// {code, message, type, id, metadata, errors}: the plainest of dialects.
DialectParts plain() {
    DialectParts parts;
    parts.name = "plain";
    Format& format = parts.formats.emplace_back();
    format.id = "standard";
    format.when = {{PresenceTest{ptr("/code"), true}}};
    format.code = pointer("/code");
    format.message = pointer("/message");
    format.type = pointer("/type");
    format.request_id = pointer("/id");
    format.metadata_from = ptr("/metadata");
    DetailSource& details = format.details.emplace_back();
    details.pointer = ptr("/errors/*");
    details.field = pointer("/field");
    details.message = pointer("/message");
    parts.rules = {rule("locked", Code::resource_locked), rule("down", Code::service_unavailable),
                   rule("missing", Code::not_found)};
    return parts;
}

Classification run(const DialectParts& parts, int status, std::string_view body,
                   const http::Fields& sent = {}, Trace* trace = nullptr) {
    const Dialect dialect(parts);
    return classify(dialect, {"POST", "/v1"}, {status, sent, body}, base::WallTime{}, trace);
}

Failure failure_of(const DialectParts& parts, int status, std::string_view body,
                   const http::Fields& sent = {}) {
    const Classification result = run(parts, status, body, sent);
    EXPECT_TRUE(result.is_error);
    return result.failure;
}

// --- what is an error

TEST(Classify, FourAndFiveHundredsAreErrorsUnlessTheDialectSaysMore) {
    for (const int status : {100, 200, 204, 301, 304, 399})
        EXPECT_FALSE(run(plain(), status, R"({"code":"x"})").is_error) << status;
    for (const int status : {400, 418, 499, 500, 599})
        EXPECT_TRUE(run(plain(), status, "").is_error) << status;
}

TEST(Classify, ADialectMayFindErrorsInsideA200) {
    DialectParts parts = plain();
    parts.detect = {{{StatusTest{{{400, 599}}}}}, {{EqualTest{ptr("/status"), "error"}}}};
    EXPECT_TRUE(run(parts, 200, R"({"status":"error"})").is_error);
    EXPECT_FALSE(run(parts, 200, R"({"status":"success"})").is_error);
    EXPECT_TRUE(run(parts, 500, "").is_error);
    const Failure unnamed = failure_of(parts, 200, R"({"status":"error"})");
    EXPECT_EQ(unnamed.code, Code::payment_failed) << "without a rule, the default of the status";
    EXPECT_EQ(unnamed.outcome, Outcome::unknown) << "which promises nothing in words nobody knows";
    EXPECT_FALSE(unnamed.mapped);
}

// --- what is decided

TEST(Classify, TheRuleNamesTheCodeAndTheCodeTheRest) {
    const Failure failure = failure_of(plain(), 400, R"({"code":"locked","message":"Busy"})");
    EXPECT_EQ(failure.code, Code::resource_locked);
    EXPECT_EQ(failure.status, 423);
    EXPECT_EQ(failure.origin, errors::Origin::upstream);
    EXPECT_EQ(failure.reason, errors::GatewayReason::none);
    EXPECT_TRUE(failure.transient);
    EXPECT_TRUE(failure.auto_retry);
    EXPECT_EQ(failure.outcome, Outcome::not_applied);
    EXPECT_TRUE(failure.mapped);
    EXPECT_FALSE(failure.hinted);
    EXPECT_EQ(failure.message, "Busy");
    EXPECT_EQ(failure.provider.status, 400);
    EXPECT_EQ(failure.provider.code, "locked");
}

TEST(Classify, WithoutARuleTheStatusDecides) {
    const Failure failure = failure_of(plain(), 409, R"({"code":"new_one","message":"Odd"})");
    EXPECT_EQ(failure.code, Code::conflict);
    EXPECT_FALSE(failure.mapped);
    EXPECT_EQ(failure.provider.code, "new_one");
    EXPECT_EQ(failure_of(plain(), 503, "").code, Code::service_unavailable);
}

TEST(Classify, ARuleMayOverrideOutcomeAndTransience) {
    DialectParts parts = plain();
    parts.rules[1].outcome = Outcome::not_applied;
    parts.rules[1].transient = false;
    const Failure failure = failure_of(parts, 503, R"({"code":"down"})");
    EXPECT_EQ(failure.outcome, Outcome::not_applied);
    EXPECT_FALSE(failure.transient);
    EXPECT_FALSE(failure.auto_retry);
}

TEST(Classify, ATransientRuleDoesNotMakeAnUnrepeatableCodeRepeatItself) {
    DialectParts parts = plain();
    parts.rules[2].transient = true;
    const Failure failure = failure_of(parts, 404, R"({"code":"missing"})");
    EXPECT_TRUE(failure.transient);
    EXPECT_FALSE(failure.auto_retry);
}

TEST(Classify, TheProvidersOwnHintIsObeyedBeforeAnythingElse) {
    DialectParts parts = plain();
    RetryHint hint;
    hint.header = "should-retry";
    hint.values = {{"true", true}, {"false", false}};
    parts.retry_hints = {hint};
    const Failure no =
        failure_of(parts, 423, R"({"code":"locked"})", fields({{"Should-Retry", "false"}}));
    EXPECT_TRUE(no.hinted);
    EXPECT_FALSE(no.transient);
    EXPECT_FALSE(no.auto_retry);
    const Failure yes =
        failure_of(parts, 404, R"({"code":"missing"})", fields({{"Should-Retry", "true"}}));
    EXPECT_TRUE(yes.transient);
    EXPECT_TRUE(yes.auto_retry);
}

TEST(Classify, RulesAddMetadataAndDetails) {
    DialectParts parts = plain();
    parts.rules[2].metadata = {{"resource", literal("bill")}, {"kind", pointer("/type")}};
    parts.rules[2].details = {{"/email", "missing", ""}};
    const Failure failure = failure_of(
        parts, 404,
        R"({"code":"missing","type":"t","metadata":{"resource":"x","n":5},"errors":[{"field":"a"}]})");
    ASSERT_EQ(failure.metadata.size(), 3U);
    EXPECT_EQ(failure.metadata[0].second.text, "bill") << "the rule's replaces the provider's";
    EXPECT_EQ(failure.metadata[1].second.kind, MetadataKind::number);
    EXPECT_EQ(failure.metadata[2].second.text, "t");
    ASSERT_EQ(failure.details.size(), 2U);
    EXPECT_EQ(failure.details[0].field, "/a");
    EXPECT_EQ(failure.details[1].code, "missing");
}

TEST(Classify, WaitHintsAreCarried) {
    EXPECT_EQ(failure_of(plain(), 429, "", fields({{"Retry-After", "2"}})).retry_after,
              std::chrono::seconds(2));
    EXPECT_FALSE(failure_of(plain(), 429, "").retry_after);
}

// --- request ids

TEST(Classify, RequestIdOfTheBodyThenOfTheDialectsThenOfTheUsualHeaders) {
    DialectParts parts = plain();
    parts.request_id_headers = {"Debug-Id"};
    const auto sent = fields({{"X-Request-Id", "usual"}, {"Debug-Id", "own"}});
    const auto id = [&](std::string_view body, const http::Fields& with) {
        return failure_of(parts, 400, body, with).provider.request_id;
    };
    EXPECT_EQ(id(R"({"code":"x","id":"body"})", sent), "body");
    EXPECT_EQ(id(R"({"code":"x"})", sent), "own");
    EXPECT_EQ(id("", fields({{"X-Request-Id", "usual"}})), "usual");
    EXPECT_EQ(id("", {}), "");
}

TEST(Classify, AnIdThatIsNotOneWordOfVisibleAsciiIsNone) {
    const auto sent = fields({{"CF-Ray", "8a1"}});
    for (const char* id : {"two words", "line\\nfeed", "caf\xC3\xA9"}) {
        const std::string body = R"({"code":"x","id":")" + std::string(id) + "\"}";
        EXPECT_EQ(failure_of(plain(), 400, body, sent).provider.request_id, "8a1") << id;
    }
    const std::string endless = R"({"code":"x","id":")" + std::string(500, 'a') + "\"}";
    EXPECT_EQ(failure_of(plain(), 400, endless).provider.request_id, "");
}

// --- what may leave

TEST(Classify, EverythingThatLeavesIsRedacted) {
    const std::string pan = "4111111111111111";
    const Failure failure = failure_of(
        plain(), 400,
        R"({"code":"c 4111111111111111","type":"4111-1111-1111-1111","message":"card 4111111111111111",)"
        R"("metadata":{"ref 4111111111111111":"4111 1111 1111 1111","n":4111111111111111},)"
        R"("errors":[{"field":"card.4111111111111111","message":"4111111111111111 is bad"}]})");
    std::string all = failure.message + failure.provider.code + failure.provider.type;
    for (const auto& [name, value] : failure.metadata)
        all += name + value.text;
    for (const auto& detail : failure.details)
        all += detail.field + detail.code + detail.message;
    EXPECT_EQ(all.find(pan), std::string::npos) << all;
    EXPECT_EQ(all.find("4111 1111"), std::string::npos) << all;
    EXPECT_EQ(all.find("4111-1111"), std::string::npos) << all;
    EXPECT_EQ(failure.metadata[1].second.kind, MetadataKind::string)
        << "a masked number is no JSON number any more";
}

TEST(Classify, ADeclaredIdMayLookLikeACardNumber) {
    EXPECT_EQ(
        failure_of(plain(), 400, R"({"code":"x","id":"4111111111111111"})").provider.request_id,
        "4111111111111111");
}

TEST(Classify, ADeclaredIdIsNoPlaceForAKey) {
    EXPECT_EQ(failure_of(plain(), 400, R"({"code":"x","id":"sk_live_4eC39HqLyjWDarjt"})")
                  .provider.request_id,
              "[redacted]");
}

TEST(Classify, ValuesUnderSecretNamesNeverLeave) {
    const Failure failure = failure_of(
        plain(), 400, R"({"code":"x","metadata":{"CVV":"abc","token":"t","field":"f"}})");
    EXPECT_EQ(failure.metadata[0].second.text, "[redacted]");
    EXPECT_EQ(failure.metadata[1].second.text, "[redacted]");
    EXPECT_EQ(failure.metadata[2].second.text, "f");
}

TEST(Classify, ACardNumberInAFieldsNameIsMaskedWhateverSeparatesIt) {
    for (const char* field :
         {"card/4242424242424242", "card~4242424242424242", "4242/4242/4242/4242",
          "4242~4242~4242~4242", "/card~14242424242424242", "/4242/4242~14242~04242"}) {
        const Failure failure = failure_of(
            plain(), 400, R"({"code":"x","errors":[{"field":")" + std::string(field) + "\"}]}");
        ASSERT_EQ(failure.details.size(), 1U);
        EXPECT_TRUE(failure.details[0].field.ends_with("****4242")) << failure.details[0].field;
        EXPECT_EQ(std::ranges::count(failure.details[0].field, '4'), 2) << failure.details[0].field;
    }
}

TEST(Classify, ACutPointerIsStillOne) {
    const std::string field = std::string(254, 'x') + "/y";
    const Failure failure =
        failure_of(plain(), 400, R"({"code":"x","errors":[{"field":")" + field + R"("}]})");
    EXPECT_EQ(failure.details[0].field, "/" + std::string(254, 'x'));
}

TEST(Classify, TheMessageSaysOfCardDataNoMoreThanItsDetail) {
    const auto message = [](std::string_view said, std::string_view errors) {
        return failure_of(plain(), 400,
                          R"({"code":"x","message":")" + std::string(said) + R"(","errors":[)" +
                              std::string(errors) + "]}")
            .message;
    };
    constexpr std::string_view kAmount = R"({"field":"amount","message":"12 is too much"},)";
    constexpr std::string_view kCvc = R"({"field":"cvc","message":"'123' is not valid"})";
    const std::string both = std::string(kAmount) + std::string(kCvc);
    EXPECT_EQ(message("'123' is not valid", kCvc), "[redacted] is not valid");
    EXPECT_EQ(message("'123' is not valid", both), "[redacted] is not valid");
    EXPECT_EQ(message("cvc: '123' is not valid", both), "cvc: [redacted] is not valid");
    EXPECT_EQ(message("'123'", both), "[redacted]") << "a part of the detail";
    EXPECT_EQ(message("'123' is bad", R"({"field":"card/iban"})"), "[redacted] is bad")
        << "a detail without a sentence";
    EXPECT_EQ(message("'123' is too much", both), "'123' is too much") << "about something else";
    EXPECT_EQ(message("'123' is not valid", kAmount.substr(0, kAmount.size() - 1)),
              "'123' is not valid");
}

TEST(Classify, MetadataSaysOfCardDataNoMoreThanTheDetail) {
    const Failure failure = failure_of(
        plain(), 400,
        R"({"code":"x","metadata":{"first":"'123' is not valid","got":"'123'","id":"pi_345"},)"
        R"("errors":[{"field":"cvc","message":"'123' is not valid"},{"field":"pin"}]})");
    EXPECT_EQ(failure.metadata[0].second.text, "[redacted] is not valid");
    EXPECT_EQ(failure.metadata[1].second.text, "[redacted]");
    EXPECT_EQ(failure.metadata[2].second.text, "pi_345");
}

TEST(Classify, DebugOutputLeavesNowhere) {
    const Failure failure = failure_of(
        plain(), 400,
        R"({"code":"x","metadata":{"trace":"Traceback (most recent call last):","n":1,"id":"pi_1"},)"
        R"("errors":[{"field":"a","message":"<script>alert(1)</script>"},)"
        R"({"message":"at\n  at com.acme.Foo"},{"field":"b","message":"is missing"}]})");
    ASSERT_EQ(failure.metadata.size(), 2U);
    EXPECT_EQ(failure.metadata[0].first, "n");
    EXPECT_EQ(failure.metadata[1].first, "id");
    ASSERT_EQ(failure.details.size(), 2U) << "one that says nothing any more is none";
    EXPECT_EQ(failure.details[0].field, "/a");
    EXPECT_EQ(failure.details[0].message, "");
    EXPECT_EQ(failure.details[1].message, "is missing");
}

TEST(Classify, AServerErrorTellsFieldsAndNoSentences) {
    const Failure failure = failure_of(
        plain(), 503,
        R"({"code":"down","message":"m","metadata":{"id":"pi_1"},"errors":[)"
        R"({"field":"a","message":"db-prod.example is down"},{"field":"","message":"too"}]})");
    EXPECT_EQ(failure.code, Code::service_unavailable);
    ASSERT_EQ(failure.details.size(), 1U);
    EXPECT_EQ(failure.details[0].field, "/a");
    EXPECT_EQ(failure.details[0].message, "");
    EXPECT_EQ(failure.metadata.size(), 1U);
}

TEST(Classify, ATextThatIsATraceIsKnownByItsLines) {
    DialectParts parts = plain();
    parts.formats[0].when = {};
    parts.formats[0].message = pointer("/text");
    const std::string own(errors::info(errors::default_code(400)).message);
    EXPECT_EQ(failure_of(parts, 400, "Bad card\n  retry").message, "Bad card retry");
    for (const char* text : {"Bad card\r\n   at charge\r\n", "Error: {\"holder\":\"John Doe\"}",
                             "System.InvalidOperationException: Bad card\r\n   at "
                             "Acme.Pay.Charge(Card c) in C:\\src\\Pay.cs:line 12"})
        EXPECT_EQ(failure_of(parts, 400, text).message, own) << text;
}

TEST(Classify, ADialectMayTakeMembersOutOfTheBody) {
    DialectParts parts = plain();
    parts.redactions = {{ptr("/message"), true}, {ptr("/type"), false}};
    const Failure failure =
        failure_of(parts, 404, R"({"code":"missing","message":"m","type":"t"})");
    EXPECT_EQ(failure.message, errors::info(Code::not_found).message);
    EXPECT_EQ(failure.provider.type, "[redacted]");
}

TEST(Classify, LongTextsAreCut) {
    const std::string long_text(3000, 'x');
    const Failure failure = failure_of(plain(), 400,
                                       R"({"code":")" + long_text + R"(","errors":[{"field":")" +
                                           long_text + R"(","message":")" + long_text + R"("}]})");
    EXPECT_EQ(failure.provider.code.size(), 128U);
    EXPECT_EQ(failure.details[0].field.size(), 256U);
    EXPECT_EQ(failure.details[0].message.size(), 500U);
}

// --- explaining

TEST(Classify, TheTraceSaysWhatMatchedAndWhyTheOthersDidNot) {
    Trace trace;
    run(plain(), 404, R"({"code":"missing"})", {}, &trace);
    EXPECT_EQ(trace.content_kind, "json");
    EXPECT_EQ(trace.format, "standard");
    EXPECT_EQ(trace.rule, "rules code=missing");
    ASSERT_EQ(trace.notes.size(), 2U);
    EXPECT_EQ(trace.notes[0], "rules code=locked: code is 'missing'");
}

TEST(Classify, TheTraceOfAnUnknownShape) {
    Trace trace;
    run(plain(), 500, "<html><h1>x</h1></html>", {}, &trace);
    EXPECT_EQ(trace.content_kind, "html");
    EXPECT_EQ(trace.format, "");
    EXPECT_EQ(trace.rule, "");
    EXPECT_EQ(trace.notes.front(), "format standard: /code is absent");
}

// --- looking into successes

TEST(InspectsSuccess, NeverForADialectThatReadsStatusesOnly) {
    const Dialect dialect(plain());
    EXPECT_FALSE(inspects_success(dialect, 200, fields({{"Content-Type", "application/json"}})));
}

TEST(InspectsSuccess, WhereThePredicateNeedsTheBodyTheTypeDecides) {
    DialectParts parts = plain();
    parts.detect = {{{StatusTest{{{400, 599}}}}},
                    {{StatusTest{{{200, 299}}}, EqualTest{ptr("/status"), "error"}}}};
    const Dialect dialect(parts);
    struct {
        const char* type;
        bool inspected;
    } const cases[] = {
        {"application/json; charset=utf-8", true},
        {"application/vnd.x+JSON", true},
        {"text/xml", true},
        {"text/plain", true},
        {"text/html ;x=y", true},
        {"application/x-www-form-urlencoded", true},
        {"", true},
        {"application/pdf", false},
        {"text/csv", false},
        {"text/event-stream", false},
        {"application/octet-stream", false},
        {"application/zip", false},
    };
    for (const auto& c : cases)
        EXPECT_EQ(inspects_success(dialect, 200, fields({{"Content-Type", c.type}})), c.inspected)
            << c.type;
    EXPECT_TRUE(inspects_success(dialect, 200, {})) << "no type at all";
    EXPECT_FALSE(inspects_success(dialect, 302, {})) << "not this status";
}

TEST(InspectsSuccess, WhatTheHeadAloneDecidesNeedsNoType) {
    DialectParts parts = plain();
    parts.detect = {{{HeaderTest{"x-error", regex(".")}}}};
    const Dialect dialect(parts);
    EXPECT_TRUE(inspects_success(dialect, 200,
                                 fields({{"X-Error", "1"}, {"Content-Type", "application/pdf"}})));
    EXPECT_FALSE(inspects_success(dialect, 200, fields({{"Content-Type", "application/json"}})));
}

}  // namespace
}  // namespace errgate::mapping
