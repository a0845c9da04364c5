// Providers that answer nonsense, too much, too late or not at all: always an envelope, never a
// complete-looking half answer, and nothing of one exchange leaks into the next.
#include "support/envelope.hpp"
#include "support/fake_upstream.hpp"
#include "support/gateway.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <string>
#include <vector>

namespace errgate::test {
namespace {

using testing::HasSubstr;
using namespace std::string_literals;

// One attempt, no breaker: what one failure looks like.
RoutesSpec single_attempt(std::uint16_t port,
                          const std::string& timeouts = "{connect: 2s, attempt: 5s, total: 10s}") {
    RoutesSpec spec = single(port, "license_pos", "retry: {attempts: 1}\ntimeouts: " + timeouts);
    spec.upstreams[0].more = "circuit_breaker: {enabled: false}";
    return spec;
}

struct Case {
    std::string name;
    std::string bytes;
};

class HostileUpstream : public testing::Test {
  protected:
    // A POST whose answer cannot be read: it may have been applied, nobody knows.
    void expect_unreadable(const Case& c) {
        SCOPED_TRACE(c.name);
        upstream_.expect("POST", "/charge").send(c.bytes).close();
        Client client = gateway_.client();
        const Response response = client.post("/charge", "{}");
        EXPECT_ENVELOPE(response, "invalid_upstream_response", 502, "gateway", "unknown", false);
        EXPECT_EQ(response.json().value("attempts", 0), 1);
        EXPECT_EQ(response.json()["provider"].value("name", ""), "psp");
    }

