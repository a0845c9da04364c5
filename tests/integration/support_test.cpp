// The instruments themselves: a strict reader that were lenient would prove nothing.
#include "support/client.hpp"
#include "support/fake_upstream.hpp"
#include "support/gateway.hpp"
#include "support/pattern.hpp"

#include <gtest/gtest-spi.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace errgate::test {
namespace {

struct BadHead {
    std::string name;
    std::string bytes;
};

TEST(StrictRequestHead, RefusesWhatCouldBeReadInTwoWays) {
    const std::vector<BadHead> cases = {
        {"bare LF", "GET / HTTP/1.1\nHost: a\n\n"},
        {"one bare LF", "GET / HTTP/1.1\r\nHost: a\nX: b\r\n\r\n"},
        {"no Host", "GET / HTTP/1.1\r\n\r\n"},
        {"two Hosts", "GET / HTTP/1.1\r\nHost: a\r\nHost: a\r\n\r\n"},
        {"two lengths",
         "GET / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nContent-Length: 1\r\n\r\n"},
        {"length and coding",
         "GET / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n"},
        {"odd coding", "GET / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: gzip, chunked\r\n\r\n"},
        {"signed length", "GET / HTTP/1.1\r\nHost: a\r\nContent-Length: +1\r\n\r\n"},
        {"folding", "GET / HTTP/1.1\r\nHost: a\r\n b\r\n\r\n"},
        {"space before colon", "GET / HTTP/1.1\r\nHost : a\r\n\r\n"},
        {"two spaces", "GET  / HTTP/1.1\r\nHost: a\r\n\r\n"},
        {"version 1.0", "GET / HTTP/1.0\r\nHost: a\r\n\r\n"},
        {"byte beyond ASCII in the target", "GET /\xe9 HTTP/1.1\r\nHost: a\r\n\r\n"},
    };
    for (const BadHead& c : cases)
        EXPECT_FALSE(parse_request_head(c.bytes).error.empty()) << c.name;
}

TEST(StrictRequestHead, ReadsAProperOne) {
    const std::string bytes = format_request("POST", "/x?y", {{"X-A", "1"}}, "body");
    const HeadResult result = parse_request_head(bytes);
    ASSERT_TRUE(result.head) << result.error;
    EXPECT_EQ(result.head->method, "POST");
    EXPECT_EQ(result.head->target, "/x?y");
    EXPECT_EQ(result.head->length, 4u);
    EXPECT_EQ(bytes.substr(result.head->size), "body");
    for (std::size_t cut = 0; cut < result.head->size; ++cut) {
        const HeadResult part = parse_request_head(std::string_view(bytes).substr(0, cut));
        EXPECT_FALSE(part.head || !part.error.empty()) << cut;
    }
}

TEST(StrictBody, RefusesMalformedChunks) {
    for (const std::string bytes :
         {"g\r\n", "5\n", "0x5\r\n", "5;a=b\r\n", " 5\r\n", "5\r\nhelloX\r\n", "0\r\nX: a\r\n\r\n",
          "10000000000000000\r\n"}) {
        BodyReader reader(BodyKind::chunked, 0);
        std::string body;
        reader.feed(bytes, body);
        EXPECT_FALSE(reader.error().empty()) << bytes;
    }
}

TEST(StrictBody, ReadsChunksByteByByteAndStopsAtTheEnd) {
    const std::string bytes = "5\r\nhello\r\n1\r\n!\r\n0\r\n\r\nnext";
    BodyReader reader(BodyKind::chunked, 0);
    std::string body;
    std::size_t used = 0;
    for (const char& byte : bytes)
        used += reader.feed({&byte, 1}, body);
    EXPECT_EQ(body, "hello!");
    EXPECT_TRUE(reader.done());
    EXPECT_EQ(bytes.substr(used), "next");
}

TEST(Pattern, ShowsAShift) {
    EXPECT_TRUE(matches_pattern(70'000, pattern(0, 80'000).substr(70'000)));
    EXPECT_FALSE(matches_pattern(65'536, pattern(0, 4'096)));
}

TEST(Metrics, SumsTheSamplesWithTheseLabels) {
    const std::string text =
        "# HELP a_total Help.\n# TYPE a_total counter\n"
        "a_total{code=\"x\",route=\"r\"} 2\na_total{route=\"r\",code=\"y\"} 3\nab_total 7\n";
    EXPECT_EQ(sample(text, "a_total"), 5);
    EXPECT_EQ(sample(text, "a_total", {{"code", "y"}}), 3);
    EXPECT_EQ(sample(text, "a_total", {{"code", "z"}}), 0);
}

TEST(ScriptedUpstream, AnswersAsToldAndRemembers) {
    FakeUpstream upstream;
    upstream.expect("POST", "/a").reply(503, {{"X-B", "c"}}, "later");
    Client client(upstream.port());
    const Response response = client.post("/a", "now");
    EXPECT_EQ(response.status, 503);
    EXPECT_EQ(response.field("x-b"), "c");
    EXPECT_EQ(response.body, "later");
    EXPECT_EQ(upstream.request(0).body, "now");
}

TEST(ScriptedUpstream, TellsOfARequestNobodyExpected) {
    EXPECT_NONFATAL_FAILURE_ON_ALL_THREADS(
        {
            FakeUpstream upstream;
            Client client(upstream.port());
            client.send(format_request("GET", "/surprise"));
            client.read_to_end();
        },
        "nobody expected");
}

TEST(ScriptedUpstream, TellsOfAnExpectationThatWasNotMet) {
    EXPECT_NONFATAL_FAILURE(
        {
            FakeUpstream upstream;
            upstream.expect("GET", "/never");
        },
        "never received");
}

TEST(Blackhole, NeitherAcceptsNorRefuses) {
    const Blackhole blackhole;
    EXPECT_FALSE(Socket::connect_to(blackhole.port(), std::chrono::milliseconds(100)).open());
    EXPECT_FALSE(Socket::connect_to(refused_port()).open());
}

}  // namespace
}  // namespace errgate::test
