// Never charge twice: beside the table (retry_matrix_test.cpp), what a repeated request looks like
// and what ends the repeating.
#include "support/envelope.hpp"
#include "support/fake_upstream.hpp"
#include "support/gateway.hpp"
#include "support/pattern.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <string>
#include <vector>

namespace errgate::test {
namespace {

using nlohmann::json;

constexpr const char* kRetry = "retry: {attempts: 3, backoff: {base: 1ms, max: 5ms}}\n";

// Three quick attempts; neither breaker nor budget gets in the way.
RoutesSpec retrying(
    std::uint16_t port, const std::string& dialect = "kira",
    const std::string& route_more = "timeouts: {connect: 300ms, attempt: 300ms, total: 10s}") {
    RoutesSpec spec = single(port, dialect, kRetry + route_more);
    spec.upstreams[0].more =
        "circuit_breaker: {enabled: false}\nretry_budget: {ratio: 1, min_per_second: 1000}";
    return spec;
}

// The kinds of request of the retry table.
struct Kind {
    std::string name;
    std::string method;
    Fields fields;
    bool replay_safe;

    std::string body() const {
        return method == "GET" || method == "DELETE" ? "" : R"({"amount":1})";
    }
};

const Kind kGet{"GET", "GET", {}, true};
const Kind kPut{"PUT", "PUT", {}, true};
const Kind kDelete{"DELETE", "DELETE", {}, true};
const Kind kKeyedPost{"POST with a key", "POST", {{"idempotency-key", "k-1"}}, true};
const Kind kPost{"POST without a key", "POST", {}, false};
// A key in a field this provider does not look at protects nobody.
const Kind kForeignKeyPost{
    "POST with a foreign key", "POST", {{"X-Idempotency-Key", "k-1"}}, false};
const Kind kPatch{"PATCH", "PATCH", {}, false};
const std::vector<Kind> kKinds = {kGet, kPut, kDelete, kKeyedPost, kPost, kForeignKeyPost, kPatch};

class Retry : public testing::Test {
  protected:
    Response send(Client& client, const Kind& kind) {
        return client.request(kind.method, "/charge", kind.fields, kind.body());
    }
    // How often the provider was given the whole request.
    std::size_t complete_requests() {
        std::size_t count = 0;
        for (const ReceivedRequest& request : upstream_.requests())
            count += request.complete ? 1 : 0;
        return count;
    }
    json last_log_line() { return gateway_.log_line(log_lines_++); }

