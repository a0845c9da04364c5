// The heads we send, byte for byte.
#include "http/head_writer.hpp"

#include "http/head_parser.hpp"
#include "judge.hpp"

#include <gtest/gtest.h>

#include <array>
#include <string>
#include <string_view>

namespace errgate::http {
namespace {

// A client request and what is to become of it.
struct Upstream {
    std::string raw;
    RequestParser parser;
    std::string_view target = "/charges";
    Framing framing;
    std::string_view traceparent = {};
    bool keep_tracestate = true;
    std::string_view idempotency_header = {};
    std::string_view idempotency_key = {};
    FieldEdits edits;

    explicit Upstream(std::string text) : raw(std::move(text)) {
        EXPECT_EQ(parser.feed(raw).status, ParseStatus::complete) << raw;
    }

    std::string write() const {
        std::array<char, 4096> buffer;
        base::Writer out(buffer);
        put_upstream_request_head(out, {.client = parser.head(),
                                        .target_prefix = "/v1",
                                        .target = target,
                                        .host = "api.example",
                                        .framing = framing,
                                        .request_id = "req_1",
                                        .traceparent = traceparent,
                                        .keep_tracestate = keep_tracestate,
                                        .client_address = "192.0.2.1",
                                        .forwarded_proto = "https",
                                        .forwarded_host = "pay.internal",
                                        .idempotency_header = idempotency_header,
                                        .idempotency_key = idempotency_key,
                                        .edits = &edits});
        EXPECT_TRUE(out.ok());
        return std::string(out.view());
    }
};

std::size_t times(std::string_view text, std::string_view piece) {
    std::size_t n = 0;
    for (std::size_t at = 0; (at = text.find(piece, at)) != std::string_view::npos; ++at)
        ++n;
    return n;
}
bool has_line(const std::string& head, const std::string& line) {
    return times(head, "\r\n" + line + "\r\n") == 1;
}

TEST(UpstreamHead, is_written_from_an_allow_list) {
    Upstream request(
        "POST /kira/charges HTTP/1.1\r\nHost: pay.internal\r\nContent-Length: 5, 5\r\n"
        "Connection: x-hop\r\nX-Hop: 1\r\nAccept: */*\r\nX-Two: a\r\nX-Two: b\r\n\r\n");
    request.framing = {BodyKind::length, 5};
    EXPECT_EQ(request.write(),
              "POST /v1/charges HTTP/1.1\r\n"
              "Host: api.example\r\n"
              "Content-Length: 5\r\n"
              "X-Request-Id: req_1\r\n"
              "Via: 1.1 errgate\r\n"
              "X-Forwarded-For: 192.0.2.1\r\n"
              "X-Forwarded-Proto: https\r\n"
              "X-Forwarded-Host: pay.internal\r\n"
              "Accept: */*\r\n"
              "X-Two: a\r\n"
              "X-Two: b\r\n"
              "\r\n");
}

TEST(UpstreamHead, declares_exactly_one_framing) {
    Upstream request("POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n");
    request.framing = {BodyKind::chunked, 0};
    EXPECT_TRUE(has_line(request.write(), "Transfer-Encoding: chunked"));
    EXPECT_EQ(times(request.write(), "Content-Length"), 0u);
    request.framing = {BodyKind::length, 7};
    EXPECT_TRUE(has_line(request.write(), "Content-Length: 7"));
    EXPECT_EQ(times(request.write(), "Transfer-Encoding"), 0u);
}

// RFC 9110 8.6.
TEST(UpstreamHead, tells_length_0_where_content_is_expected) {
    EXPECT_TRUE(has_line(Upstream("POST / HTTP/1.1\r\n\r\n").write(), "Content-Length: 0"));
    EXPECT_TRUE(has_line(Upstream("PATCH / HTTP/1.1\r\n\r\n").write(), "Content-Length: 0"));
    EXPECT_EQ(times(Upstream("DELETE / HTTP/1.1\r\n\r\n").write(), "Content-Length"), 0u);
}

TEST(UpstreamHead, speaks_1_1_to_the_upstream_whatever_the_client_spoke) {
    const std::string head =
        Upstream("GET / HTTP/1.0\r\nConnection: keep-alive\r\nKeep-Alive: 5\r\n\r\n").write();
    EXPECT_TRUE(head.starts_with("GET /v1/charges HTTP/1.1\r\n"));
    EXPECT_TRUE(has_line(head, "Via: 1.0 errgate"));
    EXPECT_EQ(times(head, "Connection"), 0u);
    EXPECT_EQ(times(head, "Keep-Alive"), 0u);
}

TEST(UpstreamHead, sends_the_asterisk_without_the_base_path) {
    Upstream request("OPTIONS * HTTP/1.1\r\nHost: x\r\n\r\n");
    request.target = "*";
    EXPECT_TRUE(request.write().starts_with("OPTIONS * HTTP/1.1\r\n"));
}

TEST(UpstreamHead, keeps_a_query_that_stripping_left_alone_apart_from_the_base_path) {
    Upstream request("GET /kira?id=1 HTTP/1.1\r\nHost: x\r\n\r\n");
    request.target = "?id=1";
    EXPECT_TRUE(request.write().starts_with("GET /v1/?id=1 HTTP/1.1\r\n"));
}

TEST(UpstreamHead, keeps_the_spelling_of_extension_methods) {
    EXPECT_TRUE(Upstream("Mkthing / HTTP/1.1\r\n\r\n").write().starts_with("Mkthing /v1/"));
}

TEST(UpstreamHead, continues_forwarding_lists_and_replaces_claims) {
    const std::string head =
        Upstream(
            "GET / HTTP/1.1\r\nX-Forwarded-For: 10.0.0.1\r\nx-forwarded-for: 10.0.0.2, 10.0.0.3\r\n"
            "X-Forwarded-Proto: gopher\r\nX-Forwarded-Host: evil\r\nVia: 1.0 a\r\nVia: 1.1 b\r\n"
            "\r\n")
            .write();
    EXPECT_TRUE(has_line(head, "X-Forwarded-For: 10.0.0.1, 10.0.0.2, 10.0.0.3, 192.0.2.1"));
    EXPECT_TRUE(has_line(head, "X-Forwarded-Proto: https"));
    EXPECT_TRUE(has_line(head, "X-Forwarded-Host: pay.internal"));
    EXPECT_TRUE(has_line(head, "Via: 1.0 a, 1.1 b, 1.1 errgate"));
    EXPECT_EQ(times(head, "gopher") + times(head, "evil"), 0u);
}

TEST(UpstreamHead, replaces_the_trace_parent_and_keeps_the_state) {
    Upstream request(
        "GET / HTTP/1.1\r\ntraceparent: theirs\r\ntracestate: a=b\r\nX-Request-Id: theirs\r\n\r\n");
    request.traceparent = "00-ours";
    EXPECT_TRUE(has_line(request.write(), "traceparent: 00-ours"));
    EXPECT_TRUE(has_line(request.write(), "tracestate: a=b"));
    EXPECT_EQ(times(request.write(), "theirs"), 0u);
}

// W3C Trace Context 3.3: without a valid traceparent there is no tracestate.
TEST(UpstreamHead, drops_a_trace_state_that_belongs_to_nothing) {
    Upstream request("GET / HTTP/1.1\r\ntracestate: a=b\r\n\r\n");
    EXPECT_EQ(times(request.write(), "tracestate"), 0u);
    request.traceparent = "00-ours";
    request.keep_tracestate = false;
    EXPECT_EQ(times(request.write(), "tracestate"), 0u);
}

TEST(UpstreamHead, adds_a_minted_idempotency_key_once) {
    Upstream request("POST / HTTP/1.1\r\nidempotency-key:\r\n\r\n");
    request.idempotency_header = "Idempotency-Key";
    request.idempotency_key = "key-1";
    EXPECT_TRUE(has_line(request.write(), "Idempotency-Key: key-1"));
    EXPECT_EQ(times(request.write(), "dempotency-"), 1u);
}

TEST(UpstreamHead, applies_the_routes_edits) {
    Upstream request("GET / HTTP/1.1\r\nauthorization: mine\r\nCookie: a\r\nCOOKIE: b\r\n\r\n");
    request.edits.set = {{"Authorization", "Bearer theirs"}, {"X-Forwarded-Proto", "http"}};
    request.edits.remove = {"cookie", "X-Forwarded-For"};
    const std::string head = request.write();
    EXPECT_TRUE(has_line(head, "Authorization: Bearer theirs"));
    EXPECT_TRUE(has_line(head, "X-Forwarded-Proto: http"));
    EXPECT_EQ(times(head, "mine") + times(head, "ookie") + times(head, "https"), 0u);
    EXPECT_EQ(times(head, "X-Forwarded-For"), 0u);
}

TEST(UpstreamHead, never_lets_edits_touch_framing_or_identity) {
    Upstream request("POST / HTTP/1.1\r\nHost: x\r\n\r\n");
    request.framing = {BodyKind::length, 3};
    request.edits.set = {{"content-length", "9"},
                         {"Transfer-Encoding", "chunked"},
                         {"Host", "evil"},
                         {"Connection", "close"},
                         {"X-Request-Id", "req_evil"}};
    request.edits.remove = {"Content-Length", "Host", "X-Request-Id"};
    const std::string head = request.write();
    EXPECT_TRUE(has_line(head, "Content-Length: 3"));
    EXPECT_TRUE(has_line(head, "Host: api.example"));
    EXPECT_TRUE(has_line(head, "X-Request-Id: req_1"));
    EXPECT_EQ(times(head, "evil") + times(head, "chunked") + times(head, "Connection"), 0u);
}

TEST(UpstreamHead, says_when_it_does_not_fit) {
    RequestParser parser;
    ASSERT_EQ(parser.feed("GET / HTTP/1.1\r\n\r\n").status, ParseStatus::complete);
    std::array<char, 40> buffer;
    base::Writer out(buffer);
    const UpstreamRequestHead parts{.client = parser.head(),
                                    .target_prefix = "",
                                    .target = "/",
                                    .host = "api.example",
                                    .framing = {},
                                    .request_id = "req_1",
                                    .traceparent = {},
                                    .client_address = {},
                                    .forwarded_proto = {},
                                    .forwarded_host = {},
                                    .idempotency_header = {},
                                    .idempotency_key = {}};
    put_upstream_request_head(out, parts);
    EXPECT_FALSE(out.ok());
}

// An upstream response and what is to become of it.
struct Client {
    std::string raw;
    ResponseParser parser;
    Framing framing;
    bool declare_length = false;
    bool keep_alive = true;
    int client_version = 11;
    FieldEdits edits;
    std::string_view annotations = {};

