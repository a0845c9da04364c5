// What RFC 9110 and RFC 9112 ask of a gateway where no other test is about it; a comment over each
// test names the section, here and in the tests of hostile peers, fields and retries.
#include "support/envelope.hpp"
#include "support/fake_upstream.hpp"
#include "support/gateway.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace errgate::test {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::StartsWith;

ReadOptions http10() {
    ReadOptions options;
    options.version = 10;
    return options;
}

class Rfc : public testing::Test {
  protected:
    static RoutesSpec routes(std::uint16_t port) {
        RoutesSpec spec = single(port, "license_pos", "retry: {attempts: 1}");
        spec.routes[0].match = "path_prefix: /pay";
        spec.upstreams[0].more = "circuit_breaker: {enabled: false}";
        return spec;
    }
    // A response that must not be relayed: it goes no further than here.
    void expect_invalid(const std::string& response) {
        SCOPED_TRACE(response);
        upstream_.expect("GET", "/pay").send(response).close();
        Client client = gateway_.client();
        EXPECT_ENVELOPE(client.get("/pay"), "invalid_upstream_response", 502, "gateway", "unknown",
                        true);
    }

    FakeUpstream upstream_;
    Gateway gateway_{routes(upstream_.port())};
    Client client_ = gateway_.client();
};

// ------------------------------------------------------------ RFC 9112, messages

// RFC 9112 2.3: a message that is forwarded carries the version of who forwards it.
TEST_F(Rfc, VersionsAreItsOwnInBothDirections) {
    upstream_.expect("GET", "/pay").send("HTTP/1.0 200 OK\r\nContent-Length: 2\r\n\r\nok").close();
    client_.send("GET /pay HTTP/1.0\r\nHost: a\r\n\r\n");
    EXPECT_THAT(client_.read_to_end(), StartsWith("HTTP/1.1 200 OK\r\n"));
    EXPECT_THAT(upstream_.received(0), StartsWith("GET /pay HTTP/1.1\r\n"));
}

