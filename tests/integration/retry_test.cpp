// Never charge twice: what the provider really received, counted at the provider, for every kind of
// failure and every kind of request.
#include "support/envelope.hpp"
#include "support/fake_upstream.hpp"
#include "support/gateway.hpp"
#include "support/pattern.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <functional>
#include <string>
#include <vector>

namespace errgate::test {
namespace {

using nlohmann::json;
using testing::HasSubstr;

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

struct FailureCase {
    std::string name;
    std::function<void(Script&)> happen;
    ExpectedEnvelope when_not_repeated;
};

const std::vector<FailureCase>& failures_of_unknown_outcome() {
    static const ExpectedEnvelope kUnreadable{"invalid_upstream_response", 502, "gateway",
                                              "unknown", false};
    static const std::vector<FailureCase> kCases = {
        {"reset after the request", [](Script& s) { s.reset(); }, kUnreadable},
        {"closed after the request", [](Script& s) { s.close(); }, kUnreadable},
        {"garbage", [](Script& s) { s.send("oops\r\n\r\n").close(); }, kUnreadable},
        {"half a head", [](Script& s) { s.send("HTTP/1.1 200 O").close(); }, kUnreadable},
        {"reset in the head", [](Script& s) { s.send("HTTP/1.1 200 OK\r\nX:").reset(); },
         kUnreadable},
        {"silence",
         [](Script& s) { s.stay_silent(); },
         {"timeout", 504, "gateway", "unknown", false}},
        {"bare 500",
         [](Script& s) { s.reply(500); },
         {"internal_error", 500, "upstream", "unknown", false}},
        {"bare 502",
         [](Script& s) { s.reply(502); },
         {"provider_error", 502, "upstream", "unknown", false}},
        {"bare 503",
         [](Script& s) { s.reply(503); },
         {"service_unavailable", 503, "upstream", "unknown", false}},
        {"bare 504",
         [](Script& s) { s.reply(504); },
         {"timeout", 504, "upstream", "unknown", false}},
    };
    return kCases;
}

// RFC 9110 9.2.2.
TEST_F(Retry, AfterAFailureOfUnknownOutcomeOnlyWhatIsReplaySafe) {
    for (const FailureCase& failure : failures_of_unknown_outcome()) {
        for (const Kind& kind : kKinds) {
            SCOPED_TRACE(failure.name + ", " + kind.name);
            const std::size_t before = complete_requests();
            failure.happen(upstream_.expect(kind.method, "/charge"));
            if (kind.replay_safe) upstream_.expect(kind.method, "/charge").reply(200, {}, "done");
            Client client = gateway_.client();
            const Response response = send(client, kind);
            const json line = last_log_line();
            EXPECT_EQ(complete_requests() - before, kind.replay_safe ? 2u : 1u);
            if (kind.replay_safe) {
                EXPECT_EQ(response.body, "done");
                EXPECT_EQ(line["attempts"].size(), 2u);
            } else {
                EXPECT_ENVELOPE(response, failure.when_not_repeated);
                EXPECT_EQ(response.json().value("attempts", 0), 1);
                EXPECT_EQ(line["retry_refused"], "not_replay_safe");
            }
        }
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

TEST_F(Retry, AfterAnAnswerThatNothingWasAppliedWhateverTheRequest) {
    for (const int status : {429, 423}) {
        for (const Kind& kind : kKinds) {
            SCOPED_TRACE(std::to_string(status) + ", " + kind.name);
            const std::size_t before = complete_requests();
            upstream_.expect(kind.method, "/charge").reply(status);
            upstream_.expect(kind.method, "/charge").reply(200, {}, "done");
            Client client = gateway_.client();
            EXPECT_EQ(send(client, kind).body, "done");
            EXPECT_EQ(complete_requests() - before, 2u);
        }
    }
}

TEST(RetryByItsOwnWord, AnUnavailableThatPromisesNothingWasAppliedIsRepeated) {
    FakeUpstream upstream;
    Gateway gateway(retrying(upstream.port(), "kiotapay"));
    upstream.expect("POST", "/charge")
        .reply(503, {}, R"({"errorCode":"SERVICE_UNAVAILABLE","message":"Later"})");
    upstream.expect("POST", "/charge").reply(200, {}, "done");
    Client client = gateway.client();
    EXPECT_EQ(client.post("/charge", "{}").body, "done");
}

TEST_F(Retry, NeverAfterADecision) {
    const std::vector<std::pair<int, std::string>> decisions = {
        {400, R"({"code":"validation_error","message":"No"})"},
        {401, "{}"},
        {402, "{}"},
        {403, "{}"},
        {404, R"({"code":"not_found","message":"No"})"},
        {409, "{}"},
        {422, "{}"}};
    for (const auto& [status, body] : decisions) {
        for (const Kind& kind : kKinds) {
            SCOPED_TRACE(std::to_string(status) + ", " + kind.name);
            const std::size_t before = complete_requests();
            upstream_.expect(kind.method, "/charge").reply(status, {}, body);
            Client client = gateway_.client();
            const Response response = send(client, kind);
            EXPECT_EQ(response.field("Errgate-Retryable"), "false");
            EXPECT_EQ(complete_requests() - before, 1u);
            EXPECT_EQ(last_log_line()["retry_refused"], "not_transient");
        }
    }
}

TEST(RetryOfProcessingErrors, IsLeftToTheCaller) {
    FakeUpstream upstream;
    Gateway gateway(retrying(upstream.port(), "license_pos"));
    upstream.expect("GET", "/charge")
        .reply(500, {}, R"({"code":"processing_error","message":"x"})");
    Client client = gateway.client();
    EXPECT_ENVELOPE(client.get("/charge"), "processing_error", 500, "upstream", "unknown", true);
    EXPECT_EQ(upstream.request_count(), 1u);
}

// ------------------------------------------------------------ no connection

TEST(RetryOfConnecting, IsSafeForEveryRequestWhenRefused) {
    Gateway gateway(retrying(refused_port()));
    for (const Kind& kind : kKinds) {
        SCOPED_TRACE(kind.name);
        Client client = gateway.client();
        const Response response = client.request(kind.method, "/charge", kind.fields, kind.body());
        EXPECT_ENVELOPE(response, "upstream_unreachable", 502, "gateway", "not_applied", true);
        EXPECT_EQ(response.json().value("attempts", 0), 3);
    }
}

TEST(RetryOfConnecting, IsSafeForEveryRequestWhenNobodyAnswers) {
    const Blackhole blackhole;
    Gateway gateway(retrying(blackhole.port(), "kira", "timeouts: {connect: 50ms, total: 10s}"));
    Client client = gateway.client();
    const Response response = client.post("/charge", "{}");
    EXPECT_ENVELOPE(response, "upstream_unreachable", 502, "gateway", "not_applied", true);
    EXPECT_EQ(response.json().value("attempts", 0), 3);
}

// ------------------------------------------------------------ a reused connection dies

class StaleConnection : public Retry {
  protected:
    // One exchange that leaves a connection in the pool.
    void warm_up(Client& client) {
        upstream_.expect("GET", "/warm-up").reply(200);
        EXPECT_EQ(client.get("/warm-up").status, 200);
        last_log_line();
    }
};

TEST_F(StaleConnection, IsReplacedOnceAtOnceForReplaySafeRequests) {
    for (const Kind& kind : kKinds) {
        SCOPED_TRACE(kind.name);
        Client client = gateway_.client();
        warm_up(client);
        const std::size_t before = complete_requests();
        upstream_.expect(kind.method, "/charge")
            .close();  // the request was read: it may be applied
        if (kind.replay_safe) upstream_.expect(kind.method, "/charge").reply(200, {}, "done");
        const Response response = send(client, kind);
        const json line = last_log_line();
        EXPECT_EQ(line["attempts"][0]["reused"], true);
        EXPECT_EQ(complete_requests() - before, kind.replay_safe ? 2u : 1u);
        if (kind.replay_safe) {
            EXPECT_EQ(response.body, "done");
            EXPECT_EQ(line["attempts"][1]["reused"], false);
            EXPECT_EQ(line["attempts"][1].value("backoff_ms", 0), 0);
        } else {
            EXPECT_ENVELOPE(response, "invalid_upstream_response", 502, "gateway", "unknown",
                            false);
        }
    }
}

// ------------------------------------------------------------ limits of a retry

TEST_F(Retry, ABodyPastTheBufferIsNotRepeated) {
    upstream_.expect("POST", "/charge").reply(503);
    Client client = gateway_.client();
    const Response response =
        client.post("/charge", std::string(3'000'000, 'x'), {{"idempotency-key", "k-1"}});
    EXPECT_ENVELOPE(response, "service_unavailable", 503, "upstream", "unknown", true);
    EXPECT_EQ(upstream_.request_count(), 1u);
    EXPECT_EQ(last_log_line()["retry_refused"], "body_too_large");
}

TEST_F(Retry, ASuccessThatBreaksOffIsNotRepeated) {
    upstream_.expect("GET", "/charge")
        .send("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhalf")
        .close();
    Client client = gateway_.client();
    EXPECT_FALSE(send(client, kGet).complete);
    EXPECT_EQ(upstream_.request_count(), 1u);
}

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

TEST_F(Retry, NothingIsRepeatedForAClientThatLeft) {
    Gate go;
    upstream_.expect("POST", "/charge").wait(go).reply(503);
    {
        Client client = gateway_.client();
        client.send(format_request("POST", "/charge", {}, "{}"));
        ASSERT_TRUE(upstream_.wait_for_requests(1));
    }
    go.open();
    last_log_line();
    EXPECT_EQ(upstream_.request_count(), 1u);
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
    EXPECT_FALSE(requests[0].field("idempotency-key").empty());
    EXPECT_EQ(requests[0].field("idempotency-key"), requests[1].field("idempotency-key"));
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

// ------------------------------------------------------------ the provider's own hints

constexpr const char* kHintingDialect = R"(version: 1
dialects:
  hinting:
    idempotency: {header: null, replays: none}
    retry_hint: [{header: x-should-retry, values: {'yes': true, 'no': false}, outcome: {'yes': not_applied}}]
    formats:
      - {id: any, when: {exists: /code}, code: /code, message: /message}
    rules:
      - {match: {code: declined}, to: payment_declined}
)";

class Hints : public testing::Test {
  protected:
    RoutesSpec spec() {
        RoutesSpec spec = retrying(upstream_.port(), "hinting");
        spec.more = "dialects: [" + dir_.write("hinting.yaml", kHintingDialect) + "]";
        return spec;
    }

    TempDir dir_;
    FakeUpstream upstream_;
    Gateway gateway_{spec()};
    Client client_ = gateway_.client();
};

TEST_F(Hints, AllowWhatTheStatusAloneWouldForbid) {
    upstream_.expect("POST", "/charge").reply(500, {{"x-should-retry", "yes"}});
    upstream_.expect("POST", "/charge").reply(200, {}, "done");
    EXPECT_EQ(client_.post("/charge", "{}").body, "done");
}

TEST_F(Hints, ForbidWhatTheStatusAloneWouldAllow) {
    upstream_.expect("GET", "/charge").reply(503, {{"x-should-retry", "no"}});
    EXPECT_EQ(client_.get("/charge").field("Errgate-Retryable"), "false");
    EXPECT_EQ(upstream_.request_count(), 1u);
}

}  // namespace
}  // namespace errgate::test
