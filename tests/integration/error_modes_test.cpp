// What a route that wants the provider's own errors gets: the answer untouched, yet understood.
#include "support/envelope.hpp"
#include "support/fake_upstream.hpp"
#include "support/gateway.hpp"
#include "support/pattern.hpp"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <string>

namespace errgate::test {
namespace {

using nlohmann::json;

const Fields kJson = {{"Content-Type", "application/json"}};
const std::string kLocked = R"({ "errorCode": "RESOURCE_LOCKED",  "message": "Busy" })";
const std::string kDeclined = R"({"errorCode":"INSUFFICIENT_FUNDS","message":"Too low"})";

RoutesSpec spec_with(std::uint16_t port, const std::string& errors, int attempts = 1) {
    RoutesSpec spec =
        single(port, "kiotapay",
               "errors: " + errors + "\nretry: {attempts: " + std::to_string(attempts) +
                   ", backoff: {base: 1ms, max: 1ms}}");
    spec.upstreams[0].more = "circuit_breaker: {enabled: false}";
    return spec;
}

// ------------------------------------------------------------ annotate

class Annotate : public testing::Test {
  protected:
    FakeUpstream upstream_;
    Gateway gateway_{spec_with(upstream_.port(), "{mode: annotate}")};
    Client client_ = gateway_.client();
};

TEST_F(Annotate, KeepsStatusBodyAndFieldsAndSaysWhatTheyMean) {
    const std::string body = R"({ "errorCode": "PAYMENT_LIMIT_EXCEEDED", "secret": [1, 2] })";
    upstream_.expect("POST", "/x")
        .reply(403, {{"Content-Type", "application/json"}, {"ETag", "\"e\""}, {"Retry-After", "7"}},
               body);
    const Response response = client_.post("/x", "{}");
    EXPECT_EQ(response.status, 403);
    EXPECT_EQ(response.body, body);
    EXPECT_EQ(response.field("ETag"), "\"e\"");
    EXPECT_EQ(response.field("Retry-After"), "7");
    EXPECT_FALSE(response.has_field("Cache-Control"));
    EXPECT_EQ(response.field("Errgate-Code"), "payment_limit_exceeded");
    EXPECT_EQ(response.field("Errgate-Outcome"), "not_applied");
    EXPECT_EQ(response.field("Errgate-Retryable"), "false");
    EXPECT_TRUE(response.field("X-Request-Id").starts_with("req_"));
}

TEST_F(Annotate, LeavesAContentCodingAlone) {
    const std::string gzip("\x1f\x8b\x08\x00garbage", 11);
    upstream_.expect("GET", "/x").reply(500, {{"Content-Encoding", "gzip"}}, gzip);
    const Response response = client_.get("/x");
    EXPECT_EQ(response.body, gzip);
    EXPECT_EQ(response.field("Content-Encoding"), "gzip");
    EXPECT_EQ(response.field("Errgate-Code"), "internal_error");
}

TEST_F(Annotate, DropsFieldsThatPassForOurs) {
    upstream_.expect("GET", "/x")
        .reply(404, {{"Errgate-Code", "insufficient_funds"}, {"Errgate-Mood", "good"}});
    const Response response = client_.get("/x");
    EXPECT_EQ(response.field("Errgate-Code"), "not_found");
    EXPECT_FALSE(response.has_field("Errgate-Mood"));
}

TEST_F(Annotate, AnswersAHead) {
    upstream_.expect("HEAD", "/x").send("HTTP/1.1 404 Not Found\r\nContent-Length: 9\r\n\r\n");
    const Response response = client_.request("HEAD", "/x");
    EXPECT_EQ(response.status, 404);
    EXPECT_EQ(response.field("Content-Length"), "9");
    EXPECT_EQ(response.field("Errgate-Code"), "not_found");
}

TEST_F(Annotate, KeepsBothConnections) {
    upstream_.expect("POST", "/x").reply(402, kJson, kDeclined);
    upstream_.expect("GET", "/y").reply(200, {}, "next");
    client_.post("/x", "{}");
    EXPECT_EQ(client_.get("/y").body, "next");
    EXPECT_EQ(upstream_.connection_count(), 1u);
}

TEST_F(Annotate, CountsAndLogsTheFailure) {
    upstream_.expect("POST", "/x").reply(402, kJson, kDeclined);
    client_.post("/x", "{}");
    const json line = gateway_.log_line(0);
    EXPECT_EQ(line["status"], 402);
    EXPECT_EQ(line["code"], "insufficient_funds");
    EXPECT_EQ(line["provider_code"], "INSUFFICIENT_FUNDS");
    EXPECT_EQ(gateway_.metric("errgate_errors_total", {{"code", "insufficient_funds"}}), 1);
}

TEST_F(Annotate, LeavesSuccessesAlone) {
    upstream_.expect("GET", "/x").reply(200, {{"Errgate-Code", "theirs"}}, "fine");
    const Response response = client_.get("/x");
    EXPECT_EQ(response.body, "fine");
    EXPECT_EQ(response.field("Errgate-Code"), "theirs");
}

TEST_F(Annotate, GivesTheEnvelopeForABodyThatBrokeOff) {
    upstream_.expect("POST", "/x")
        .send("HTTP/1.1 402 No\r\nContent-Type: application/json\r\nContent-Length: 99\r\n\r\n" +
              kDeclined)
        .close();
    EXPECT_ENVELOPE(client_.post("/x", "{}"), "insufficient_funds", 402, "upstream", "not_applied",
                    false);
}

TEST_F(Annotate, GivesTheEnvelopeForGarbageInAChunkedBody) {
    upstream_.expect("POST", "/x")
        .send("HTTP/1.1 402 No\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\nnonsense\r\n")
        .close();
    EXPECT_ENVELOPE(client_.post("/x", "{}"), "payment_failed", 402, "upstream", "not_applied",
                    false);
}

TEST_F(Annotate, GivesTheEnvelopeForAFailureOfTheGatewaysOwn) {
    upstream_.expect("POST", "/x").close();
    EXPECT_ENVELOPE(client_.post("/x", "{}"), "invalid_upstream_response", 502, "gateway",
                    "unknown", false);
}

TEST(AnnotateLarge, StreamsWhatIsPastTheLimit) {
    FakeUpstream upstream;
    RoutesSpec spec = spec_with(upstream.port(), "{mode: annotate}");
    spec.more = "limits: {error_body: 4KiB}";
    Gateway gateway(spec);
    constexpr std::uint64_t kSize = 3'000'000;
    upstream.expect("GET", "/x")
        .send("HTTP/1.1 500 No\r\nContent-Length: " + std::to_string(kSize) + "\r\n\r\n")
        .send_pattern(kSize);
    upstream.expect("GET", "/chunked")
        .send("HTTP/1.1 500 No\r\nTransfer-Encoding: chunked\r\n\r\n")
        .send_pattern_chunks(kSize, 5000);
    Client client = gateway.client();
    for (const std::string target : {"/x", "/chunked"}) {
        client.send(format_request("GET", target));
        ReadOptions options;
        options.pattern_body = true;
        const Response response = client.read(options);
        EXPECT_TRUE(response.complete) << response.error;
        EXPECT_EQ(response.body_size, kSize);
        EXPECT_EQ(response.field("Errgate-Code"), "internal_error");
    }
    EXPECT_EQ(upstream.connection_count(), 1u);
}

TEST(AnnotateLarge, BreaksOffWhatBreaksOffPastTheLimit) {
    FakeUpstream upstream;
    RoutesSpec spec = spec_with(upstream.port(), "{mode: annotate}");
    spec.more = "limits: {error_body: 4KiB}";
    Gateway gateway(spec);
    upstream.expect("GET", "/x")
        .send("HTTP/1.1 500 No\r\nContent-Length: 9000000\r\n\r\n")
        .send_pattern(100'000)
        .close();
    Client client = gateway.client();
    client.send(format_request("GET", "/x"));
    const Response response = client.read();
    EXPECT_EQ(response.status, 500);
    EXPECT_FALSE(response.complete);
}

TEST(AnnotateRetries, PassOnTheLastAnswerOnly) {
    FakeUpstream upstream;
    Gateway gateway(spec_with(upstream.port(), "{mode: annotate}", 2));
    upstream.expect("POST", "/x").reply(423, kJson, kLocked);
    upstream.expect("POST", "/x").reply(402, kJson, kDeclined);
    Client client = gateway.client();
    const Response response = client.post("/x", "{}");
    EXPECT_EQ(response.status, 402);
    EXPECT_EQ(response.body, kDeclined);
    EXPECT_EQ(response.field("Errgate-Code"), "insufficient_funds");
    EXPECT_EQ(upstream.request_count(), 2u);
}

TEST(AnnotateRetries, GiveUpALongAnswerBeforeTryingAgain) {
    FakeUpstream upstream;
    RoutesSpec spec = spec_with(upstream.port(), "{mode: annotate}", 2);
    spec.more = "limits: {error_body: 4KiB}";
    Gateway gateway(spec);
    upstream.expect("GET", "/x")
        .send("HTTP/1.1 500 No\r\n\r\n")
        .send_forever(std::string(999, 'x'));
    upstream.expect("GET", "/x").reply(200, {}, "fine");
    Client client = gateway.client();
    EXPECT_EQ(client.get("/x").body, "fine");
}

TEST(AnnotateDetected, TellsOfAnErrorInsideASuccess) {
    FakeUpstream upstream;
    RoutesSpec spec = spec_with(upstream.port(), "{mode: annotate}");
    spec.upstreams[0].dialect = "six_digit";
    Gateway gateway(spec);
    const std::string body = R"({"status":"error","code":"010110","error":"Too small"})";
    upstream.expect("POST", "/x").reply(200, kJson, body);
    Client client = gateway.client();
    const Response response = client.post("/x", "{}");
    EXPECT_EQ(response.status, 200);
    EXPECT_EQ(response.body, body);
    EXPECT_EQ(response.field("Errgate-Code"), "amount_too_small");
}

// ------------------------------------------------------------ passthrough

TEST(Passthrough, ChangesNothingButTheRequestId) {
    FakeUpstream upstream;
    Gateway gateway(spec_with(upstream.port(), "{mode: passthrough}"));
    upstream.expect("POST", "/x").reply(402, kJson, kDeclined);
    Client client = gateway.client();
    const Response response = client.post("/x", "{}");
    EXPECT_EQ(response.status, 402);
    EXPECT_EQ(response.body, kDeclined);
    EXPECT_FALSE(response.has_field("Errgate-Code"));
    EXPECT_FALSE(response.has_field("Errgate-Outcome"));
    EXPECT_TRUE(response.has_field("X-Request-Id"));
}

TEST(Passthrough, IsStillUnderstoodForRetryLogAndMetrics) {
    FakeUpstream upstream;
    Gateway gateway(spec_with(upstream.port(), "{mode: passthrough}", 2));
    upstream.expect("POST", "/x").reply(423, kJson, kLocked);
    upstream.expect("POST", "/x").reply(423, kJson, kLocked);
    Client client = gateway.client();
    EXPECT_EQ(client.post("/x", "{}").body, kLocked);
    EXPECT_EQ(gateway.log_line(0)["code"], "resource_locked");
    EXPECT_EQ(gateway.metric("errgate_errors_total", {{"code", "resource_locked"}}), 1);
}

TEST(Passthrough, GivesTheEnvelopeForAFailureOfTheGatewaysOwn) {
    FakeUpstream upstream;
    Gateway gateway(spec_with(upstream.port(), "{mode: passthrough}"));
    upstream.expect("GET", "/x").send("nonsense\r\n\r\n").close();
    Client client = gateway.client();
    EXPECT_ENVELOPE(client.get("/x"), "invalid_upstream_response", 502, "gateway", "unknown", true);
}

// ------------------------------------------------------------ speaks_envelope

class SpeaksEnvelope : public testing::Test {
  protected:
    static RoutesSpec outer(std::uint16_t port, int attempts = 1) {
        RoutesSpec spec = spec_with(port, "{}", attempts);
        spec.upstreams[0].more += "\nspeaks_envelope: true";
        return spec;
    }
    // What an errgate upstream says to the request with this id.
    static std::string envelope(const std::string& id, const std::string& outcome = "not_applied") {
        return R"({"code":"resource_locked","message":"Busy","request_id":")" + id +
               R"(","metadata":{},"status":423,"category":"resource","retryable":true,"outcome":")" +
               outcome + R"(","origin":"upstream","attempts":3,"details":[],"provider":{}})";
    }

