// Requests that two readers could read in two ways, or that want to exhaust us: each is refused
// with an envelope, the connection closed, and the upstream hears nothing of it.
#include "support/envelope.hpp"
#include "support/fake_upstream.hpp"
#include "support/gateway.hpp"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <string>
#include <vector>

namespace errgate::test {
namespace {

// One gateway for a whole table: it must survive every row.
class HostileClient : public testing::Test {
  protected:
    // Refused with `status`, closed, nothing complete sent upstream.
    void expect_refused(const std::string& bytes, int status) {
        Client client = gateway_.client();
        client.send(bytes);
        expect_refusal(client, status);
    }
    void expect_refusal(Client& client, int status) {
        const Response response = client.read();
        EXPECT_ENVELOPE(response, "invalid_request", status, "gateway", "not_applied", false);
        EXPECT_EQ(response.field("Connection"), "close");
        EXPECT_EQ(response.json().value("attempts", -1), 0);
        EXPECT_TRUE(client.closed_by_peer());
        for (const ReceivedRequest& request : upstream_.requests())
            EXPECT_FALSE(request.complete) << request.method << " " << request.target;
    }

    FakeUpstream upstream_;
    Gateway gateway_{single(upstream_.port())};
};

struct Case {
    std::string name;
    std::string bytes;
    int status = 400;
};

std::string head(const std::string& fields, const std::string& line = "POST /x HTTP/1.1") {
    return line + "\r\nHost: a\r\n" + fields + "\r\n";
}

std::string with_target(const std::string& target) {
    return "GET " + target + " HTTP/1.1\r\nHost: a\r\n\r\n";
}

using namespace std::string_literals;

// RFC 9112 2.2, 3, 5.1, 5.2 and RFC 9110 5.5.
TEST_F(HostileClient, MalformedHeads) {
    const std::vector<Case> cases = {
        {"tls hello", "\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n"s},
        {"one word", "hello\r\n\r\n"},
        {"binary", std::string(200, '\x01') + "\r\n\r\n"},
        {"bare LF everywhere", "GET / HTTP/1.1\nHost: a\n\n"},
        {"bare LF after the request line", "GET / HTTP/1.1\nHost: a\r\n\r\n"},
        {"bare LF between fields", "GET / HTTP/1.1\r\nHost: a\nX: b\r\n\r\n"},
        {"bare CR in a value", head("X: a\rb\r\n")},
        {"NUL in a value", head("X: a\0b\r\n"s)},
        {"NUL in a name", head("X\0: b\r\n"s)},
        {"control character in a value", head("X: a\x01"
                                              "b\r\n")},
        {"folded field", head("X: a\r\n b\r\n")},
        {"space before the first field", "GET / HTTP/1.1\r\n X: a\r\nHost: a\r\n\r\n"},
        {"space before the colon", head("X : a\r\n")},
        {"tab before the colon", head("Content-Length\t: 5\r\n")},
        {"no colon", head("X\r\n")},
        {"empty name", head(": a\r\n")},
        {"space in a name", head("X Y: a\r\n")},
        {"parenthesis in a name", head("X(Y): a\r\n")},
        {"byte beyond ASCII in a name", head("X\xc3\xa9: a\r\n")},
        {"method is no token", head("", "G[T / HTTP/1.1")},
        {"two spaces in the request line", head("", "GET  / HTTP/1.1")},
        {"lower-case version", head("", "GET / http/1.1")},
    };
    for (const Case& c : cases) {
        SCOPED_TRACE(c.name);
        expect_refused(c.bytes, c.status);
    }
}

// RFC 9112 2.3.
TEST_F(HostileClient, OtherVersions) {
    const std::vector<Case> cases = {
        {"HTTP/2 preface", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 505},
        {"HTTP/0.9", "GET /\r\n\r\n", 505},
        {"HTTP/2.0", head("", "GET / HTTP/2.0"), 505},
        {"HTTP/3.7", head("", "GET / HTTP/3.7"), 505},
    };
    for (const Case& c : cases) {
        SCOPED_TRACE(c.name);
        expect_refused(c.bytes, c.status);
    }
}

// RFC 9112 3.2.
TEST_F(HostileClient, Hosts) {
    const std::vector<Case> cases = {
        {"none", "GET / HTTP/1.1\r\n\r\n"},
        {"two equal", "GET / HTTP/1.1\r\nHost: a\r\nHost: a\r\n\r\n"},
        {"two different", "GET / HTTP/1.1\r\nHost: a\r\nhost: b\r\n\r\n"},
        {"list", "GET / HTTP/1.1\r\nHost: a, b\r\n\r\n"},
        {"path", "GET / HTTP/1.1\r\nHost: a/b\r\n\r\n"},
        {"user info", "GET / HTTP/1.1\r\nHost: user@a\r\n\r\n"},
        {"space", "GET / HTTP/1.1\r\nHost: a b\r\n\r\n"},
        {"port is no number", "GET / HTTP/1.1\r\nHost: a:http\r\n\r\n"},
    };
    for (const Case& c : cases) {
        SCOPED_TRACE(c.name);
        expect_refused(c.bytes, c.status);
    }
}

// RFC 9112 3.2; CONNECT: RFC 9110 9.3.6.
TEST_F(HostileClient, Targets) {
    const std::vector<Case> cases = {
        {"relative", with_target("x")},
        {"star with GET", with_target("*")},
        {"fragment", with_target("/a#b")},
        {"space", with_target("/a b")},
        {"byte beyond ASCII", with_target("/\xc3\xa9")},
        {"control character", with_target("/a\x7f")},
        {"dot segments", with_target("/a/../b")},
        {"encoded dot segments", with_target("/a/%2e%2E/b")},
        {"CONNECT", "CONNECT a:443 HTTP/1.1\r\nHost: a:443\r\n\r\n", 501},
    };
    for (const Case& c : cases) {
        SCOPED_TRACE(c.name);
        expect_refused(c.bytes, c.status);
    }
}

// RFC 9112 6.3 item 5, RFC 9110 8.6.
TEST_F(HostileClient, ContentLengths) {
    const std::vector<Case> cases = {
        {"two that differ", head("Content-Length: 5\r\nContent-Length: 6\r\n") + "hello!"},
        {"list that differs", head("Content-Length: 5, 6\r\n") + "hello!"},
        {"empty beside a real one", head("Content-Length: \r\nContent-Length: 5\r\n") + "hello"},
        {"empty", head("Content-Length: \r\n")},
        {"sign", head("Content-Length: +5\r\n") + "hello"},
        {"negative", head("Content-Length: -5\r\n") + "hello"},
        {"hexadecimal", head("Content-Length: 0x5\r\n") + "hello"},
        {"inner space", head("Content-Length: 5 5\r\n") + "hello"},
        {"fraction", head("Content-Length: 5.0\r\n") + "hello"},
        {"one past 64 bits", head("Content-Length: 18446744073709551616\r\n")},
        {"far past 64 bits", head("Content-Length: " + std::string(100, '9') + "\r\n")},
    };
    for (const Case& c : cases) {
        SCOPED_TRACE(c.name);
        expect_refused(c.bytes, c.status);
    }
}

// RFC 9112 6.1, 6.3 items 3 and 4.
TEST_F(HostileClient, TransferEncodings) {
    const std::string chunks = "5\r\nhello\r\n0\r\n\r\n";
    const auto coding = [&](const std::string& value) {
        return head("Transfer-Encoding: " + value + "\r\n") + chunks;
    };
    const std::vector<Case> cases = {
        {"gzip", coding("gzip"), 501},
        {"identity", coding("identity"), 501},
        {"unknown", coding("zstd"), 501},
        {"nearly chunked", coding("xchunked")},
        {"before a length", head("Transfer-Encoding: chunked\r\nContent-Length: 5\r\n") + chunks},
        {"after a length", head("Content-Length: 5\r\nTransfer-Encoding: chunked\r\n") + chunks},
        {"repeated", head("Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n") + chunks},
        {"chunked not final", coding("chunked, gzip")},
        {"chunked twice", coding("chunked, chunked")},
        {"leading comma", coding(",chunked")},
        {"trailing comma", coding("chunked,")},
        {"parameter", coding("chunked;a=b")},
        {"quoted", coding("\"chunked\"")},
        {"trailing high byte", coding("chunked\x85")},
        {"vertical tab", coding("\x0b"
                                "chunked")},
        {"empty", coding("")},
        {"in HTTP/1.0", head("Transfer-Encoding: chunked\r\n", "POST /x HTTP/1.0") + chunks},
    };
    for (const Case& c : cases) {
        SCOPED_TRACE(c.name);
        expect_refused(c.bytes, c.status);
    }
}

// RFC 9112 7.1, 7.1.1.
TEST_F(HostileClient, Chunks) {
    const auto chunked = [](const std::string& body) {
        return head("Transfer-Encoding: chunked\r\n") + body;
    };
    const std::vector<Case> cases = {
        {"size is no number", chunked("g\r\nhello\r\n0\r\n\r\n")},
        {"0x", chunked("0x5\r\nhello\r\n0\r\n\r\n")},
        {"sign", chunked("+5\r\nhello\r\n0\r\n\r\n")},
        {"negative", chunked("-5\r\nhello\r\n0\r\n\r\n")},
        {"space before", chunked(" 5\r\nhello\r\n0\r\n\r\n")},
        {"empty size", chunked("\r\nhello\r\n0\r\n\r\n")},
        {"one past 64 bits", chunked("10000000000000000\r\nhello\r\n0\r\n\r\n")},
        {"wraps to five", chunked("10000000000000005\r\nhello\r\n0\r\n\r\n")},
        {"bare LF after the size", chunked("5\nhello\r\n0\r\n\r\n")},
        {"bare LF in an extension", chunked("5;a=b\nhello\r\n0\r\n\r\n")},
        {"no CRLF after the data", chunked("5\r\nhello0\r\n\r\n")},
        {"any two bytes after the data", chunked("5\r\nhelloXX0\r\n\r\n")},
        {"LF after the data", chunked("5\r\nhello\n0\r\n\r\n")},
        {"long extension", chunked("5;" + std::string(300, 'a') + "\r\nhello\r\n0\r\n\r\n")},
        {"endless extension", chunked("5;" + std::string(100'000, 'a'))},
        {"endless size", chunked(std::string(100'000, '0'))},
        {"large trailers", chunked("0\r\nX: " + std::string(9'000, 'a') + "\r\n\r\n")},
        {"bare LF in a trailer", chunked("5\r\nhello\r\n0\r\nX: a\n\r\n")},
    };
    for (const Case& c : cases) {
        SCOPED_TRACE(c.name);
        expect_refused(c.bytes, c.status);
    }
}

// RFC 9112 3 (414), RFC 9110 5.4 (431).
TEST_F(HostileClient, Sizes) {
    std::string many;
    for (int i = 0; i < 120; ++i)
        many += "X-" + std::to_string(i) + ": a\r\n";
    const std::vector<Case> cases = {
        {"long target", with_target("/" + std::string(9 * 1024, 'a')), 414},
        {"large field", head("X: " + std::string(40 * 1024, 'a') + "\r\n"), 431},
        {"many fields", head(many), 431},
        {"many large fields", head(many + many + "X: " + std::string(30'000, 'a') + "\r\n"), 431},
        {"endless field", "GET / HTTP/1.1\r\nHost: a\r\nX: " + std::string(200'000, 'a'), 431},
    };
    for (const Case& c : cases) {
        SCOPED_TRACE(c.name);
        expect_refused(c.bytes, c.status);
    }
}

// RFC 9110 10.1.1.
TEST_F(HostileClient, UnknownExpectation) {
    expect_refused(head("Expect: 200-ok\r\nContent-Length: 0\r\n"), 417);
}

// RFC 9112 9.6: half-close and drain, lest a reset eats the answer.
TEST_F(HostileClient, CanReadTheRefusalThoughItSentMegabytes) {
    Client client = gateway_.client();
    client.send(head("Content-Length: 4000000\r\nContent-Length: 4000001\r\n") +
                std::string(4'000'000, 'x'));
    expect_refusal(client, 400);
}

TEST_F(HostileClient, GetsTheAnswersToWhatWasSoundBefore) {
    upstream_.expect("POST", "/sound").reply(200, {}, "fine");
    Client client = gateway_.client();
    client.send(format_request("POST", "/sound", {}, "hello") + "GARBAGE\r\n\r\n");
    EXPECT_EQ(client.read().body, "fine");
    EXPECT_ENVELOPE(client.read(), "invalid_request", 400, "gateway", "not_applied", false);
    EXPECT_TRUE(client.closed_by_peer());
    EXPECT_EQ(upstream_.request_count(), 1u);
}

TEST_F(HostileClient, CannotSmuggleThroughABodyThatLooksLikeARequest) {
    upstream_.expect("POST", "/outer").reply(200, {}, "outer");
    Client client = gateway_.client();
    const std::string inner = format_request("GET", "/inner");
    EXPECT_EQ(client.post("/outer", inner).body, "outer");
    EXPECT_EQ(upstream_.request_count(), 1u);
    EXPECT_EQ(upstream_.request(0).body, inner);
}

// RFC 9112 7.1.2.
TEST_F(HostileClient, TrailersAreDropped) {
    upstream_.expect("POST", "/x").reply(200, {}, "ok");
    Client client = gateway_.client();
    client.send(head("Transfer-Encoding: chunked\r\nTrailer: Host\r\n") +
                "5\r\nhello\r\n0\r\nHost: evil\r\nContent-Length: 9\r\nX-Sum: 1\r\n\r\n");
    EXPECT_EQ(client.read().body, "ok");
    const ReceivedRequest request = upstream_.request(0);
    EXPECT_EQ(request.body, "hello");
    EXPECT_FALSE(request.has_field("X-Sum"));
    EXPECT_FALSE(request.has_field("Trailer"));
}

// RFC 9110 8.6.
TEST_F(HostileClient, EqualContentLengthsBecomeOne) {
    upstream_.otherwise().reply(200, {}, "ok");
    Client client = gateway_.client();
    client.send(head("Content-Length: 5\r\nContent-Length: 5\r\n") + "hello");
    EXPECT_EQ(client.read().body, "ok");
    client.send(head("Content-Length: 5, 5\r\n") + "hello");
    EXPECT_EQ(client.read().body, "ok");
    for (const ReceivedRequest& request : upstream_.requests())
        EXPECT_EQ(request.body, "hello");
}

TEST_F(HostileClient, CodingNamesHaveNoCase) {
    upstream_.expect("POST", "/x").reply(200, {}, "ok");
    Client client = gateway_.client();
    client.send(head("Transfer-Encoding: Chunked\r\n") + "5\r\nhello\r\n0\r\n\r\n");
    EXPECT_EQ(client.read().body, "ok");
}

// RFC 9112 3.2.2.
TEST_F(HostileClient, AbsoluteFormOverridesHost) {
    upstream_.expect("GET", "/x?y").reply(200, {}, "ok");
    Client client = gateway_.client();
    client.send("GET http://cards.internal/x?y HTTP/1.1\r\nHost: other\r\n\r\n");
    EXPECT_EQ(client.read().body, "ok");
    EXPECT_EQ(upstream_.request(0).field("X-Forwarded-Host"), "cards.internal");
}

// RFC 9112 2.2.
TEST_F(HostileClient, OneEmptyLineBeforeARequestIsForgiven) {
    upstream_.expect("GET", "/").reply(200, {}, "ok");
    Client client = gateway_.client();
    client.send("\r\n" + format_request("GET", "/"));
    EXPECT_EQ(client.read().body, "ok");
}

TEST_F(HostileClient, WhoGoesAwayInTheMiddleOfAHeadLeavesNothingBehind) {
    {
        Client client = gateway_.client();
        client.send("POST /x HTTP/1.1\r\nHost: a\r\nContent-Le");
    }
    Client next = gateway_.client();
    upstream_.expect("GET", "/").reply(200, {}, "ok");
    EXPECT_EQ(next.get("/").body, "ok");
    EXPECT_EQ(upstream_.request_count(), 1u);
}

// RFC 9112 6.3 item 6, 8.
TEST_F(HostileClient, ABodyCutShortNeverReachesTheUpstreamWhole) {
    Client client = gateway_.client();
    client.send(head("Content-Length: 10\r\n") + "hello");
    client.socket().finish_writing();
    client.read_to_end();
    for (const ReceivedRequest& request : upstream_.requests())
        EXPECT_FALSE(request.complete);
}

TEST(RequestsPerConnection, AreLimitedWithoutLosingOne) {
    FakeUpstream upstream;
    RoutesSpec spec = single(upstream.port());
    spec.more = "limits: {requests_per_connection: 3}";
    Gateway gateway(spec);
    upstream.otherwise().reply(200, {}, "ok");
    Client client = gateway.client();
    for (const char* const connection : {"", "", "close"}) {
        const Response response = client.post("/charge", "{}");
        EXPECT_EQ(response.body, "ok");
        EXPECT_EQ(response.field("Connection"), connection);
    }
    EXPECT_TRUE(client.closed_by_peer());
    EXPECT_EQ(upstream.request_count(), 3u);
    EXPECT_EQ(upstream.connection_count(), 1u) << "the upstream's connection goes on";
}

// ------------------------------------------------------------ slowness

class SlowClient : public testing::Test {
  protected:
    static RoutesSpec impatient(std::uint16_t port) {
        RoutesSpec spec = single(port);
        spec.more =
            "client: {header_timeout: 300ms, body_timeout: 300ms, keepalive_timeout: 300ms}";
        return spec;
    }

    FakeUpstream upstream_;
    Gateway gateway_{impatient(upstream_.port())};
    Client client_ = gateway_.client();
};

// RFC 9110 15.5.9.
TEST_F(SlowClient, IsToldThatItsHeadTookTooLong) {
    client_.send("GET / HTTP/1.1\r\nHost: a\r\nX: ");
    EXPECT_ENVELOPE(client_.read(), "invalid_request", 408, "gateway", "not_applied", false);
    EXPECT_TRUE(client_.closed_by_peer());
}

TEST_F(SlowClient, CannotStretchTheHeadByDrippingBytes) {
    client_.send("GET / HTTP/1.1\r\nHost: a\r\nX: ");
    std::string answer;
    while (client_.socket().read_some(answer, std::chrono::milliseconds(50)) ==
           Socket::ReadStatus::timeout)
        client_.send("a");  // ends with the answer, or the test's own time limit says otherwise
    EXPECT_NE(answer.find("HTTP/1.1 408 "), std::string::npos) << answer;
}

TEST_F(SlowClient, IsToldThatItsBodyTookTooLong) {
    client_.send(head("Content-Length: 10\r\n") + "hello");
    EXPECT_ENVELOPE(client_.read(), "invalid_request", 408, "gateway", "not_applied", false);
    EXPECT_TRUE(client_.closed_by_peer());
    for (const ReceivedRequest& request : upstream_.requests())
        EXPECT_FALSE(request.complete);
}

TEST_F(SlowClient, LosesAnIdleConnectionWithoutAWord) {
    upstream_.expect("GET", "/").reply(200, {}, "ok");
    EXPECT_EQ(client_.get("/").body, "ok");
    EXPECT_TRUE(client_.closed_by_peer());
}

}  // namespace
}  // namespace errgate::test
