// What a hostile upstream can do with a connection it keeps open: nothing, because it is given up;
// and with bytes that come one by one: cost us little.
#include "support/envelope.hpp"
#include "support/fake_upstream.hpp"
#include "support/gateway.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace errgate::test {
namespace {

class HostileConnection : public testing::Test {
  protected:
    static RoutesSpec single_attempt(std::uint16_t port) {
        RoutesSpec spec = single(port, "license_pos", "retry: {attempts: 1}");
        spec.upstreams[0].more = "circuit_breaker: {enabled: false}";
        return spec;
    }

    FakeUpstream upstream_;
    Gateway gateway_{single_attempt(upstream_.port())};
    Client client_ = gateway_.client();
};

struct Case {
    std::string name;
    std::string bytes;
};

std::string repeated(const std::string& piece, int times) {
    std::string all;
    for (int i = 0; i < times; ++i)
        all += piece;
    return all;
}

// After each the upstream waits for what comes next on this connection, and it is the end.
TEST_F(HostileConnection, IsNeverUsedAgainAfterAnAnswerThatBreaksTheRules) {
    const std::string good = "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello";
    const std::vector<Case> cases = {
        {"lengths that differ",
         "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nhello!"},
        {"length and chunked",
         "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"},
        {"chunked and length",
         "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n0\r\n\r\n"},
        {"a coding we do not know",
         "HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n"},
        {"chunked in HTTP/1.0",
         "HTTP/1.0 200 OK\r\nConnection: keep-alive\r\nTransfer-Encoding: "
         "chunked\r\n\r\n0\r\n\r\n"},
        {"a chunk that is none",
         "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0x5\r\nhello\r\n0\r\n\r\n"},
        {"a chunk without its end",
         "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello0\r\n\r\n"},
        {"a chunk past 64 bits",
         "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n10000000000000005\r\nhello\r\n0\r\n"
         "\r\n"},
        {"a split line", "HTTP/1.1 200 OK\r\nX: a\rSet-Cookie: b\r\nContent-Length: 0\r\n\r\n"},
        {"a line split by LF alone",
         "HTTP/1.1 200 OK\r\nX: a\nSet-Cookie: b\r\nContent-Length: 0\r\n\r\n"},
        {"a folded line", "HTTP/1.1 200 OK\r\nX: a\r\n b\r\nContent-Length: 0\r\n\r\n"},
        {"101 unasked",
         "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: upgrade\r\n\r\n" +
             good},
        {"another version", "HTTP/2.0 200 OK\r\nContent-Length: 0\r\n\r\n"},
        {"an older one", "HTTP/0.9 200 OK\r\nContent-Length: 0\r\n\r\n"},
        {"a flood of interim answers", repeated("HTTP/1.1 103 Early Hints\r\n\r\n", 40) + good},
        {"a flood of 100", repeated("HTTP/1.1 100 Continue\r\n\r\n", 40) + good},
        {"a flood of fields",
         "HTTP/1.1 200 OK\r\n" + repeated("X: a\r\n", 300) + "Content-Length: 0\r\n\r\n"},
        {"a head without end", "HTTP/1.1 200 OK\r\nX: " + std::string(100'000, 'a')},
    };
    std::size_t connections = 0;
    for (const Case& c : cases) {
        SCOPED_TRACE(c.name);
        upstream_.expect("POST", "/charge").send(c.bytes).stay_silent();
        EXPECT_ENVELOPE(client_.post("/charge", "{}"), "invalid_upstream_response", 502, "gateway",
                        "unknown", false);
        EXPECT_TRUE(upstream_.wait_for_closed(connections++));
        EXPECT_EQ(upstream_.connection_count(), connections);
    }
    upstream_.expect("POST", "/charge").reply(200, {}, "clean");
    EXPECT_EQ(client_.post("/charge", "{}").body, "clean");
    EXPECT_EQ(upstream_.request_count(), cases.size() + 1);
}

// Answers that are sound and go on: whoever asked gets his own, and the rest belongs to nobody.
TEST_F(HostileConnection, IsNeverUsedAgainAfterBytesPastTheEnd) {
    const std::string poison = "HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\npoison";
    const std::vector<std::pair<std::string, Case>> cases = {
        {"GET", {"a length", "HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nmine"}},
        {"GET",
         {"chunks", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nmine\r\n0\r\n\r\n"}},
        {"GET", {"304", "HTTP/1.1 304 Not Modified\r\nContent-Length: 6\r\n\r\n"}},
        {"GET", {"204", "HTTP/1.1 204 No Content\r\n\r\n"}},
        {"HEAD", {"the answer to a HEAD", "HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\n"}},
        {"GET",
         {"an error", "HTTP/1.1 404 No\r\nContent-Length: 20\r\n\r\n{\"code\":\"not_found\"}"}},
    };
    std::size_t connections = 0;
    for (const auto& [method, c] : cases) {
        SCOPED_TRACE(c.name);
        upstream_.expect(method, "/1").send(c.bytes + poison).stay_silent();
        const Response response = client_.request(method, "/1");
        EXPECT_TRUE(response.complete) << response.error;
        EXPECT_EQ(response.body.find("poison"), std::string::npos);
        EXPECT_TRUE(upstream_.wait_for_closed(connections++));
    }
    upstream_.expect("GET", "/2").reply(200, {}, "clean");
    EXPECT_EQ(client_.get("/2").body, "clean");
}

// ------------------------------------------------------------ bytes one by one

constexpr double kSecondsEach = 0.001;  // of CPU; under sanitizers it takes some 0.0001

TEST_F(HostileConnection, ABodyByteByByteCostsLittleEach) {
    constexpr std::size_t kSize = 5'000;
    const double before = gateway_.cpu_seconds();
    upstream_.expect("GET", "/export")
        .send("HTTP/1.1 200 OK\r\nContent-Length: " + std::to_string(kSize) + "\r\n\r\n")
        .drip(std::string(kSize, 'x'));
    EXPECT_EQ(client_.get("/export").body.size(), kSize);
    EXPECT_LT(gateway_.cpu_seconds() - before, kSize * kSecondsEach);
}

// What was read of a head is not read again with every byte.
TEST_F(HostileConnection, AHeadByteByByteCostsLittleEach) {
    constexpr std::size_t kSize = 20'000;
    const double before = gateway_.cpu_seconds();
    upstream_.expect("GET", "/x")
        .drip("HTTP/1.1 200 OK\r\nX: " + std::string(kSize, 'a') + "\r\nContent-Length: 0\r\n\r\n");
    EXPECT_EQ(client_.get("/x").status, 200);
    EXPECT_LT(gateway_.cpu_seconds() - before, kSize * kSecondsEach);
}

}  // namespace
}  // namespace errgate::test