    FakeUpstream upstream_;
    Gateway gateway_{single_attempt(upstream_.port())};
    Client client_ = gateway_.client();
};

// RFC 9112 2.2, 5.2, 6.1, 6.3 item 5; RFC 9110 7.8: 101 only to who asked.
TEST_F(HostileUpstream, UnreadableHeads) {
    std::string many = "HTTP/1.1 200 OK\r\n";
    for (int i = 0; i < 5'000; ++i)
        many += "X-" + std::to_string(i) + ": a\r\n";
    const std::vector<Case> cases = {
        {"another protocol", "SSH-2.0-OpenSSH_9.2\r\n\r\n"},
        {"binary", std::string(100, '\x02') + "\r\n\r\n"},
        {"nothing at all", ""},
        {"half a status line", "HTTP/1.1 20"},
        {"half a head", "HTTP/1.1 200 OK\r\nContent-Le"},
        {"HTTP/2.0", "HTTP/2.0 200 OK\r\nContent-Length: 0\r\n\r\n"},
        {"status 000", "HTTP/1.1 000 OK\r\nContent-Length: 0\r\n\r\n"},
        {"status 099", "HTTP/1.1 099 OK\r\nContent-Length: 0\r\n\r\n"},
        {"status 999", "HTTP/1.1 999 OK\r\nContent-Length: 0\r\n\r\n"},
        {"status with four digits", "HTTP/1.1 2000 OK\r\nContent-Length: 0\r\n\r\n"},
        {"status with two digits", "HTTP/1.1 20 OK\r\nContent-Length: 0\r\n\r\n"},
        {"bare LF", "HTTP/1.1 200 OK\nContent-Length: 0\n\n"},
        {"NUL in a value", "HTTP/1.1 200 OK\r\nX: a\0b\r\nContent-Length: 0\r\n\r\n"s},
        {"bare CR in a value", "HTTP/1.1 200 OK\r\nX: a\rb\r\nContent-Length: 0\r\n\r\n"},
        {"folded field", "HTTP/1.1 200 OK\r\nX: a\r\n b\r\nContent-Length: 0\r\n\r\n"},
        {"lengths that differ",
         "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nhello!"},
        {"list of lengths that differ", "HTTP/1.1 200 OK\r\nContent-Length: 5, 6\r\n\r\nhello!"},
        {"length is no number", "HTTP/1.1 200 OK\r\nContent-Length: five\r\n\r\nhello"},
        {"negative length", "HTTP/1.1 200 OK\r\nContent-Length: -5\r\n\r\nhello"},
        {"length past 64 bits",
         "HTTP/1.1 200 OK\r\nContent-Length: 18446744073709551616\r\n\r\nhello"},
        {"length and chunked",
         "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"},
        {"101 nobody asked for",
         "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: upgrade\r\n\r\n"},
        {"large head", "HTTP/1.1 200 OK\r\nX: " + std::string(200'000, 'a') + "\r\n\r\n"},
        {"many fields", many + "\r\n"},
    };
    for (const Case& c : cases)
        expect_unreadable(c);
}

TEST_F(HostileUpstream, EndlessHead) {
    upstream_.expect("POST", "/charge")
        .send("HTTP/1.1 200 OK\r\n")
        .send_forever("X-Field: aaaa\r\n");
    EXPECT_ENVELOPE(client_.post("/charge", "{}"), "invalid_upstream_response", 502, "gateway",
                    "unknown", false);
    EXPECT_TRUE(upstream_.wait_for_closed(0));
}

// RFC 9110 15.2.
TEST_F(HostileUpstream, EndlessInterimResponses) {
    upstream_.expect("POST", "/charge").send_forever("HTTP/1.1 103 Early Hints\r\n\r\n");
    const Response response = client_.post("/charge", "{}");
    EXPECT_ENVELOPE(response, "invalid_upstream_response", 502, "gateway", "unknown", false);
    EXPECT_LE(response.interim.size(), 16u);
}

TEST_F(HostileUpstream, TellsTheErrorTypeInProxyStatus) {
    upstream_.expect("POST", "/charge").send("nonsense\r\n\r\n").close();
    EXPECT_THAT(client_.post("/charge", "{}").field("Proxy-Status"),
                HasSubstr("error=http_protocol_error"));
}

// ------------------------------------------------------------ bodies that break after the head

// The client has the head when the upstream goes wrong; it must not take the rest for complete.
class BrokenBody : public HostileUpstream {
  protected:
    void expect_broken(const std::string& head_and_start, const std::string& rest, bool reset) {
        Gate go;
        Script& script =
            upstream_.expect("GET", "/export").send(head_and_start).wait(go).send(rest);
        if (reset) {
            script.reset();
        } else {
            script.close();
        }
        Client client = gateway_.client();
        client.send(format_request("GET", "/export"));
        ASSERT_TRUE(client.wait_for_head());
        go.open();
        const Response response = client.read();
        EXPECT_EQ(response.status, 200);
        EXPECT_FALSE(response.complete);
        EXPECT_THAT(response.error, testing::AnyOf("connection closed", "connection reset"));
    }
};

// RFC 9112 8.
TEST_F(BrokenBody, CutShortOfItsLength) {
    expect_broken("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhello", "", false);
}
TEST_F(BrokenBody, ResetShortOfItsLength) {
    expect_broken("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhello", "", true);
}
TEST_F(BrokenBody, CutBetweenChunks) {
    expect_broken("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n", "", false);
}
TEST_F(BrokenBody, CutInsideAChunk) {
    expect_broken("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhel", "", false);
}
TEST_F(BrokenBody, CutBeforeTheFinalEmptyLine) {
    expect_broken("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n", "0\r\n",
                  false);
}
TEST_F(BrokenBody, MalformedChunk) {
    expect_broken("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n",
                  "0x5\r\nhello\r\n0\r\n\r\n", false);
}
TEST_F(BrokenBody, ChunkWithoutItsEnd) {
    expect_broken("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n",
                  "5\r\nhelloXX0\r\n\r\n", false);
}
TEST_F(BrokenBody, ResetOfABodyThatEndsWithTheConnection) {
    expect_broken("HTTP/1.1 200 OK\r\n\r\nhello", "", true);
}

TEST_F(HostileUpstream, AMalformedChunkBesideTheHeadIsFoundInTime) {
    upstream_.expect("POST", "/charge")
        .send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0x5\r\nhello\r\n0\r\n\r\n");
    EXPECT_ENVELOPE(client_.post("/charge", "{}"), "invalid_upstream_response", 502, "gateway",
                    "unknown", false);
}

// ------------------------------------------------------------ surplus bytes

// RFC 9112 6.3: bytes after the final response are no other response.
TEST_F(HostileUpstream, BytesAfterTheResponseNeverReachTheNextRequest) {
    upstream_.expect("GET", "/1")
        .send(
            "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello"
            "HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\npoison");
    upstream_.expect("GET", "/2").reply(200, {}, "clean");
    EXPECT_EQ(client_.get("/1").body, "hello");
    EXPECT_EQ(client_.get("/2").body, "clean");
    EXPECT_EQ(upstream_.connection_count(), 2u);
}

// RFC 9112 9.2.
TEST_F(HostileUpstream, BytesOnAnIdleConnectionNeverReachTheNextRequest) {
    Gate idle;
    Gate poisoned;
    upstream_.expect("GET", "/1")
        .reply(200, {}, "hello")
        .wait(idle)
        .send("HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\npoison")
        .open(poisoned);
    upstream_.expect("GET", "/2").reply(200, {}, "clean");
    EXPECT_EQ(client_.get("/1").body, "hello");
    idle.open();
    ASSERT_TRUE(client_.socket().wait_for(poisoned));
    EXPECT_EQ(client_.get("/2").body, "clean");
}

// RFC 9112 6.3 item 1.
TEST_F(HostileUpstream, ABodyAfter204NeverReachesTheNextRequest) {
    upstream_.expect("DELETE", "/1").send("HTTP/1.1 204 No Content\r\n\r\nHTTP/1.1 200 OK\r\n\r\n");
    upstream_.expect("GET", "/2").reply(200, {}, "clean");
    EXPECT_EQ(client_.request("DELETE", "/1").status, 204);
    EXPECT_EQ(client_.get("/2").body, "clean");
}

// RFC 9112 9.3.
TEST_F(HostileUpstream, AnAnswerBeforeTheBodyWasReadDoesNotPoisonTheClient) {
    upstream_.expect("POST", "/1")
        .before_body()
        .reply(413, {{"Connection", "close"}}, "too big")
        .finish_writing();
    upstream_.otherwise().reply(200, {}, "clean");
    Client client = gateway_.client();
    client.send(format_request("POST", "/1", {}, std::string(100'000, 'x')));
    const Response response = client.read();
    EXPECT_ENVELOPE(response, "payload_too_large", 413, "upstream", "not_applied", false);
    if (response.field("Connection") != "close") {
        EXPECT_EQ(client.get("/2").body, "clean");
    }
}

// ------------------------------------------------------------ error bodies without end

TEST_F(HostileUpstream, AnErrorBodyOf50MegabytesIsCutOff) {
    upstream_.expect("POST", "/charge")
        .send("HTTP/1.1 500 Oops\r\nContent-Length: 52428800\r\n\r\n")
        .send_pattern(52'428'800);
    EXPECT_ENVELOPE(client_.post("/charge", "{}"), "internal_error", 500, "upstream", "unknown",
                    false);
    EXPECT_TRUE(upstream_.wait_for_closed(0));
    upstream_.expect("GET", "/next").reply(200, {}, "next");
    EXPECT_EQ(client_.get("/next").body, "next");
}

TEST_F(HostileUpstream, AnEndlessChunkedErrorBodyIsCutOff) {
    upstream_.expect("POST", "/charge")
        .send("HTTP/1.1 400 Bad\r\nTransfer-Encoding: chunked\r\n\r\n")
        .send_forever("5\r\nhello\r\n");
    EXPECT_ENVELOPE(client_.post("/charge", "{}"), "invalid_request", 400, "upstream",
                    "not_applied", false);
    EXPECT_TRUE(upstream_.wait_for_closed(0));
}

TEST_F(HostileUpstream, ATruncatedErrorBodyIsStillAnAnswer) {
    upstream_.expect("POST", "/charge")
        .send("HTTP/1.1 404 No\r\nContent-Length: 100\r\n\r\n{\"code\": \"not_fo")
        .close();
    EXPECT_ENVELOPE(client_.post("/charge", "{}"), "not_found", 404, "upstream", "not_applied",
                    false);
}

TEST_F(HostileUpstream, ADrippedAnswerIsReadByteByByte) {
    upstream_.expect("POST", "/charge")
        .drip("HTTP/1.1 404 No\r\nContent-Length: 20\r\n\r\n{\"code\":\"not_found\"}");
    EXPECT_ENVELOPE(client_.post("/charge", "{}"), "not_found", 404, "upstream", "not_applied",
                    false);
}

// ------------------------------------------------------------ connections

TEST_F(HostileUpstream, ResetAfterTheRequest) {
    upstream_.expect("POST", "/charge").reset();
    EXPECT_ENVELOPE(client_.post("/charge", "{}"), "invalid_upstream_response", 502, "gateway",
                    "unknown", false);
}

TEST_F(HostileUpstream, ResetInTheMiddleOfTheRequest) {
    upstream_.expect("POST", "/charge").before_body().reset();
    client_.send(format_request("POST", "/charge", {}, std::string(900'000, 'x')));
    EXPECT_ENVELOPE(client_.read(), "invalid_upstream_response", 502, "gateway", "unknown", false);
}

TEST_F(HostileUpstream, ResetInTheMiddleOfTheResponseHead) {
    upstream_.expect("POST", "/charge").send("HTTP/1.1 200 OK\r\nConte").reset();
    EXPECT_ENVELOPE(client_.post("/charge", "{}"), "invalid_upstream_response", 502, "gateway",
                    "unknown", false);
}

TEST_F(HostileUpstream, AGetThatFailedMayBeSentAgain) {
    upstream_.expect("GET", "/charge").reset();
    EXPECT_ENVELOPE(client_.get("/charge"), "invalid_upstream_response", 502, "gateway", "unknown",
                    true);
}

TEST(UnreachableUpstream, RefusesConnections) {
    Gateway gateway(single_attempt(refused_port()));
    Client client = gateway.client();
    const Response response = client.post("/charge", "{}");
    EXPECT_ENVELOPE(response, "upstream_unreachable", 502, "gateway", "not_applied", true);
    EXPECT_THAT(response.field("Proxy-Status"), HasSubstr("error=connection_refused"));
}

TEST(UnreachableUpstream, HasNoAddress) {
    RoutesSpec spec = single_attempt(80);
    spec.upstreams[0].host = "name.invalid";
    Gateway gateway(spec);
    Client client = gateway.client();
    const Response response = client.post("/charge", "{}");
    EXPECT_ENVELOPE(response, "upstream_unreachable", 502, "gateway", "not_applied", true);
    EXPECT_THAT(response.field("Proxy-Status"), HasSubstr("error=dns_error"));
}

TEST(UnreachableUpstream, NeverAcceptsAConnection) {
    const Blackhole blackhole;
    Gateway gateway(single_attempt(blackhole.port(), "{connect: 200ms, attempt: 5s, total: 10s}"));
    Client client = gateway.client();
    const Response response = client.post("/charge", "{}");
    EXPECT_ENVELOPE(response, "upstream_unreachable", 502, "gateway", "not_applied", true);
    EXPECT_THAT(response.field("Proxy-Status"), HasSubstr("error=connection_timeout"));
}

// ------------------------------------------------------------ time

class SilentUpstream : public testing::Test {
  protected:
    FakeUpstream upstream_;
    Gateway gateway_{single_attempt(upstream_.port(),
                                    "{connect: 300ms, attempt: 300ms, idle: 300ms, total: 2s}")};
    Client client_ = gateway_.client();
};

TEST_F(SilentUpstream, TimesOut) {
    upstream_.expect("POST", "/charge").stay_silent();
    const Response response = client_.post("/charge", "{}");
    EXPECT_ENVELOPE(response, "timeout", 504, "gateway", "unknown", false);
    EXPECT_THAT(response.field("Proxy-Status"), HasSubstr("error=http_response_timeout"));
    EXPECT_TRUE(upstream_.wait_for_closed(0));
}

TEST_F(SilentUpstream, TimesOutInTheMiddleOfAHead) {
    upstream_.expect("POST", "/charge").send("HTTP/1.1 200 OK\r\nX: ").stay_silent();
    EXPECT_ENVELOPE(client_.post("/charge", "{}"), "timeout", 504, "gateway", "unknown", false);
}

TEST_F(SilentUpstream, AGetThatTimedOutMayBeSentAgain) {
    upstream_.expect("GET", "/charge").stay_silent();
    EXPECT_ENVELOPE(client_.get("/charge"), "timeout", 504, "gateway", "unknown", true);
}

TEST_F(SilentUpstream, TheConnectionOfTheClientLivesOn) {
    upstream_.expect("POST", "/charge").stay_silent();
    upstream_.expect("GET", "/next").reply(200, {}, "next");
    EXPECT_EQ(client_.post("/charge", "{}").status, 504);
    EXPECT_EQ(client_.get("/next").body, "next");
}

TEST_F(SilentUpstream, AnErrorBodyThatStopsIsStillAnAnswer) {
    upstream_.expect("POST", "/charge")
        .send("HTTP/1.1 404 No\r\nContent-Length: 100\r\n\r\n{\"code\": ")
        .stay_silent();
    const Response response = client_.post("/charge", "{}");
    EXPECT_TRUE(response.complete) << response.error;
    EXPECT_THAT(response.field("Errgate-Code"), testing::AnyOf("not_found", "timeout"));
}

TEST_F(SilentUpstream, ASuccessThatStopsInTheMiddleIsNeverComplete) {
    upstream_.expect("GET", "/export")
        .send("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhello")
        .stay_silent();
    const Response response = client_.get("/export");
    EXPECT_EQ(response.status, 200);
    EXPECT_FALSE(response.complete);
}

}  // namespace
}  // namespace errgate::test
