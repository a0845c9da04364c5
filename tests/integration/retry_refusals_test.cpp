// Every refusal to try again has a name, in the access log and in the metrics.
#include "support/envelope.hpp"
#include "support/fake_upstream.hpp"
#include "support/gateway.hpp"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <string>

namespace errgate::test {
namespace {

constexpr const char* kRoute =
    "retry: {attempts: 2, backoff: {base: 1ms, max: 1ms}}\n"
    "timeouts: {connect: 200ms, attempt: 5s, total: 10s}";
constexpr const char* kUpstream =
    "circuit_breaker: {enabled: false}\nretry_budget: {ratio: 1, min_per_second: 1000}";
const Fields kKey = {{"idempotency-key", "k-1"}};

class Refusal : public testing::Test {
  protected:
    RoutesSpec spec(const std::string& upstream = kUpstream, const std::string& route = kRoute) {
        RoutesSpec spec = single(upstream_.port(), "kira", route);
        spec.upstreams[0].more = upstream;
        return spec;
    }
    // After one request: its name is `reason`, and it stands there once.
    void expect_named(Gateway& gateway, const std::string& reason) {
        EXPECT_EQ(gateway.log_line(0).value("retry_refused", ""), reason);
        EXPECT_EQ(gateway.metric("errgate_retries_suppressed_total", {{"reason", reason}}), 1);
        EXPECT_EQ(gateway.metric("errgate_retries_suppressed_total"), 1);
    }

    FakeUpstream upstream_;
};

TEST_F(Refusal, NotTransient) {
    Gateway gateway(spec());
    upstream_.expect("POST", "/charge").reply(402);
    gateway.client().post("/charge", "{}", kKey);
    expect_named(gateway, "not_transient");
}

TEST_F(Refusal, LeftToCaller) {
    RoutesSpec file = spec();
    file.upstreams[0].dialect = "license_pos";
    Gateway gateway(file);
    upstream_.expect("GET", "/charge")
        .reply(500, {}, R"({"code":"processing_error","message":"x"})");
    gateway.client().get("/charge");
    expect_named(gateway, "left_to_caller");
}

TEST_F(Refusal, NotReplaySafe) {
    Gateway gateway(spec());
    upstream_.expect("POST", "/charge").reset();
    gateway.client().post("/charge", "{}");
    expect_named(gateway, "not_replay_safe");
}

TEST_F(Refusal, ResponseStarted) {
    Gateway gateway(spec());
    upstream_.expect("GET", "/charge")
        .send("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhalf")
        .close();
    EXPECT_FALSE(gateway.client().get("/charge").complete);
    expect_named(gateway, "response_started");
}

// 429: any request would be repeated, were there still somebody to answer.
TEST_F(Refusal, ClientGoneWhileTheProviderWorks) {
    Gateway gateway(spec());
    Gate go;
    upstream_.expect("POST", "/charge").wait(go).reply(429);
    {
        Client client = gateway.client();
        client.send(format_request("POST", "/charge", {}, "{}"));
        ASSERT_TRUE(upstream_.wait_for_requests(1));
    }
    // A request that is not replay-safe is let finish, however long the client has been gone.
    ASSERT_TRUE(gateway.client().socket().rest(std::chrono::milliseconds(200)));
    go.open();
    expect_named(gateway, "client_gone");
    EXPECT_EQ(gateway.log_line(0)["attempts"][0]["status"], 429);
}

TEST_F(Refusal, ClientGoneDuringTheWait) {
    Gateway gateway(spec());
    upstream_.expect("POST", "/charge").reply(429, {{"Retry-After", "5"}});
    {
        Client client = gateway.client();
        client.send(format_request("POST", "/charge", {}, "{}"));
        ASSERT_TRUE(upstream_.wait_for_requests(1));
        ASSERT_TRUE(client.socket().rest(std::chrono::milliseconds(200)));
    }
    expect_named(gateway, "client_gone");
}

TEST_F(Refusal, BodyTooLarge) {
    Gateway gateway(spec());
    upstream_.expect("POST", "/charge").reply(503);
    const Response response = gateway.client().post("/charge", std::string(3'000'000, 'x'), kKey);
    EXPECT_ENVELOPE(response, "service_unavailable", 503, "upstream", "unknown", true);
    expect_named(gateway, "body_too_large");
}

TEST_F(Refusal, AttemptsExhausted) {
    Gateway gateway(spec());
    upstream_.expect("GET", "/charge").reply(503);
    upstream_.expect("GET", "/charge").reply(503);
    gateway.client().get("/charge");
    expect_named(gateway, "attempts_exhausted");
}

TEST_F(Refusal, Deadline) {
    Gateway gateway(spec(kUpstream, "timeouts: {connect: 200ms, attempt: 300ms, total: 300ms}"));
    upstream_.expect("GET", "/charge").stay_silent();
    gateway.client().get("/charge");
    expect_named(gateway, "deadline");
}

TEST_F(Refusal, WaitTooLong) {
    Gateway gateway(spec());
    upstream_.expect("POST", "/charge").reply(429, {{"Retry-After", "11"}});
    gateway.client().post("/charge", "{}");
    expect_named(gateway, "wait_too_long");
}

TEST_F(Refusal, Budget) {
    Gateway gateway(
        spec("circuit_breaker: {enabled: false}\n"
             "retry_budget: {ratio: 0.01, min_per_second: 0}"));
    upstream_.expect("GET", "/charge").reply(503);
    gateway.client().get("/charge");
    expect_named(gateway, "budget");
}

TEST_F(Refusal, BreakerOpen) {
    Gateway gateway(spec("circuit_breaker: {consecutive_failures: 1}"));
    upstream_.expect("GET", "/charge").reply(503);
    gateway.client().get("/charge");
    expect_named(gateway, "breaker_open");
}

}  // namespace
}  // namespace errgate::test
