// The envelope, byte for byte, and that it is JSON whatever it is given.
#include "errors/envelope.hpp"

#include "base/random.hpp"
#include "base/utf8.hpp"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <array>
#include <string>

namespace errgate::errors {
namespace {

using nlohmann::json;
using namespace std::chrono_literals;

Failure declined() {
    Failure failure;
    failure.code = Code::insufficient_funds;
    failure.status = 402;
    failure.origin = Origin::upstream;
    failure.outcome = Outcome::not_applied;
    failure.message = "Your card has insufficient funds.";
    failure.provider.status = 402;
    failure.provider.code = "card_declined";
    return failure;
}

EnvelopeContext at_stripe() {
    EnvelopeContext context;
    context.request_id = "req_01JD8Z6E3Q8X9V5T2K7M4N6P0R";
    context.provider_name = "stripe";
    context.attempts = 1;
    return context;
}

std::string body_of(const Failure& failure, const EnvelopeContext& context = at_stripe()) {
    std::string out;
    write_envelope(out, failure, context);
    return out;
}

std::string fields_of(const Failure& failure, const EnvelopeContext& context = at_stripe()) {
    std::array<char, 1024> space;
    base::Writer out(space);
    put_envelope_fields(out, failure, context, 321);
    EXPECT_TRUE(out.ok());
    return std::string(out.view());
}

TEST(Envelope, WritesEveryMemberInTheOrderOfTheContract) {
    Failure failure = declined();
    failure.retry_after = 12000ms;
    failure.metadata = {{"payment_intent", {MetadataValue::Kind::string, "pi_3Q1"}}};
    failure.details = {{"/line_items/0/amount", "parameter_missing", "Required"}};
    failure.provider.type = "card_error";
    failure.provider.request_id = "req_Tk3";
    failure.provider.decline_code = "51";
    failure.provider.advice_code = "try_again_later";
    EXPECT_EQ(
        body_of(failure),
        R"({"code":"insufficient_funds","message":"Your card has insufficient funds.",)"
        R"("request_id":"req_01JD8Z6E3Q8X9V5T2K7M4N6P0R","metadata":{"payment_intent":"pi_3Q1"},)"
        R"("status":402,"category":"payment","retryable":false,"retry_after_ms":12000,)"
        R"("outcome":"not_applied","origin":"upstream","attempts":1,)"
        R"("details":[{"field":"/line_items/0/amount","code":"parameter_missing","message":"Required"}],)"
        R"("provider":{"name":"stripe","status":402,"code":"card_declined","type":"card_error",)"
        R"("request_id":"req_Tk3","network":{"decline_code":"51","advice_code":"try_again_later"}}})");
}

TEST(Envelope, OmitsWhatIsNotKnown) {
    EXPECT_EQ(
        body_of(declined()),
        R"({"code":"insufficient_funds","message":"Your card has insufficient funds.",)"
        R"("request_id":"req_01JD8Z6E3Q8X9V5T2K7M4N6P0R","metadata":{},"status":402,)"
        R"("category":"payment","retryable":false,"outcome":"not_applied","origin":"upstream",)"
        R"("attempts":1,"details":[],)"
        R"("provider":{"name":"stripe","status":402,"code":"card_declined"}})");
}

TEST(Envelope, OfTheGatewayNamesOnlyTheProvider) {
    Failure failure = gateway_failure(GatewayReason::response_truncated, true);
    failure.provider.status = 502;
    EXPECT_EQ(
        body_of(failure),
        R"({"code":"invalid_upstream_response","message":"The upstream's response could not be read.",)"
        R"("request_id":"req_01JD8Z6E3Q8X9V5T2K7M4N6P0R","metadata":{},"status":502,)"
        R"("category":"gateway","retryable":false,"outcome":"unknown","origin":"gateway",)"
        R"("attempts":1,"details":[],"provider":{"name":"stripe"}})");
}

TEST(Envelope, WithoutARouteHasAnEmptyProvider) {
    EnvelopeContext context = at_stripe();
    context.provider_name = {};
    const json body =
        json::parse(body_of(gateway_failure(GatewayReason::no_route, false), context));
    EXPECT_EQ(body["provider"], json::object());
}

TEST(Envelope, AsAProblemHasTheSameMembersAndFourMore) {
    EnvelopeContext context = at_stripe();
    const json plain = json::parse(body_of(declined(), context));
    context.format = EnvelopeFormat::problem_json;
    json problem = json::parse(body_of(declined(), context));
    EXPECT_EQ(problem["type"], "urn:errgate:error:insufficient_funds");
    EXPECT_EQ(problem["title"], "The account has insufficient funds.");
    EXPECT_EQ(problem["detail"], "Your card has insufficient funds.");
    EXPECT_EQ(problem["instance"], "urn:errgate:request:req_01JD8Z6E3Q8X9V5T2K7M4N6P0R");
    for (const char* member : {"type", "title", "detail", "instance"})
        problem.erase(member);
    EXPECT_EQ(problem, plain);
}

TEST(Envelope, MayHaveTheErrorMemberThatLibrariesLookFor) {
    EnvelopeContext context = at_stripe();
    EXPECT_FALSE(json::parse(body_of(declined(), context)).contains("error"));
    context.error_member = true;
    const json envelope = json::parse(body_of(declined(), context));
    EXPECT_EQ(envelope["error"], json({{"type", "api_error"},
                                       {"code", "insufficient_funds"},
                                       {"message", "Your card has insufficient funds."}}));
}

TEST(Envelope, IsRetryableForAReplaySafeRequestWhenTheOutcomeIsUnknown) {
    EnvelopeContext context = at_stripe();
    const Failure failure = gateway_failure(GatewayReason::attempt_timeout, true);
    EXPECT_EQ(json::parse(body_of(failure, context))["retryable"], false);
    context.replay_safe = true;
    EXPECT_EQ(json::parse(body_of(failure, context))["retryable"], true);
}

TEST(Envelope, WritesNumbersAndBooleansAsSuch) {
    Failure failure = declined();
    failure.metadata = {{"n", {MetadataValue::Kind::number, "-12.50e3"}},
                        {"yes", {MetadataValue::Kind::boolean, "true"}},
                        {"text", {MetadataValue::Kind::string, "12"}}};
    const std::string body = body_of(failure);
    EXPECT_NE(body.find(R"("metadata":{"n":-12.50e3,"yes":true,"text":"12"})"), std::string::npos)
        << body;
}

TEST(Envelope, QuotesANumberThatIsNone) {
    for (const char* text : {"", "01", "+1", "1.", ".5", "NaN", "1e", "1 ", "0x10", "-", "1,2"}) {
        Failure failure = declined();
        failure.metadata = {{"n", {MetadataValue::Kind::number, text}},
                            {"b", {MetadataValue::Kind::boolean, text}}};
        const json body = json::parse(body_of(failure));
        EXPECT_EQ(body["metadata"]["n"], text);
        EXPECT_EQ(body["metadata"]["b"], text);
    }
}

TEST(Envelope, KeepsEveryFormOfJsonNumber) {
    for (const char* text : {"0", "-0", "10", "0.5", "1e9", "1E+9", "2.5e-3"}) {
        Failure failure = declined();
        failure.metadata = {{"n", {MetadataValue::Kind::number, text}}};
        EXPECT_TRUE(json::parse(body_of(failure))["metadata"]["n"].is_number()) << text;
    }
}

TEST(Envelope, StopsAtTheLimitsOfTheContract) {
    Failure failure = declined();
    for (int i = 0; i < 200; ++i) {
        failure.metadata.emplace_back("m" + std::to_string(i), MetadataValue{});
        failure.details.push_back({"/f", "c", "m"});
    }
    const json body = json::parse(body_of(failure));
    EXPECT_EQ(body["metadata"].size(), kMaxMetadata);
    EXPECT_EQ(body["details"].size(), kMaxDetails);
}

TEST(Envelope, FallsBackToTheCodesTextForABlankMessage) {
    for (const char* text : {"", "   "}) {
        Failure failure = declined();
        failure.message = text;
        EXPECT_EQ(json::parse(body_of(failure))["message"], "The account has insufficient funds.");
    }
}

TEST(Envelope, CutsALongMessageBetweenCharacters) {
    Failure failure = declined();
    failure.message.assign(499, 'a');
    failure.message += "\xE2\x82\xAC";
    const std::string longest = failure.message;
    failure.message += "\xE2\x82\xAC";
    EXPECT_EQ(json::parse(body_of(failure))["message"].get<std::string>(), longest);
}

TEST(Envelope, NeverWaitsANegativeTime) {
    Failure failure = declined();
    failure.retry_after = -5ms;
    EXPECT_EQ(json::parse(body_of(failure))["retry_after_ms"], 0);
    EXPECT_NE(fields_of(failure).find("Retry-After: 0\r\n"), std::string::npos);
}

TEST(Envelope, ReplacesWhatTheStringHeld) {
    std::string out = "left over";
    write_envelope(out, declined(), at_stripe());
    EXPECT_EQ(out.front(), '{');
}

std::string random_text(base::Random& random) {
    std::string text(random.below(700), '\0');
    for (char& c : text)
        c = static_cast<char>(random.below(256));
    return text;
}

TEST(Envelope, IsJsonAndUtf8WhateverTheStringsHold) {
    base::Random random(3);
    for (int round = 0; round < 300; ++round) {
        Failure failure = declined();
        failure.message = random_text(random);
        failure.metadata = {
            {random_text(random), {MetadataValue::Kind::number, random_text(random)}}};
        failure.details = {{random_text(random), random_text(random), random_text(random)}};
        failure.provider.code = random_text(random);
        EnvelopeContext context = at_stripe();
        const std::string name = random_text(random);
        context.provider_name = name;
        context.format = EnvelopeFormat::problem_json;
        const std::string body = body_of(failure, context);
        ASSERT_TRUE(base::is_valid_utf8(body));
        const json parsed = json::parse(body);
        EXPECT_FALSE(parsed["message"].get<std::string>().empty());
        const std::string message = parsed["message"];
        EXPECT_EQ(base::truncate_characters(message, kMaxMessageCharacters), message);
    }
}

TEST(EnvelopeFields, OfAnUpstreamFailure) {
    EXPECT_EQ(fields_of(declined()),
              "Content-Type: application/json\r\n"
              "Content-Length: 321\r\n"
              "Cache-Control: no-store\r\n"
              "Errgate-Code: insufficient_funds\r\n"
              "Errgate-Outcome: not_applied\r\n"
              "Errgate-Retryable: false\r\n");
}

TEST(EnvelopeFields, OfAGatewayFailureTellTheProxyStatus) {
    EXPECT_EQ(fields_of(gateway_failure(GatewayReason::connect_refused, false)),
              "Content-Type: application/json\r\n"
              "Content-Length: 321\r\n"
              "Cache-Control: no-store\r\n"
              "Errgate-Code: upstream_unreachable\r\n"
              "Errgate-Outcome: not_applied\r\n"
              "Errgate-Retryable: true\r\n"
              "Proxy-Status: errgate; error=connection_refused\r\n");
}

TEST(EnvelopeFields, TellTheStatusThatDidArrive) {
    Failure failure = gateway_failure(GatewayReason::response_truncated, true);
    failure.provider.status = 200;
    EXPECT_NE(fields_of(failure).find(
                  "Proxy-Status: errgate; error=http_response_incomplete; received-status=200\r\n"),
              std::string::npos);
}

TEST(EnvelopeFields, RoundTheWaitUpToSeconds) {
    for (const auto& [wait, seconds] : {std::pair{1ms, "1"}, {1000ms, "1"}, {1001ms, "2"}}) {
        Failure failure = declined();
        failure.retry_after = wait;
        EXPECT_NE(fields_of(failure).find(std::string("Retry-After: ") + seconds + "\r\n"),
                  std::string::npos);
    }
}

TEST(EnvelopeFields, NameTheProblemType) {
    EnvelopeContext context = at_stripe();
    context.format = EnvelopeFormat::problem_json;
    EXPECT_EQ(fields_of(declined(), context).rfind("Content-Type: application/problem+json\r\n", 0),
              0U);
}

}  // namespace
}  // namespace errgate::errors
