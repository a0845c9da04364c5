// Where bodies end when the message is sound, and what follows for the connection.
#include "http/framing.hpp"

#include "judge.hpp"

#include <gtest/gtest.h>

#include <string>

namespace errgate::http {
namespace {

ResponseHead response(int status, Fields fields, int version = 11) {
    return {status, "", version, std::move(fields)};
}
Field length(std::string_view value) {
    return {FieldName::content_length, "Content-Length", value};
}
Field coding(std::string_view value) {
    return {FieldName::transfer_encoding, "Transfer-Encoding", value};
}
Field connection(std::string_view value) {
    return {FieldName::connection, "Connection", value};
}

struct SoundRequest {
    const char* name;
    std::string text;
    BodyKind kind;
    std::uint64_t length;
};

TEST(CheckRequest, frames_sound_requests) {
    const std::string post = "POST / HTTP/1.1\r\nHost: x\r\n";
    const SoundRequest cases[] = {
        {"no body", "GET / HTTP/1.1\r\nHost: x\r\n\r\n", BodyKind::none, 0},
        {"POST without a body", post + "\r\n", BodyKind::none, 0},
        {"length", post + "Content-Length: 42\r\n\r\n", BodyKind::length, 42},
        {"length 0", post + "Content-Length: 0\r\n\r\n", BodyKind::length, 0},
        {"leading zeros", post + "Content-Length: 007\r\n\r\n", BodyKind::length, 7},
        {"largest length", post + "Content-Length: 9223372036854775807\r\n\r\n", BodyKind::length,
         9223372036854775807u},
        {"equal list (9110 8.6)", post + "Content-Length: 5, 5\r\n\r\n", BodyKind::length, 5},
        {"equal fields (9110 8.6)", post + "Content-Length: 5\r\nContent-Length: 5\r\n\r\n",
         BodyKind::length, 5},
        {"chunked", post + "Transfer-Encoding: chunked\r\n\r\n", BodyKind::chunked, 0},
        {"1.0 without Host", "POST / HTTP/1.0\r\nContent-Length: 3\r\n\r\n", BodyKind::length, 3},
        {"1.0 ignores Expect", "POST / HTTP/1.0\r\nExpect: x\r\n\r\n", BodyKind::none, 0},
        {"100-continue", post + "Expect: 100-Continue\r\n\r\n", BodyKind::none, 0},
        {"absolute form", "GET http://x/a HTTP/1.1\r\nHost: y\r\n\r\n", BodyKind::none, 0},
        {"OPTIONS *", "OPTIONS * HTTP/1.1\r\nHost: x\r\n\r\n", BodyKind::none, 0},
    };
    for (const SoundRequest& c : cases) {
        SCOPED_TRACE(c.name);
        const Verdict verdict = judge_request(c.text);
        EXPECT_EQ(verdict.violation, Violation::none);
        EXPECT_EQ(verdict.framing.kind, c.kind);
        EXPECT_EQ(verdict.framing.length, c.length);
    }
}

struct Response {
    const char* name;
    ResponseHead head;
    Method method;
    Violation violation;
    BodyKind kind;
};

TEST(CheckResponse, follows_rfc_9112_6_3) {
    constexpr Violation none = Violation::none;
    const Response cases[] = {
        {"1: HEAD", response(200, {length("9")}), Method::head, none, BodyKind::none},
        {"1: HEAD with chunked", response(200, {coding("chunked")}), Method::head, none,
         BodyKind::none},
        {"1: 100", response(100, {length("9")}), Method::post, none, BodyKind::none},
        {"1: 103", response(103, {}), Method::get, none, BodyKind::none},
        {"1: 204", response(204, {coding("chunked")}), Method::get, none, BodyKind::none},
        {"1: 304", response(304, {length("9")}), Method::get, none, BodyKind::none},
        {"3: both", response(200, {length("9"), coding("chunked")}), Method::get,
         Violation::content_length_and_transfer_encoding, BodyKind::none},
        {"4: chunked", response(200, {coding("chunked")}), Method::get, none, BodyKind::chunked},
        {"4: not chunked at the end", response(200, {coding("chunked, gzip")}), Method::get,
         Violation::malformed_transfer_encoding, BodyKind::none},
        {"4: gzip", response(200, {coding("gzip")}), Method::get,
         Violation::unsupported_transfer_coding, BodyKind::none},
        {"6.1: chunked in 1.0", response(200, {coding("chunked")}, 10), Method::get,
         Violation::transfer_encoding_in_http10, BodyKind::none},
        {"5: invalid length", response(200, {length("a")}), Method::get,
         Violation::invalid_content_length, BodyKind::none},
        {"5: lengths that differ", response(200, {length("1"), length("2")}), Method::get,
         Violation::invalid_content_length, BodyKind::none},
        {"6: length", response(500, {length("3"), length("3")}), Method::get, none,
         BodyKind::length},
        {"8: until close", response(200, {}), Method::get, none, BodyKind::until_close},
        {"8: until close in 1.0", response(404, {}, 10), Method::post, none, BodyKind::until_close},
    };
    for (const Response& c : cases) {
        SCOPED_TRACE(c.name);
        const FramingResult result = check_response(c.head, c.method);
        EXPECT_EQ(result.violation, c.violation);
        EXPECT_EQ(result.framing.kind, c.kind);
    }
}

// framing.cpp must not rely on what Beast refuses before it.
TEST(CheckRequest, is_complete_without_the_parser) {
    RequestHead head{Method::post, "POST", "/", 11, {{FieldName::host, "Host", "x"}}};
    head.fields.push_back(length("+3"));
    EXPECT_EQ(check_request(head).violation, Violation::invalid_content_length);
    head.fields.back() = length("3,,3");
    EXPECT_EQ(check_request(head).violation, Violation::invalid_content_length);
    head.fields.push_back(coding("chunked"));
    EXPECT_EQ(check_request(head).violation, Violation::content_length_and_transfer_encoding);
}

TEST(WantsKeepAlive, follows_rfc_9112_9_3) {
    EXPECT_TRUE(wants_keep_alive(11, {}));
    EXPECT_FALSE(wants_keep_alive(11, {connection("Close")}));
    EXPECT_FALSE(wants_keep_alive(11, {connection("x"), connection("y ,close")}));
    EXPECT_FALSE(wants_keep_alive(11, {connection("keep-alive, close")}));
    EXPECT_TRUE(wants_keep_alive(11, {connection("closed")}));
    EXPECT_FALSE(wants_keep_alive(10, {}));
    EXPECT_TRUE(wants_keep_alive(10, {connection("Keep-Alive")}));
}

TEST(ExpectsContinue, only_in_http_1_1) {
    RequestHead head{
        Method::post, "POST", "/", 11, {{FieldName::expect, "Expect", "100-Continue"}}};
    EXPECT_TRUE(expects_continue(head));
    head.version = 10;
    EXPECT_FALSE(expects_continue(head));
    EXPECT_FALSE(expects_continue({Method::post, "POST", "/", 11, {}}));
}

}  // namespace
}  // namespace errgate::http
