// What protects an upstream that is in trouble: budget, breaker and limits.
#include "support/envelope.hpp"
#include "support/fake_upstream.hpp"
#include "support/gateway.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace errgate::test {
namespace {

RoutesSpec with_upstream(std::uint16_t port, const std::string& upstream_more,
                         const std::string& route_more = "retry: {attempts: 1}") {
    RoutesSpec spec = single(port, "kira", route_more);
    spec.upstreams[0].more = upstream_more;
    return spec;
}

TEST(RetryBudget, BoundsTheLoadThatRetriesAdd) {
    FakeUpstream upstream;
    Gateway gateway(with_upstream(
        upstream.port(),
        "circuit_breaker: {enabled: false}\nretry_budget: {ratio: 0.1, min_per_second: 1}",
        "retry: {attempts: 3, backoff: {base: 1ms, max: 1ms}}"));
    upstream.otherwise().reply(503);
    Client client = gateway.client();
    constexpr std::size_t kRequests = 50;
    for (std::size_t i = 0; i < kRequests; ++i)
        client.get("/x");
    EXPECT_LT(upstream.request_count(), 2 * kRequests);
    EXPECT_GT(gateway.metric("errgate_retries_suppressed_total", {{"reason", "budget"}}), 0);
}

class Breaker : public testing::Test {
  protected:
    void fail(int times) {
        for (int i = 0; i < times; ++i) {
            upstream_.expect("POST", "/charge").reply(500);
            EXPECT_EQ(client_.post("/charge", "{}").status, 500);
        }
    }

    FakeUpstream upstream_;
    Gateway gateway_{
        with_upstream(upstream_.port(),
                      "circuit_breaker: {consecutive_failures: 5, open: 300ms, max_open: 300ms}")};
    Client client_ = gateway_.client();
};

TEST_F(Breaker, OpensAfterFiveFailuresInARow) {
    fail(5);
    const Response response = client_.post("/charge", "{}");
    EXPECT_ENVELOPE(response, "circuit_open", 503, "gateway", "not_applied", true);
    EXPECT_TRUE(response.has_field("Retry-After"));
    EXPECT_EQ(response.json().value("attempts", -1), 0);
    EXPECT_EQ(upstream_.request_count(), 5u);
    EXPECT_GE(gateway_.metric("errgate_circuit_breaker_transitions_total", {{"to", "open"}}), 1);
}

TEST_F(Breaker, ClosesAgainWhenTheUpstreamHasRecovered) {
    fail(5);
    upstream_.otherwise().reply(200, {}, "well again");
    const auto deadline = std::chrono::steady_clock::now() + kPatience;
    // A connection each: one that asks as fast as it can soon reaches its limit of requests.
    Response response = gateway_.client().get("/charge");
    while (response.status == 503 && std::chrono::steady_clock::now() < deadline)
        response = gateway_.client().get("/charge");
    EXPECT_EQ(response.body, "well again");
    EXPECT_TRUE(
        gateway_.wait_for_metric("errgate_circuit_breaker_state", {{"upstream", "psp"}}, 0));
}

TEST_F(Breaker, DoesNotCountDecisionsOfTheProvider) {
    for (const int status : {400, 401, 402, 404, 429, 422, 402}) {
        upstream_.expect("POST", "/charge").reply(status);
        client_.post("/charge", "{}");
    }
    upstream_.expect("POST", "/charge").reply(200, {}, "done");
    EXPECT_EQ(client_.post("/charge", "{}").body, "done");
}

TEST_F(Breaker, ASuccessEndsTheRow) {
    fail(4);
    upstream_.expect("POST", "/charge").reply(200);
    EXPECT_EQ(client_.post("/charge", "{}").status, 200);
    fail(4);
    upstream_.expect("POST", "/charge").reply(200, {}, "done");
    EXPECT_EQ(client_.post("/charge", "{}").body, "done");
}

class HealthCheck : public testing::Test {
  protected:
    void open_breaker() {
        for (int i = 0; i < 2; ++i) {
            upstream_.expect("GET", "/balance").reply(500);
            client_.get("/balance");
        }
    }
    bool closes() {
        return gateway_.wait_for_metric("errgate_circuit_breaker_state", {{"upstream", "psp"}}, 0);
    }