    FakeUpstream upstream_;
};

TEST_F(SpeaksEnvelope, IsNeverWrappedTwice) {
    Gateway inner(spec_with(upstream_.port(), "{}"));
    Gateway gateway(outer(inner.port()));
    upstream_.expect("POST", "/x").reply(402, kJson, kDeclined);
    Client client = gateway.client();
    const Response response = client.post("/x", "{}");
    EXPECT_ENVELOPE(response, "insufficient_funds", 402, "upstream", "not_applied", false);
    EXPECT_EQ(response.json()["provider"]["code"], "INSUFFICIENT_FUNDS");
    EXPECT_EQ(response.json()["provider"]["status"], 402);
}

TEST_F(SpeaksEnvelope, PassesOnWhatTheOtherGatewayMadeItself) {
    Gateway inner(spec_with(upstream_.port(), "{}"));
    Gateway gateway(outer(inner.port()));
    upstream_.expect("POST", "/x").close();
    Client client = gateway.client();
    EXPECT_ENVELOPE(client.post("/x", "{}"), "invalid_upstream_response", 502, "gateway", "unknown",
                    false);
}

TEST_F(SpeaksEnvelope, PassesOnAProblemToo) {
    Gateway inner(spec_with(upstream_.port(), "{}"));
    Gateway gateway(outer(inner.port()));
    upstream_.expect("GET", "/x").reply(404, kJson, "{}");
    Client client = gateway.client();
    const Response response = client.get("/x", {{"Accept", "application/problem+json"}});
    EXPECT_EQ(response.field("Content-Type"), "application/problem+json");
    EXPECT_EQ(response.json()["type"], "urn:errgate:error:not_found");
}