    explicit Client(std::string text) : raw(std::move(text)) {
        EXPECT_EQ(parser.feed(raw).status, ParseStatus::complete) << raw;
    }

    std::string write() const {
        std::array<char, 4096> buffer;
        base::Writer out(buffer);
        put_client_response_head(out, {.upstream = parser.head(),
                                       .framing = framing,
                                       .declare_length = declare_length,
                                       .request_id = "req_1",
                                       .keep_alive = keep_alive,
                                       .client_version = client_version,
                                       .date = "Sun, 06 Nov 1994 08:49:37 GMT",
                                       .edits = &edits,
                                       .annotations = annotations});
        EXPECT_TRUE(out.ok());
        return std::string(out.view());
    }
};

TEST(ClientHead, is_written_from_an_allow_list) {
    Client response(
        "HTTP/1.0 201 Made\r\nContent-Length: 3\r\nContent-Length: 3\r\nX-Request-Id: theirs\r\n"
        "Connection: keep-alive, X-Hop\r\nX-Hop: 1\r\nSet-Cookie: a\r\nSet-Cookie: b\r\n"
        "Via: 1.1 cdn\r\n\r\n");
    response.framing = {BodyKind::length, 3};
    EXPECT_EQ(response.write(),
              "HTTP/1.1 201 Made\r\n"
              "Content-Length: 3\r\n"
              "X-Request-Id: req_1\r\n"
              "Set-Cookie: a\r\n"
              "Set-Cookie: b\r\n"
              "Via: 1.1 cdn\r\n"
              "Date: Sun, 06 Nov 1994 08:49:37 GMT\r\n"
              "\r\n");
}

TEST(ClientHead, keeps_the_upstreams_date) {
    const std::string head = Client("HTTP/1.1 200 OK\r\ndate: then\r\n\r\n").write();
    EXPECT_TRUE(has_line(head, "date: then"));
    EXPECT_EQ(times(head, "Date"), 0u);
}

TEST(ClientHead, replaces_an_empty_or_unclean_reason) {
    EXPECT_TRUE(
        Client("HTTP/1.1 402\r\n\r\n").write().starts_with("HTTP/1.1 402 Payment Required"));
    EXPECT_TRUE(Client("HTTP/1.1 200 \xff\r\n\r\n").write().starts_with("HTTP/1.1 200 OK\r\n"));
}

TEST(ClientHead, says_whether_the_connection_stays) {
    Client response("HTTP/1.1 200 OK\r\n\r\n");
    response.framing = {BodyKind::length, 0};
    EXPECT_EQ(times(response.write(), "Connection"), 0u);
    response.client_version = 10;
    EXPECT_TRUE(has_line(response.write(), "Connection: keep-alive"));
    response.keep_alive = false;
    EXPECT_TRUE(has_line(response.write(), "Connection: close"));
}

TEST(ClientHead, a_body_until_close_closes) {
    Client response("HTTP/1.1 200 OK\r\n\r\n");
    response.framing = {BodyKind::until_close, 0};
    EXPECT_TRUE(has_line(response.write(), "Connection: close"));
    EXPECT_EQ(times(response.write(), "Content-Length"), 0u);
}

TEST(ClientHead, tells_the_length_of_a_body_that_does_not_follow) {
    Client head("HTTP/1.1 200 OK\r\nContent-Length: 42\r\n\r\n");
    head.declare_length = true;
    EXPECT_TRUE(has_line(head.write(), "Content-Length: 42"));
    Client doubtful("HTTP/1.1 304 Not Modified\r\nETag: x\r\n\r\n");
    doubtful.declare_length = true;
    EXPECT_EQ(times(doubtful.write(), "Content-Length"), 0u);
    Client empty("HTTP/1.1 204 No Content\r\nContent-Length: 4\r\n\r\n");
    EXPECT_EQ(times(empty.write(), "Content-Length"), 0u);
    empty.declare_length = true;  // RFC 9110 8.6: never in a 204
    EXPECT_EQ(times(empty.write(), "Content-Length"), 0u);
}

TEST(ClientHead, applies_the_routes_edits) {
    Client response("HTTP/1.1 200 OK\r\nServer: x\r\nDate: then\r\n\r\n");
    response.framing = {BodyKind::length, 1};
    response.edits.set = {{"X-Set", "1"}, {"Content-Length", "9"}};
    response.edits.remove = {"server", "Date"};
    EXPECT_EQ(response.write(),
              "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nX-Request-Id: req_1\r\nX-Set: 1\r\n\r\n");
}

TEST(ClientHead, annotations_replace_the_upstreams) {
    Client response("HTTP/1.1 404 No\r\nErrgate-Code: theirs\r\nDate: then\r\n\r\n");
    response.framing = {BodyKind::length, 1};
    response.annotations = "Errgate-Code: not_found\r\n";
    EXPECT_EQ(response.write(),
              "HTTP/1.1 404 No\r\nContent-Length: 1\r\nX-Request-Id: req_1\r\n"
              "Errgate-Code: not_found\r\nDate: then\r\n\r\n");
}

TEST(InterimHead, is_filtered_and_unframed) {
    ResponseParser parser;
    ASSERT_EQ(parser
                  .feed("HTTP/1.1 103 Early Hints\r\nLink: </a>\r\nConnection: x\r\nX: 1\r\n"
                        "Content-Length: 3\r\n\r\n")
                  .status,
              ParseStatus::complete);
    std::array<char, 256> buffer;
    base::Writer out(buffer);
    put_interim_head(out, parser.head());
    EXPECT_EQ(out.view(), "HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n");
}

TEST(FailureFields, are_what_survives_and_what_the_route_adds) {
    ResponseParser parser;
    ASSERT_EQ(parser
                  .feed("HTTP/1.1 429 Slow Down\r\nDate: then\r\nContent-Type: text/html\r\n"
                        "RateLimit-Reset: 3\r\nServer: x\r\nRetry-After: 3\r\n\r\n")
                  .status,
              ParseStatus::complete);
    const FieldEdits edits{{{"X-Set", "1"}, {"Content-Length", "9"}}, {"server"}};
    std::array<char, 256> buffer;
    base::Writer out(buffer);
    put_failure_fields(out, &parser.head(), &edits);
    EXPECT_EQ(out.view(), "RateLimit-Reset: 3\r\nX-Set: 1\r\n");
    base::Writer without_upstream(buffer);
    put_failure_fields(without_upstream, nullptr, &edits);
    EXPECT_EQ(without_upstream.view(), "X-Set: 1\r\n");
}

TEST(StatusLine, has_the_standard_reason) {
    std::array<char, 64> buffer;
    base::Writer out(buffer);
    put_status_line(out, 503);
    EXPECT_EQ(out.view(), "HTTP/1.1 503 Service Unavailable\r\n");
}

// What we write must be beyond our own reproach.
TEST(UpstreamHead, passes_our_own_guard) {
    Upstream request(
        "POST /a HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\ncontent_length: 4\r\n"
        "Expect: 100-continue\r\nTE: trailers\r\nTrailer: A\r\nUpgrade: h2c\r\n"
        "Proxy-Authorization: b\r\n\r\n");
    request.framing = {BodyKind::chunked, 0};
    const std::string head = request.write();
    const Verdict verdict = judge_request(head);
    EXPECT_EQ(verdict.violation, Violation::none);
    EXPECT_EQ(verdict.head_bytes, head.size());
    EXPECT_EQ(verdict.framing.kind, BodyKind::chunked);
    for (const char* gone : {"content_length", "Expect", "TE:", "Trailer", "Upgrade", "Proxy-"}) {
        EXPECT_EQ(times(head, gone), 0u) << gone;
    }
}

}  // namespace
}  // namespace errgate::http
