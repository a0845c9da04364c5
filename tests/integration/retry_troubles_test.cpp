// Providers that answer too early, too slowly or not yet, clients that are slow: each is bounded,
// charged to whom it belongs, and leaves nothing behind for the next request.
#include "support/envelope.hpp"
#include "support/fake_upstream.hpp"
#include "support/gateway.hpp"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <string>

namespace errgate::test {
namespace {

using nlohmann::json;
using namespace std::chrono_literals;

constexpr std::size_t kStreamed = 3'000'000;  // past the replay buffer
constexpr std::size_t kTooMuch = 16'000'000;  // for the buffers of two sockets

// No time limit is met but where a test is about it: what waits for one of 50 s fails the test.
constexpr const char* kPatient = "{connect: 200ms, attempt: 50s, total: 50s}";
constexpr const char* kShort = "{connect: 200ms, attempt: 300ms, total: 50s}";

RoutesSpec routes(std::uint16_t port, const std::string& timeouts = kPatient) {
    RoutesSpec spec = single(port, "kira",
                             "retry: {attempts: 3, backoff: {base: 1ms, max: 2ms}}\n"
                             "timeouts: " +
                                 timeouts);
    spec.upstreams[0].more =
        "circuit_breaker: {enabled: false}\nretry_budget: {ratio: 1, min_per_second: 1000}";
    spec.more = "limits: {request_buffer: 32MiB}";
    return spec;
}

RoutesSpec streaming(std::uint16_t port, const std::string& timeouts = kPatient) {
    RoutesSpec spec = routes(port, timeouts);
    spec.more.clear();
    return spec;
}

const Gate& never() {
    static const Gate kNever;
    return kNever;
}

// ------------------------------------------------------------ answers before the body was read

class EarlyAnswer : public testing::Test {
  protected:
    // The rest of the first request would be looked for in the second.
    void expect_other_connection(Gateway& gateway, Client& client) {
        upstream_.expect("GET", "/next").reply(200, {}, "next");
        EXPECT_EQ(client.get("/next").body, "next");
        EXPECT_EQ(upstream_.request(1).connection, 1u);
        EXPECT_EQ(gateway.log_line(1)["attempts"].size(), 1u);
    }
    FakeUpstream upstream_;
};

TEST_F(EarlyAnswer, ToABufferedBodyEndsTheSendingAndTheConnection) {
    Gateway gateway(routes(upstream_.port()));
    upstream_.expect("POST", "/charge").before_body().reply(200, {}, "early").wait(never());
    Client client = gateway.client();
    EXPECT_EQ(client.post("/charge", std::string(kTooMuch, 'x')).body, "early");
    expect_other_connection(gateway, client);
}

TEST_F(EarlyAnswer, AfterTheTimeToSendIsStillAnAnswerButEndsTheConnection) {
    Gateway gateway(routes(upstream_.port(), kShort));
    // 102 makes the gateway stop looking for an answer, so that it runs into its time limit.
    upstream_.expect("POST", "/charge")
        .before_body()
        .send("HTTP/1.1 102 Processing\r\n\r\n")
        .reply(200, {}, "late")
        .wait(never());
    Client client = gateway.client();
    EXPECT_EQ(client.post("/charge", std::string(kTooMuch, 'x')).body, "late");
    expect_other_connection(gateway, client);
}

TEST_F(EarlyAnswer, ThatIsOnlyInterimDoesNotEndAStreamedBody) {
    Gateway gateway(streaming(upstream_.port()));
    upstream_.expect("POST", "/charge")
        .before_body()
        .send("HTTP/1.1 102 Processing\r\n\r\n")
        .after_body()
        .reply(200, {}, "done");
    Client client = gateway.client();
    const Response response = client.post("/charge", std::string(kStreamed, 'x'));
    EXPECT_EQ(response.body, "done");
    EXPECT_EQ(response.interim.size(), 1u);
    EXPECT_EQ(upstream_.request(0).body_size, kStreamed);
}

// ------------------------------------------------------------ drips

TEST(Dripping, ABodyThatIsReadSlowlyHasNoMoreTimeThanAnother) {
    FakeUpstream upstream;
    Gateway gateway(routes(upstream.port(), kShort));
    // Each read is progress, but 16 MB of them take longer than the attempt may.
    upstream.expect("POST", "/charge").before_body().read_slowly(20ms);
    const Response response = gateway.client().post("/charge", std::string(kTooMuch, 'x'));
    EXPECT_ENVELOPE(response, "timeout", 504, "gateway", "unknown", false);
}

TEST(Dripping, AHeadOfAByteASecondHasNoMoreTimeThanAnother) {
    FakeUpstream upstream;
    Gateway gateway(routes(upstream.port(), kShort));
    upstream.expect("POST", "/charge").drip("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", 1s);
    const Response response = gateway.client().post("/charge", "{}");
    EXPECT_ENVELOPE(response, "timeout", 504, "gateway", "unknown", false);
}

// The answer is known by its status; the body is waited for until the total is over, no longer.
TEST(Dripping, AnErrorBodyOfAByteASecondEndsWithTheTotal) {
    FakeUpstream upstream;
    Gateway gateway(streaming(upstream.port(), "{attempt: 500ms, total: 600ms, idle: 60s}"));
    for (const std::size_t body : {std::size_t{2}, kStreamed}) {
        SCOPED_TRACE(body);
        upstream.expect("POST", "/charge")
            .send("HTTP/1.1 503 Busy\r\nContent-Length: 100\r\n\r\n")
            .drip(std::string(100, 'x'), 1s);
        const Response response = gateway.client().post("/charge", std::string(body, 'x'));
        EXPECT_ENVELOPE(response, "service_unavailable", 503, "upstream", "unknown", false);
    }
}

// ------------------------------------------------------------ the client's doing

TEST(SlowUpload, UsesUpNoTimeOfTheUpstream) {
    FakeUpstream upstream;
    RoutesSpec spec = routes(upstream.port(), "{connect: 300ms, attempt: 300ms, total: 300ms}");
    spec.upstreams[0].more = "circuit_breaker: {consecutive_failures: 1}";
    Gateway gateway(spec);
    for (int i = 0; i < 2; ++i) {
        upstream.expect("POST", "/charge").reply(200, {}, "done");
        Client client = gateway.client();
        client.send("POST /charge HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\n\r\nab");
        ASSERT_TRUE(client.socket().rest(600ms));
        client.send("cd");
        EXPECT_EQ(client.read().body, "done");
    }
}

// The provider has part of it, and what it makes of that nobody knows.
TEST(BrokenUpload, HasAnUnknownOutcomeOnceItStreams) {
    FakeUpstream upstream;
    Gateway gateway(streaming(upstream.port()));
    upstream.expect("POST", "/charge").reply(200);
    Client client = gateway.client();
    client.send("POST /charge HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n2dc6c0\r\n" +
                std::string(kStreamed, 'x') + "\r\nzz\r\n");
    EXPECT_ENVELOPE(client.read(), "invalid_request", 400, "gateway", "unknown", false);
}

TEST(ClientsThatLeave, DoNotOpenTheBreakerNorKeepItsProbe) {
    FakeUpstream upstream;
    RoutesSpec spec = single(upstream.port(), "kira", "retry: {attempts: 1}");
    spec.upstreams[0].more = "circuit_breaker: {consecutive_failures: 2, open: 1s, max_open: 1s}";
    Gateway gateway(spec);
    const auto leave = [&](std::size_t connection) {
        upstream.expect("GET", "/charge").stay_silent();
        {
            Client client = gateway.client();
            client.send(format_request("GET", "/charge"));
            ASSERT_TRUE(upstream.wait_for_connections(connection + 1));
        }
        ASSERT_TRUE(upstream.wait_for_closed(connection));
    };
    for (std::size_t i = 0; i < 3; ++i)
        leave(i);
    upstream.expect("GET", "/charge").reset();
    upstream.expect("GET", "/charge").reset();
    for (int i = 0; i < 2; ++i)
        EXPECT_ENVELOPE(gateway.client().get("/charge"), "invalid_upstream_response", 502,
                        "gateway", "unknown", true);
    EXPECT_ENVELOPE(gateway.client().get("/charge"), "circuit_open", 503, "gateway", "not_applied",
                    true);
    ASSERT_TRUE(gateway.client().socket().rest(1'100ms));
    leave(5);  // the probe
    upstream.expect("GET", "/charge").reply(200, {}, "well");
    // Its place is given back a moment after its connection.
    const auto deadline = std::chrono::steady_clock::now() + kPatience;
    Response response = gateway.client().get("/charge");
    while (response.status == 503 && std::chrono::steady_clock::now() < deadline)
        response = gateway.client().get("/charge");
    EXPECT_EQ(response.body, "well");
}

// ------------------------------------------------------------ an upstream that comes and goes

TEST(UpstreamThatIsDownAtStart, IsServedFromAsSoonAsItComes) {
    const std::uint16_t port = refused_port();
    Gateway gateway(routes(port));
    Client client = gateway.client();
    EXPECT_ENVELOPE(client.post("/charge", "{}"), "upstream_unreachable", 502, "gateway",
                    "not_applied", true);
    {
        FakeUpstream upstream(port);
        upstream.expect("POST", "/charge").reply(200, {}, "up");
        EXPECT_EQ(client.post("/charge", "{}").body, "up");
    }
    EXPECT_ENVELOPE(client.post("/charge", "{}"), "upstream_unreachable", 502, "gateway",
                    "not_applied", true);
}

TEST(ResetAfterTheAnswer, IsNobodysLoss) {
    FakeUpstream upstream;
    Gateway gateway(routes(upstream.port()));
    Client client = gateway.client();
    upstream.expect("POST", "/charge").reply(201, {}, "charged").reset();
    EXPECT_EQ(client.post("/charge", "{}").body, "charged");
    ASSERT_TRUE(upstream.wait_for_closed(0));
    upstream.expect("POST", "/charge").reply(201, {}, "charged");
    EXPECT_EQ(client.post("/charge", "{}").body, "charged");
    EXPECT_EQ(gateway.log_line(1)["attempts"].size(), 1u);
}

// What cannot be read as a wait is none; a date in the past is none either.
TEST(RetryAfterOfNoUse, LeavesTheBackOffAsItIs) {
    FakeUpstream upstream;
    Gateway gateway(routes(upstream.port()));
    Client client = gateway.client();
    for (const char* value :
         {"-1", "1e99", "Thu, 01 Jan 1970 00:00:00 GMT", "soon", "", "\xff;="}) {
        SCOPED_TRACE(value);
        upstream.expect("POST", "/charge").reply(429, {{"Retry-After", value}});
        upstream.expect("POST", "/charge").reply(200, {}, "done");
        EXPECT_EQ(client.post("/charge", "{}").body, "done");
    }
    upstream.expect("POST", "/charge").reply(429, {{"Retry-After", "99999999999999999999"}});
    const Response response = client.post("/charge", "{}");
    EXPECT_ENVELOPE(response, "rate_limited", 429, "upstream", "not_applied", true);
}

}  // namespace
}  // namespace errgate::test
