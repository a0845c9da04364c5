// Successes pass untouched: connections, order, framing and interim answers.
#include "support/fake_upstream.hpp"
#include "support/gateway.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace errgate::test {
namespace {

class Proxy : public testing::Test {
  protected:
    FakeUpstream upstream_;
    Gateway gateway_{single(upstream_.port())};
    Client client_ = gateway_.client();
};

TEST_F(Proxy, KeepsOneConnectionOnEachSide) {
    upstream_.otherwise().reply(200, {}, "ok");
    for (int i = 0; i < 100; ++i) {
        const Response response = client_.get("/ping");
        ASSERT_TRUE(response.complete) << response.error;
        ASSERT_EQ(response.body, "ok");
    }
    EXPECT_EQ(upstream_.request_count(), 100u);
    EXPECT_EQ(upstream_.connection_count(), 1u);
}

TEST_F(Proxy, AnswersPipelinedRequestsInOrder) {
    upstream_.expect("GET", "/1").reply(200, {}, "one");
    upstream_.expect("POST", "/2").reply(200, {}, "two");
    upstream_.expect("GET", "/3").reply(200, {}, "three");
    client_.send(format_request("GET", "/1") + format_request("POST", "/2", {}, "body") +
                 format_request("GET", "/3"));
    EXPECT_EQ(client_.read().body, "one");
    EXPECT_EQ(client_.read().body, "two");
    EXPECT_EQ(client_.read().body, "three");
    EXPECT_EQ(upstream_.request(1).body, "body");
}

// Past a number of waiting connections the gateway takes its buffers back between two requests.
TEST_F(Proxy, ServesACrowdOfConnectionsThatWaitMostOfTheTime) {
    upstream_.otherwise().reply(200, {}, "ok");
    std::vector<Client> crowd;
    for (int i = 0; i < 150; ++i)
        crowd.push_back(gateway_.client());
    for (int round = 0; round < 3; ++round) {
        for (Client& client : crowd) {
            const Response response = client.get("/ping");
            ASSERT_TRUE(response.complete) << response.error;
        }
    }
    for (Client& client : crowd)
        ASSERT_TRUE(client.send(format_request("GET", "/1") + format_request("GET", "/2")));
    for (Client& client : crowd) {
        ASSERT_TRUE(client.read().complete);
        ASSERT_TRUE(client.read().complete);
    }
    EXPECT_EQ(upstream_.request_count(), 150u * 5);
}

TEST_F(Proxy, PassesABodyWithLengthBothWays) {
    upstream_.expect("POST", "/echo").reply(200, {{"Content-Type", "text/plain"}}, "answer");
    const Response response = client_.post("/echo", "question");
    EXPECT_EQ(response.status, 200);
    EXPECT_EQ(response.body, "answer");
    EXPECT_EQ(response.framing, BodyKind::length);
    EXPECT_EQ(response.field("Content-Type"), "text/plain");
    EXPECT_EQ(upstream_.request(0).body, "question");
}

// RFC 9112 7.1.
TEST_F(Proxy, PassesAChunkedRequestBody) {
    upstream_.expect("POST", "/echo").reply(200);
    client_.send(format_request("POST", "/echo", {{"Transfer-Encoding", "chunked"}}) +
                 "4\r\nques\r\n4;ext=1\r\ntion\r\n0\r\n\r\n");
    EXPECT_EQ(client_.read().status, 200);
    EXPECT_EQ(upstream_.request(0).body, "question");
}

TEST_F(Proxy, PassesAChunkedResponseBody) {
    upstream_.expect("GET", "/list")
        .send(
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: "
            "chunked\r\n\r\n3;a=b\r\none\r\n4\r\ntwo!\r\n0\r\n\r\n");
    upstream_.expect("GET", "/next").reply(200, {}, "next");
    const Response response = client_.get("/list");
    EXPECT_TRUE(response.complete);
    EXPECT_EQ(response.body, "onetwo!");
    EXPECT_EQ(client_.get("/next").body, "next");
    EXPECT_EQ(upstream_.connection_count(), 1u);
}

// RFC 9112 7.1.2.
TEST_F(Proxy, DropsTrailersOfAResponse) {
    upstream_.expect("GET", "/list")
        .send(
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nTrailer: X-Sum\r\n\r\n"
            "3\r\none\r\n0\r\nX-Sum: 1\r\n\r\n");
    const Response response = client_.get("/list");  // strict: a trailer would be a failure
    EXPECT_EQ(response.body, "one");
    EXPECT_FALSE(response.has_field("Trailer"));
}

TEST_F(Proxy, PassesAResponseThatEndsWithTheConnection) {
    upstream_.expect("GET", "/old").send("HTTP/1.1 200 OK\r\n\r\nuntil the end").close();
    const Response response = client_.get("/old");
    EXPECT_TRUE(response.complete) << response.error;
    EXPECT_EQ(response.body, "until the end");
}

TEST_F(Proxy, PassesAnHttp10Response) {
    upstream_.expect("GET", "/old").send("HTTP/1.0 200 OK\r\nContent-Length: 3\r\n\r\nold").close();
    EXPECT_EQ(client_.get("/old").body, "old");
}

// RFC 9112 6.3 item 1.
TEST_F(Proxy, AnswersHeadWithoutBodyButWithItsLength) {
    upstream_.expect("HEAD", "/doc").reply(200, {{"Content-Length", "4711"}});
    upstream_.expect("GET", "/doc").reply(200, {}, "doc");
    const Response response = client_.request("HEAD", "/doc");
    EXPECT_EQ(response.status, 200);
    EXPECT_EQ(response.field("Content-Length"), "4711");
    EXPECT_EQ(client_.get("/doc").body, "doc");
}

// RFC 9112 6.3 item 1.
TEST_F(Proxy, Passes204WithoutBody) {
    upstream_.expect("DELETE", "/doc").reply(204);
    upstream_.expect("GET", "/doc").reply(200, {}, "doc");
    EXPECT_EQ(client_.request("DELETE", "/doc").status, 204);
    EXPECT_EQ(client_.get("/doc").body, "doc");
    EXPECT_EQ(upstream_.connection_count(), 1u);
}

// RFC 9112 6.3 item 1.
TEST_F(Proxy, Passes304WithItsValidators) {
    upstream_.expect("GET", "/doc").reply(304, {{"ETag", "\"v1\""}, {"Content-Length", "99"}});
    upstream_.expect("GET", "/doc2").reply(200, {}, "doc2");
    const Response response = client_.get("/doc", {{"If-None-Match", "\"v1\""}});
    EXPECT_EQ(response.status, 304);
    EXPECT_EQ(response.field("ETag"), "\"v1\"");
    EXPECT_EQ(upstream_.request(0).field("If-None-Match"), "\"v1\"");
    EXPECT_EQ(client_.get("/doc2").body, "doc2");
}

TEST_F(Proxy, PassesARedirectUntouched) {
    upstream_.expect("GET", "/old").reply(302, {{"Location", "/new"}}, "moved");
    const Response response = client_.get("/old");
    EXPECT_EQ(response.status, 302);
    EXPECT_EQ(response.field("Location"), "/new");
    EXPECT_EQ(response.body, "moved");
    EXPECT_FALSE(response.has_field("Errgate-Code"));
}

// RFC 9110 10.1.1.
TEST_F(Proxy, AnswersExpectContinueAtOnce) {
    upstream_.expect("POST", "/charge").reply(201, {}, "done");
    client_.send(
        format_request("POST", "/charge", {{"Expect", "100-continue"}, {"Content-Length", "4"}}));
    ReadOptions interim;
    interim.stop_after_interim = true;
    ASSERT_EQ(client_.read(interim).status, 100);  // the body has not been sent yet
    client_.send("body");
    const Response response = client_.read();
    EXPECT_EQ(response.status, 201);
    EXPECT_EQ(upstream_.request(0).body, "body");
    EXPECT_FALSE(upstream_.request(0).has_field("Expect"));
}

// RFC 9110 15.2.
TEST_F(Proxy, ForwardsEarlyHints) {
    upstream_.expect("GET", "/page")
        .send("HTTP/1.1 103 Early Hints\r\nLink: </style.css>\r\n\r\n")
        .reply(200, {}, "page");
    const Response response = client_.get("/page");
    ASSERT_EQ(response.interim.size(), 1u);
    EXPECT_EQ(response.interim[0].status, 103);
    EXPECT_EQ(first(response.interim[0].fields, "Link"), "</style.css>");
    EXPECT_EQ(response.body, "page");
}

TEST_F(Proxy, SwallowsA100OfTheUpstream) {
    upstream_.expect("POST", "/charge")
        .send("HTTP/1.1 100 Continue\r\n\r\n")
        .reply(200, {}, "done");
    const Response response = client_.post("/charge", "body");
    EXPECT_TRUE(response.interim.empty());
    EXPECT_EQ(response.body, "done");
}

// RFC 9112 9.6.
TEST_F(Proxy, ClosesWhenTheClientAsksForIt) {
    upstream_.expect("GET", "/").reply(200, {}, "bye");
    const Response response = client_.get("/", {{"Connection", "close"}});
    EXPECT_EQ(response.field("Connection"), "close");
    EXPECT_TRUE(client_.closed_by_peer());
}

// RFC 9112 9.6.
TEST_F(Proxy, HonoursCloseOfTheUpstreamWithoutTellingTheClient) {
    upstream_.expect("GET", "/1").reply(200, {{"Connection", "close"}}, "one");
    upstream_.expect("GET", "/2").reply(200, {}, "two");
    EXPECT_EQ(client_.get("/1").body, "one");
    EXPECT_EQ(client_.get("/2").body, "two");
    EXPECT_EQ(upstream_.connection_count(), 2u);
}

TEST_F(Proxy, NoticesThatAnIdleUpstreamConnectionWasClosed) {
    upstream_.expect("GET", "/1").reply(200, {}, "one").close();
    upstream_.expect("POST", "/2").reply(200, {}, "two");
    EXPECT_EQ(client_.get("/1").body, "one");
    ASSERT_TRUE(upstream_.wait_for_closed(0));
    EXPECT_EQ(client_.post("/2", "x").body, "two");
}

TEST_F(Proxy, ServesManyClientsAtOnce) {
    upstream_.otherwise().reply(200, {}, "ok");
    std::vector<Client> clients;
    for (int i = 0; i < 50; ++i)
        clients.push_back(gateway_.client());
    for (Client& client : clients)
        client.send(format_request("GET", "/"));
    for (Client& client : clients)
        EXPECT_EQ(client.read().body, "ok");
}

// ------------------------------------------------------------ HTTP/1.0 clients

ReadOptions http10() {
    ReadOptions options;
    options.version = 10;
    return options;
}

TEST_F(Proxy, ServesAnHttp10Client) {
    upstream_.expect("GET", "/").reply(200, {}, "ok");
    client_.send("GET / HTTP/1.0\r\n\r\n");
    const Response response = client_.read(http10());
    EXPECT_EQ(response.body, "ok");
    EXPECT_TRUE(response.complete);
    EXPECT_TRUE(client_.closed_by_peer());
}

// RFC 9112 6.1.
TEST_F(Proxy, GivesAnHttp10ClientAChunkedResponseWithoutChunks) {
    upstream_.expect("GET", "/")
        .send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\none\r\n0\r\n\r\n");
    client_.send("GET / HTTP/1.0\r\nHost: pay.internal\r\n\r\n");
    const Response response = client_.read(http10());
    EXPECT_EQ(response.body, "one");
    EXPECT_TRUE(response.complete);
}

// RFC 9110 15.2.
TEST_F(Proxy, SendsNoInterimResponseToAnHttp10Client) {
    upstream_.expect("GET", "/").send("HTTP/1.1 103 Early Hints\r\n\r\n").reply(200, {}, "ok");
    client_.send("GET / HTTP/1.0\r\nHost: pay.internal\r\n\r\n");
    const Response response = client_.read(http10());
    EXPECT_TRUE(response.interim.empty());
    EXPECT_EQ(response.body, "ok");
}

}  // namespace
}  // namespace errgate::test