    FakeUpstream upstream_;
    Gateway gateway_{retrying(upstream_.port())};
    std::size_t log_lines_ = 0;
};

// ------------------------------------------------------------ after sending

// RFC 9110 9.2.2.
TEST_F(Retry, AfterAFailureOfUnknownOutcomeOnlyWhatIsReplaySafe) {
    for (const Kind& kind : kKinds) {
        SCOPED_TRACE(kind.name);
        const std::size_t before = complete_requests();
        upstream_.expect(kind.method, "/charge").reset();
        if (kind.replay_safe) upstream_.expect(kind.method, "/charge").reply(200, {}, "done");
        Client client = gateway_.client();
        const Response response = send(client, kind);
        EXPECT_EQ(complete_requests() - before, kind.replay_safe ? 2u : 1u);
        EXPECT_EQ(response.status, kind.replay_safe ? 200 : 502);
        EXPECT_EQ(last_log_line().value("retry_refused", ""),
                  kind.replay_safe ? "" : "not_replay_safe");
    }
}

TEST_F(Retry, SendsTheSameKeyAndTheSameBytesEveryTime) {
    const std::string body = pattern(0, 900'000);
    upstream_.expect("POST", "/charge").reset();
    upstream_.expect("POST", "/charge").reply(503);
    upstream_.expect("POST", "/charge").reply(201);
    Client client = gateway_.client();
    EXPECT_EQ(client.post("/charge", body, {{"idempotency-key", "k-1"}}).status, 201);
    const auto requests = upstream_.requests();
    ASSERT_EQ(requests.size(), 3u);
    for (const ReceivedRequest& request : requests) {
        EXPECT_EQ(request.body, body);
        EXPECT_EQ(request.field("idempotency-key"), "k-1");
        EXPECT_EQ(request.field("X-Request-Id"), requests[0].field("X-Request-Id"));
    }
}

TEST_F(Retry, GivesEachAttemptItsOwnParentInOneTrace) {
    upstream_.expect("GET", "/charge").reply(503);
    upstream_.expect("GET", "/charge").reply(200);
    Client client = gateway_.client();
    send(client, kGet);
    const std::string one = upstream_.request(0).field("traceparent");
    const std::string two = upstream_.request(1).field("traceparent");
    EXPECT_EQ(one.substr(0, 36), two.substr(0, 36));
    EXPECT_NE(one, two);
}

TEST_F(Retry, EndsWithTheLastAttemptsError) {
    upstream_.expect("GET", "/charge").reset();
    upstream_.expect("GET", "/charge").reply(502);
    upstream_.expect("GET", "/charge").reply(503);
    Client client = gateway_.client();
    const Response response = send(client, kGet);
    EXPECT_ENVELOPE(response, "service_unavailable", 503, "upstream", "unknown", true);
    EXPECT_EQ(response.json().value("attempts", 0), 3);
    const json line = last_log_line();
    EXPECT_EQ(line["retry_refused"], "attempts_exhausted");
    ASSERT_EQ(line["attempts"].size(), 3u);
    EXPECT_EQ(line["attempts"][0]["result"], "connection_reset");
    EXPECT_EQ(line["attempts"][2]["status"], 503);
}

TEST_F(Retry, CountsAttemptsApartFromAnswers) {
    upstream_.expect("GET", "/charge").reply(503);
    upstream_.expect("GET", "/charge").reply(200);
    Client client = gateway_.client();
    send(client, kGet);
    EXPECT_TRUE(gateway_.wait_for_metric("errgate_requests_total", {{"status", "200"}}, 1));
    const std::string text = gateway_.metrics();
    EXPECT_EQ(sample(text, "errgate_requests_total"), 1);
    EXPECT_EQ(sample(text, "errgate_attempts_total"), 2);
    EXPECT_EQ(sample(text, "errgate_retries_total"), 1);
    EXPECT_EQ(sample(text, "errgate_errors_total"), 0);
}

// ------------------------------------------------------------ nothing was applied

TEST(RetryByItsOwnWord, AnUnavailableThatPromisesNothingWasAppliedIsRepeated) {
    FakeUpstream upstream;
    Gateway gateway(retrying(upstream.port(), "kiotapay"));
    upstream.expect("POST", "/charge")
        .reply(503, {}, R"({"errorCode":"SERVICE_UNAVAILABLE","message":"Later"})");
    upstream.expect("POST", "/charge").reply(200, {}, "done");
    Client client = gateway.client();
    EXPECT_EQ(client.post("/charge", "{}").body, "done");
}

// ------------------------------------------------------------ limits of a retry

TEST_F(Retry, AWaitThatDoesNotFitTheDeadlineIsTheClients) {
    upstream_.expect("POST", "/charge").reply(429, {{"Retry-After", "60"}});
    Client client = gateway_.client();
    const Response response = send(client, kPost);
    EXPECT_ENVELOPE(response, "rate_limited", 429, "upstream", "not_applied", true);
    EXPECT_EQ(response.field("Retry-After"), "60");
    EXPECT_EQ(last_log_line()["retry_refused"], "wait_too_long");
}

TEST_F(Retry, WaitsAsLongAsTheProviderSays) {
    upstream_.expect("POST", "/charge").reply(429, {{"Retry-After", "1"}});
    upstream_.expect("POST", "/charge").reply(200, {}, "done");
    Client client = gateway_.client();
    EXPECT_EQ(send(client, kPost).body, "done");
    EXPECT_GE(last_log_line()["attempts"][1].value("backoff_ms", 0.0), 1000.0);
}

TEST(RetryDeadline, CoversAllAttemptsAndWaits) {
    FakeUpstream upstream;
    Gateway gateway(retrying(upstream.port(), "kira",
                             "timeouts: {connect: 200ms, attempt: 200ms, total: 300ms}"));
    upstream.otherwise().stay_silent();
    Client client = gateway.client();
    const Response response = client.get("/charge");
    EXPECT_ENVELOPE(response, "timeout", 504, "gateway", "unknown", true);
    EXPECT_LE(upstream.request_count(), 2u);
}

TEST_F(Retry, TellsTheProvidersStatusOfTheLastAttemptOnly) {
    upstream_.expect("GET", "/charge").reply(503);
    upstream_.expect("GET", "/charge").reset();
    upstream_.expect("GET", "/charge").reset();
    Client client = gateway_.client();
    EXPECT_EQ(send(client, kGet).status, 502);
    const json line = last_log_line();
    EXPECT_FALSE(line.contains("provider_status"));
    EXPECT_EQ(line["attempts"][0]["status"], 503);
    EXPECT_EQ(gateway_.metric("errgate_errors_total",
                              {{"origin", "gateway"}, {"provider_status", "none"}}),
              1);
}

// A PUT is replay-safe, but no key ties the second answer to the first attempt: "no funds" may be
// what that one left.
TEST_F(Retry, ADeclineAfterAnUnknownAttemptOfAPutIsUnknownToo) {
    upstream_.expect("PUT", "/charge").reset();
    upstream_.expect("PUT", "/charge").reply(402);
    Client client = gateway_.client();
    EXPECT_ENVELOPE(send(client, kPut), "payment_failed", 402, "upstream", "unknown", false);
    upstream_.expect("POST", "/charge").reset();
    upstream_.expect("POST", "/charge").reply(402);
    EXPECT_ENVELOPE(send(client, kKeyedPost), "payment_failed", 402, "upstream", "not_applied",
                    false);
}

// ------------------------------------------------------------ keys

TEST(MintedKey, IsTheSameInEveryAttempt) {
    FakeUpstream upstream;
    RoutesSpec spec = retrying(upstream.port());
    spec.routes[0].more =
        "retry: {attempts: 3, backoff: {base: 1ms, max: 5ms}, mint_idempotency_key: true}";
    Gateway gateway(spec);
    upstream.expect("POST", "/charge").reset();
    upstream.expect("POST", "/charge").reply(200, {}, "done");
    Client client = gateway.client();
    EXPECT_EQ(client.post("/charge", "{}").body, "done");
    const auto requests = upstream.requests();
    ASSERT_EQ(requests.size(), 2u);
    EXPECT_THAT(std::string(requests[0].field("idempotency-key")),
                testing::MatchesRegex("[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-"
                                      "[0-9a-f]{12}"));
    EXPECT_EQ(requests[0].field("idempotency-key"), requests[1].field("idempotency-key"));
}

// Wise takes its key for movements between balances; funding a transfer knows none.
TEST(MintedKey, IsForThePathsThatHonourKeys) {
    FakeUpstream upstream;
    RoutesSpec spec = retrying(upstream.port(), "wise");
    spec.routes[0].more =
        "retry: {attempts: 2, backoff: {base: 1ms, max: 5ms}, mint_idempotency_key: true}";
    Gateway gateway(spec);
    Client client = gateway.client();
    const std::string funding = "/v3/profiles/1/transfers/2/payments";
    upstream.expect("POST", funding).reply(500);
    EXPECT_ENVELOPE(client.post(funding, "{}"), "internal_error", 500, "upstream", "unknown",
                    false);
    EXPECT_EQ(upstream.request(0).field("x-idempotence-uuid"), "");
    const std::string movement = "/v2/profiles/1/balance-movements";
    upstream.expect("POST", movement).reply(500);
    upstream.expect("POST", movement).reply(201, {}, "done");
    EXPECT_EQ(client.post(movement, "{}").body, "done");
    EXPECT_EQ(upstream.requests().size(), 3u);
    EXPECT_NE(upstream.request(2).field("x-idempotence-uuid"), "");
}

TEST(MintedKey, NeverReplacesTheClientsOwn) {
    FakeUpstream upstream;
    RoutesSpec spec = retrying(upstream.port());
    spec.routes[0].more = "retry: {mint_idempotency_key: true}";
    Gateway gateway(spec);
    upstream.expect("POST", "/charge").reply(200);
    Client client = gateway.client();
    client.post("/charge", "{}", {{"Idempotency-Key", "mine"}});
    EXPECT_THAT(all(upstream.request(0).fields, "idempotency-key"), testing::ElementsAre("mine"));
}

// "This very request" from the caller would get another key, and be another payment.
TEST(MintedKey, MakesNothingRetryableForTheCaller) {
    FakeUpstream upstream;
    RoutesSpec spec = retrying(upstream.port());
    spec.routes[0].more =
        "retry: {attempts: 2, backoff: {base: 1ms, max: 5ms}, mint_idempotency_key: true}";
    Gateway gateway(spec);
    for (int i = 0; i < 2; ++i)
        upstream.expect("POST", "/charge").reply(503);
    Client client = gateway.client();
    EXPECT_ENVELOPE(client.post("/charge", "{}"), "service_unavailable", 503, "upstream", "unknown",
                    false);
    EXPECT_EQ(gateway.log_line(0)["retryable"], false);
    for (int i = 0; i < 2; ++i)
        upstream.expect("POST", "/charge").reply(429);
    EXPECT_ENVELOPE(client.post("/charge", "{}"), "rate_limited", 429, "upstream", "not_applied",
                    true);
}

class KeyInTheBody : public testing::Test {
  protected:
    RoutesSpec spec(const std::string& replays) {
        RoutesSpec spec = retrying(upstream_.port(), "body_key");
        spec.more = "dialects: [" +
                    dir_.write("body_key.yaml",
                               "version: 1\ndialects: {body_key: {idempotency: {header: null, "
                               "body_field: /key, replays: " +
                                   replays + "}, formats: []}}") +
                    "]";
        return spec;
    }
    TempDir dir_;
    FakeUpstream upstream_;
};

TEST_F(KeyInTheBody, IsAKey) {
    Gateway gateway(spec("success"));
    upstream_.expect("POST", "/charge").reset();
    upstream_.expect("POST", "/charge").reply(200, {}, "done");
    const std::string body = R"({"amount":1,"key":"k-1"})";
    EXPECT_EQ(gateway.client().post("/charge", body).body, "done");
    EXPECT_EQ(upstream_.request(0).body, body);
    EXPECT_EQ(upstream_.request(1).body, body);
}

TEST_F(KeyInTheBody, IsNoneWhereTheProviderReplaysNothing) {
    Gateway gateway(spec("none"));
    upstream_.expect("POST", "/charge").reset();
    EXPECT_ENVELOPE(gateway.client().post("/charge", R"({"amount":1,"key":"k-1"})"),
                    "invalid_upstream_response", 502, "gateway", "unknown", false);
}

TEST_F(KeyInTheBody, IsNotSeenInABodyThatStreams) {
    Gateway gateway(spec("success"));
    upstream_.expect("POST", "/charge").reply(503);
    const std::string body = R"({"key":"k-1","pad":")" + std::string(3'000'000, 'x') + R"("})";
    EXPECT_ENVELOPE(gateway.client().post("/charge", body), "service_unavailable", 503, "upstream",
                    "unknown", false);
    EXPECT_EQ(gateway.log_line(0)["retry_refused"], "not_replay_safe");
}

TEST(KeyInUse, AfterOurOwnRetryMeansStillInProgress) {
    FakeUpstream upstream;
    Gateway gateway(retrying(upstream.port()));
    upstream.expect("POST", "/charge").reset();
    upstream.expect("POST", "/charge")
        .reply(409, {}, R"({"code":"idempotency_key_reused","message":"Key in use"})");
    upstream.otherwise().reply(409, {},
                               R"({"code":"idempotency_key_reused","message":"Key in use"})");
    Client client = gateway.client();
    const Response response = client.post("/charge", "{}", {{"idempotency-key", "k-1"}});
    EXPECT_ENVELOPE(response, "idempotency_in_progress", 409, "upstream", "unknown", true);
}

}  // namespace
}  // namespace errgate::test