// RFC 9112 3: request lines of at least 8000 octets should be read.
TEST_F(Rfc, TargetsOf8000OctetsPass) {
    const std::string target = "/pay?" + std::string(7'995, 'q');
    upstream_.expect("GET", target).reply(200, {}, "ok");
    EXPECT_EQ(client_.get(target).body, "ok");
}

// RFC 9112 3.2.2: the authority of an absolute-form replaces Host; upstream goes the origin-form.
TEST_F(Rfc, AbsoluteFormBecomesOriginForm) {
    upstream_.expect("GET", "/pay?x=http://b/").reply(200, {}, "ok");
    client_.send("GET HTTP://pay.internal:81/pay?x=http://b/ HTTP/1.1\r\nHost: evil\r\n\r\n");
    EXPECT_EQ(client_.read().body, "ok");
    const ReceivedRequest request = upstream_.request(0);
    EXPECT_THAT(all(request.fields, "Host"),
                ElementsAre("127.0.0.1:" + std::to_string(upstream_.port())));
    EXPECT_EQ(request.field("X-Forwarded-Host"), "pay.internal:81");
}

// RFC 9112 5.1: a response with white space before a colon is never forwarded with it.
TEST_F(Rfc, SpaceBeforeAColonOfAResponseGoesNoFurther) {
    expect_invalid("HTTP/1.1 200 OK\r\nContent-Length : 5\r\n\r\nhello");
    expect_invalid("HTTP/1.1 200 OK\r\nX-Note\t: 5\r\nContent-Length: 0\r\n\r\n");
}

// RFC 9112 6.1: Transfer-Encoding in HTTP/1.0 is faulty framing; 6.3 item 4: a coding that is not
// chunked would last until the close, and we decode no other.
TEST_F(Rfc, TransferEncodingsOfAResponseOtherThanChunkedGoNoFurther) {
    expect_invalid("HTTP/1.0 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n");
    expect_invalid("HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip\r\n\r\nok");
    expect_invalid("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked, gzip\r\n\r\nok");
    expect_invalid(
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n"
        "2\r\nok\r\n0\r\n\r\n");
}

// RFC 9112 6.1: no Transfer-Encoding in a 204; 6.3 item 1: and no body, whatever the fields say.
TEST_F(Rfc, ABodilessAnswerHasNoFraming) {
    for (const std::string framing : {"Transfer-Encoding: chunked\r\n", "Content-Length: 7\r\n"}) {
        SCOPED_TRACE(framing);
        upstream_.expect("DELETE", "/pay").send("HTTP/1.1 204 No Content\r\n" + framing + "\r\n");
        upstream_.expect("GET", "/pay").reply(200, {}, "ok");
        EXPECT_EQ(client_.request("DELETE", "/pay").status, 204);  // strict: framing would fail
        EXPECT_EQ(client_.get("/pay").body, "ok");
    }
}

// RFC 9112 6.3 item 5, RFC 9110 8.6: equal lengths of a response become one.
TEST_F(Rfc, EqualLengthsOfAResponseBecomeOne) {
    for (const std::string lengths :
         {"Content-Length: 2, 2\r\n", "Content-Length: 2\r\nContent-Length: 2\r\n"}) {
        upstream_.expect("GET", "/pay").send("HTTP/1.1 200 OK\r\n" + lengths + "\r\nok");
        EXPECT_THAT(all(client_.get("/pay").fields, "Content-Length"), ElementsAre("2"));
    }
}

// RFC 9112 7.1.1, 7.1.2: unknown extensions are ignored, trailers become no header fields.
TEST_F(Rfc, ExtensionsAndTrailersEndHere) {
    upstream_.expect("POST", "/pay").reply(200, {}, "ok");
    client_.send(
        "POST /pay HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"
        "5;name=value;other=\"quoted\"\r\nhello\r\n0;last\r\nAuthorization: evil\r\n"
        "Transfer-Encoding: chunked\r\n\r\n");
    EXPECT_EQ(client_.read().body, "ok");
    const ReceivedRequest request = upstream_.request(0);
    EXPECT_EQ(request.body, "hello");
    EXPECT_FALSE(request.has_field("Authorization"));
    EXPECT_EQ(upstream_.request_count(), 1U);
}

// ------------------------------------------------------------ RFC 9112, connections

// RFC 9112 9.3: a proxy keeps no connection with an HTTP/1.0 client.
TEST_F(Rfc, AnHttp10ConnectionEndsWithItsAnswer) {
    upstream_.expect("GET", "/pay").reply(200, {}, "ok");
    client_.send("GET /pay HTTP/1.0\r\nHost: a\r\nConnection: keep-alive\r\n\r\n");
    const Response response = client_.read(http10());
    EXPECT_EQ(response.body, "ok");
    EXPECT_EQ(response.field("Connection"), "close");
    EXPECT_TRUE(client_.closed_by_peer());
}

// RFC 9112 9.3: the body of a request that nobody wanted is never read as the next request.
TEST_F(Rfc, ABodyNobodyWantedIsNoRequest) {
    const std::string inner = format_request("GET", "/pay");
    client_.send(format_request("POST", "/nowhere", {}, inner));
    EXPECT_EQ(client_.read().status, 404);
    client_.send(format_request("POST", "/nowhere", {{"Connection", "close"}}, inner));
    client_.read_to_end();
    EXPECT_EQ(upstream_.request_count(), 0U);
}

// RFC 9112 9.6: after a request with `Connection: close`, nothing on that connection is processed.
TEST_F(Rfc, NothingIsProcessedAfterClose) {
    upstream_.expect("GET", "/pay").reply(200, {}, "ok");
    client_.send(format_request("GET", "/pay", {{"Connection", "close"}}) +
                 format_request("POST", "/pay", {}, "{}"));
    EXPECT_EQ(client_.read().body, "ok");
    EXPECT_TRUE(client_.closed_by_peer());
    EXPECT_EQ(upstream_.request_count(), 1U);
}

// ------------------------------------------------------------ RFC 9110

// RFC 9110 7.6.1: Connection takes fields of one hop along, but never the framing or the target.
TEST_F(Rfc, ConnectionCannotTakeTheFramingAway) {
    upstream_.otherwise().reply(200, {}, "ok");
    for (const std::string framing :
         {"Content-Length: 5\r\n\r\nhello",
          "Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n"}) {
        client_.send(
            "POST /pay HTTP/1.1\r\nHost: a\r\nX-Secret: 1\r\n"
            "Connection: Content-Length, Transfer-Encoding, Host, X-Secret\r\n" +
            framing);
        EXPECT_EQ(client_.read().body, "ok");
        const ReceivedRequest request = upstream_.last_request();
        EXPECT_EQ(request.body, "hello");
        EXPECT_FALSE(request.has_field("X-Secret"));
    }
}

// RFC 9110 7.7: no-transform is about content that is passed on. The envelope is an answer of our
// own; who must see the provider's says `errors.mode: annotate`, which touches no byte of it.
TEST_F(Rfc, NoTransformDoesNotLetAnErrorThrough) {
    upstream_.expect("GET", "/pay")
        .reply(402, {{"Cache-Control", "no-transform"}, {"Content-Type", "text/plain"}}, "raw");
    const Response response = client_.get("/pay");
    EXPECT_EQ(response.json().value("status", 0), response.status);
    EXPECT_EQ(response.field("Cache-Control"), "no-store");
}

// RFC 9110 10.1.1: ignored in HTTP/1.0, where 15.2 forbids an interim answer.
TEST_F(Rfc, AnHttp10ClientIsNotToldToContinue) {
    upstream_.expect("POST", "/pay").reply(200, {}, "ok");
    client_.send(
        "POST /pay HTTP/1.0\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n{}");
    const Response response = client_.read(http10());
    EXPECT_TRUE(response.interim.empty());
    EXPECT_EQ(response.body, "ok");
}

// RFC 9110 10.1.1: who gets a final answer instead of 100 may or may not send the body, so that
// what comes next cannot be read.
TEST_F(Rfc, AFinalAnswerInsteadOf100EndsTheConnection) {
    client_.send(
        format_request("POST", "/nowhere", {{"Expect", "100-continue"}, {"Content-Length", "4"}}));
    ReadOptions options;
    options.stop_after_interim = true;
    const Response response = client_.read(options);
    if (response.status == 100) {
        client_.send("body");
        EXPECT_EQ(client_.read().status, 404);
        return;
    }
    EXPECT_EQ(response.status, 404);
    EXPECT_EQ(response.field("Connection"), "close");
    client_.send(format_request("GET", "/pay"));
    EXPECT_TRUE(client_.closed_by_peer());
    EXPECT_EQ(upstream_.request_count(), 0U);
}

// RFC 9110 15.5.20: a proxy generates no 421, not even to replace a provider's.
TEST_F(Rfc, NoAnswerOfItsOwnIs421) {
    upstream_.expect("GET", "/pay").reply(421, {}, "");
    const Response response = client_.get("/pay");
    EXPECT_NE(response.status, 421);
    EXPECT_EQ(response.json()["provider"].value("status", 0), 421);
}

}  // namespace
}  // namespace errgate::test