    FakeUpstream upstream_;
    Gateway gateway_{
        with_upstream(upstream_.port(),
                      "circuit_breaker: {consecutive_failures: 2, open: 200ms, max_open: 200ms}\n"
                      "health_check: {path: /up, timeout: 1s, statuses: [204]}",
                      "retry: {attempts: 1}")};
    Client client_ = gateway_.client();
};

TEST_F(HealthCheck, ClosesTheBreakerWithoutAnyClient) {
    upstream_.expect("GET", "/up").reply(204);
    open_breaker();
    EXPECT_TRUE(closes());
    const ReceivedRequest probe = upstream_.last_request();
    EXPECT_EQ(probe.target, "/up");
    EXPECT_EQ(probe.field("Host"), "127.0.0.1:" + std::to_string(upstream_.port()));
    EXPECT_EQ(probe.field("Connection"), "close");
    upstream_.expect("POST", "/charge").reply(200, {}, "done");
    EXPECT_EQ(client_.post("/charge", "{}").body, "done");
}

TEST_F(HealthCheck, KeepsItOpenUntilTheAnswerIsOneOfTheStatuses) {
    upstream_.expect("GET", "/up").reply(500);
    upstream_.expect("GET", "/up").reply(200);
    upstream_.expect("GET", "/up").close();
    upstream_.expect("GET", "/up").reply(204);
    open_breaker();
    EXPECT_TRUE(closes());
    EXPECT_EQ(upstream_.request_count(), 2u + 4u);
}

TEST_F(HealthCheck, AsksNothingOfAnUpstreamThatWorks) {
    upstream_.expect("GET", "/balance").reply(200);
    client_.get("/balance");
    upstream_.expect("GET", "/balance").reply(402);
    client_.get("/balance");
    EXPECT_EQ(upstream_.request_count(), 2u);
    EXPECT_EQ(upstream_.connection_count(), 1u);
}

TEST(MaxInFlight, RefusesAtOnceWhatIsTooMuch) {
    FakeUpstream upstream;
    Gateway gateway(with_upstream(upstream.port(), "max_in_flight: 1"));
    Gate answer;
    upstream.expect("POST", "/slow").wait(answer).reply(200, {}, "done");
    Client slow = gateway.client();
    slow.send(format_request("POST", "/slow", {}, "{}"));
    ASSERT_TRUE(upstream.wait_for_requests(1));
    Client second = gateway.client();
    EXPECT_ENVELOPE(second.post("/charge", "{}"), "gateway_overloaded", 503, "gateway",
                    "not_applied", true);
    answer.open();
    EXPECT_EQ(slow.read().body, "done");
    EXPECT_TRUE(gateway.wait_for_metric("errgate_in_flight_requests", {{"upstream", "psp"}}, 0));
    upstream.expect("POST", "/charge").reply(200, {}, "now");
    Client third = gateway.client();
    EXPECT_EQ(third.post("/charge", "{}").body, "now");
}

TEST(MaxConnections, RefusesAtOnceWhatIsTooMuch) {
    FakeUpstream upstream;
    RoutesSpec spec = with_upstream(upstream.port(), "pool: {max_connections: 1}");
    Gateway gateway(spec);
    Gate answer;
    upstream.expect("POST", "/slow").wait(answer).reply(200, {}, "done");
    Client slow = gateway.client();
    slow.send(format_request("POST", "/slow", {}, "{}"));
    ASSERT_TRUE(upstream.wait_for_requests(1));
    Client second = gateway.client();
    EXPECT_ENVELOPE(second.post("/charge", "{}"), "gateway_overloaded", 503, "gateway",
                    "not_applied", true);
    answer.open();
    EXPECT_EQ(slow.read().body, "done");
}

}  // namespace
}  // namespace errgate::test