TEST_F(SpeaksEnvelope, NormalizesWhatOnlyResemblesOne) {
    Gateway gateway(outer(upstream_.port()));
    upstream_.expect("POST", "/x").reply(423, kJson, envelope("req_another"));
    Client client = gateway.client();
    const Response response = client.post("/x", "{}");
    EXPECT_ENVELOPE(response, "resource_locked", 423, "upstream", "not_applied", true);
    EXPECT_EQ(response.json()["attempts"], 1);
}

TEST_F(SpeaksEnvelope, NormalizesAPageFromInBetween) {
    Gateway gateway(outer(upstream_.port()));
    upstream_.expect("GET", "/x").reply(502, {{"Content-Type", "text/html"}}, "<h1>Bad</h1>");
    Client client = gateway.client();
    EXPECT_ENVELOPE(client.get("/x"), "provider_error", 502, "upstream", "unknown", true);
}

TEST_F(SpeaksEnvelope, DoesNotPassOnAnOutcomeThatAnEarlierAttemptMadeUnknown) {
    Gateway gateway(outer(upstream_.port(), 2));
    const std::string id = "req_chosen1";
    upstream_.expect("PUT", "/x").reply(500, kJson, "{}");
    upstream_.expect("PUT", "/x").reply(423, kJson, envelope(id));
    Client client = gateway.client();
    const Response response = client.request("PUT", "/x", {{"X-Request-Id", id}}, "{}");
    EXPECT_ENVELOPE(response, "resource_locked", 423, "upstream", "unknown", true);
    EXPECT_EQ(response.json()["attempts"], 2);
}

}  // namespace
}  // namespace errgate::test
