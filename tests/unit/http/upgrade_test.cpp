// Which requests may change the protocol of their connection, and which 101 does.
#include "http/upgrade.hpp"

#include "http/head_writer.hpp"

#include <gtest/gtest.h>

#include <array>
#include <string>
#include <vector>

namespace errgate::http {
namespace {

Field connection(std::string_view value) {
    return {FieldName::connection, "Connection", value};
}
Field upgrade(std::string_view value) {
    return {FieldName::upgrade, "Upgrade", value};
}

RequestHead request(Fields fields, int version = 11) {
    return {Method::get, "GET", "/", version, std::move(fields)};
}

ResponseHead switching(Fields fields) {
    return {101, "Switching Protocols", 11, std::move(fields)};
}

std::string asked_protocols(const RequestHead& head) {
    std::array<char, 200> store;
    base::Writer out(store);
    put_asked_protocols(out, head);
    return std::string(out.view());
}

struct WishCase {
    std::string name;
    Fields fields;
    Upgrade wish;
    std::string asked = "";  // of the upstream
};

TEST(Upgrade, WhatARequestWants) {
    const std::vector<WishCase> cases = {
        {"nothing", {connection("keep-alive")}, Upgrade::none},
        {"a protocol", {connection("Upgrade"), upgrade("websocket")}, Upgrade::asked, "websocket"},
        {"among other options",
         {connection("keep-alive, UPGRADE"), upgrade("WebSocket")},
         Upgrade::asked,
         "WebSocket"},
        {"several, with version",
         {connection("upgrade"), upgrade("websocket, irc/6.9"), upgrade("rta/x11")},
         Upgrade::asked,
         "websocket, irc/6.9, rta/x11"},
        {"h2c alone is an offer",
         {connection("Upgrade, HTTP2-Settings"), upgrade("h2c")},
         Upgrade::none},
        {"HTTP/2.0 too", {connection("upgrade"), upgrade("HTTP/2.0")}, Upgrade::none},
        {"h2c is left out of a list",
         {connection("upgrade"), upgrade("h2c, websocket, H2C, TLS/1.0")},
         Upgrade::asked,
         "websocket, TLS/1.0"},
        {"an empty list", {connection("upgrade"), upgrade("")}, Upgrade::none},
        {"empty elements",
         {connection("upgrade"), upgrade(",websocket,")},
         Upgrade::asked,
         "websocket"},
        {"not nominated", {upgrade("websocket")}, Upgrade::unsound},
        {"nominated by a look-alike",
         {connection("upgrades"), upgrade("websocket")},
         Upgrade::unsound},
        {"no token", {connection("upgrade"), upgrade("web socket")}, Upgrade::unsound},
        {"two slashes", {connection("upgrade"), upgrade("a/b/c")}, Upgrade::unsound},
        {"no version behind the slash", {connection("upgrade"), upgrade("a/")}, Upgrade::unsound},
    };
    for (const WishCase& c : cases) {
        SCOPED_TRACE(c.name);
        const RequestHead head = request(c.fields);
        EXPECT_EQ(upgrade_of(head, {}), c.wish);
        if (c.wish == Upgrade::asked) {
            EXPECT_EQ(asked_protocols(head), c.asked);
        }
    }
}

// RFC 9110 7.8: "A server that receives an Upgrade header field in an HTTP/1.0 request MUST ignore
// that Upgrade field."
TEST(Upgrade, IsIgnoredInHttp10) {
    EXPECT_EQ(upgrade_of(request({connection("upgrade"), upgrade("websocket")}, 10), {}),
              Upgrade::none);
}

TEST(Upgrade, OfARequestWithABodyIsUnsound) {
    const RequestHead head = request({connection("upgrade"), upgrade("websocket")});
    EXPECT_EQ(upgrade_of(head, {BodyKind::length, 1}), Upgrade::unsound);
    EXPECT_EQ(upgrade_of(head, {BodyKind::chunked, 0}), Upgrade::unsound);
    EXPECT_EQ(upgrade_of(head, {BodyKind::length, 0}), Upgrade::asked);
}

struct SwitchCase {
    std::string name;
    Fields fields;
    std::string protocol = "";
};

TEST(Upgrade, WhatA101SwitchesTo) {
    const RequestHead head = request({connection("upgrade"), upgrade("websocket, irc/6.9, h2c")});
    const std::vector<SwitchCase> cases = {
        {"one that was asked for", {connection("Upgrade"), upgrade("websocket")}, "websocket"},
        {"in another case", {connection("upgrade"), upgrade("WebSocket")}, "WebSocket"},
        {"the second one", {connection("upgrade"), upgrade("irc/6.9")}, "irc/6.9"},
        {"another one", {connection("upgrade"), upgrade("rta/x11")}},
        {"another version", {connection("upgrade"), upgrade("irc/7")}},
        {"h2c, which we did not ask for", {connection("upgrade"), upgrade("h2c")}},
        {"two at once", {connection("upgrade"), upgrade("websocket, irc/6.9")}},
        {"twice", {connection("upgrade"), upgrade("websocket"), upgrade("websocket")}},
        {"none", {connection("upgrade")}},
        {"empty", {connection("upgrade"), upgrade("")}},
        {"not nominated", {upgrade("websocket")}},
    };
    for (const SwitchCase& c : cases) {
        SCOPED_TRACE(c.name);
        EXPECT_EQ(switched_protocol(head, switching(c.fields)), c.protocol);
    }
    EXPECT_EQ(switched_protocol(request({}), switching({connection("upgrade"), upgrade("ws")})),
              "");
}

TEST(Upgrade, IsWrittenFromTheAllowList) {
    const RequestHead head =
        request({{FieldName::host, "Host", "a"},
                 connection("keep-alive, Upgrade, HTTP2-Settings, X-Own"),
                 upgrade("h2c, websocket"),
                 {FieldName::http2_settings, "HTTP2-Settings", "AAMAAABk"},
                 {FieldName::unknown, "X-Own", "1"},
                 {FieldName::sec_websocket_key, "Sec-WebSocket-Key", "dGhlIHNhbXBsZQ=="}});
    std::array<char, 1000> store;
    base::Writer out(store);
    put_upstream_request_head(out, {.client = head,
                                    .target_prefix = "",
                                    .target = "/",
                                    .host = "psp",
                                    .framing = {},
                                    .request_id = "req_1",
                                    .traceparent = "",
                                    .client_address = "",
                                    .forwarded_proto = "",
                                    .forwarded_host = "",
                                    .idempotency_header = "",
                                    .idempotency_key = "",
                                    .asks_upgrade = true});
    EXPECT_EQ(out.view(),
              "GET / HTTP/1.1\r\nHost: psp\r\nConnection: upgrade\r\nUpgrade: websocket\r\n"
              "X-Request-Id: req_1\r\nVia: 1.1 errgate\r\nSec-WebSocket-Key: dGhlIHNhbXBsZQ==\r\n"
              "\r\n");
}

// A 101 is written with our own Connection and the one protocol; Content-Length has no business
// in it (RFC 9110 8.6).
TEST(Upgrade, ASwitchIsWrittenFromTheAllowList) {
    const ResponseHead head =
        switching({connection("Upgrade, X-Own"),
                   upgrade("websocket"),
                   {FieldName::content_length, "Content-Length", "0"},
                   {FieldName::unknown, "X-Own", "1"},
                   {FieldName::sec_websocket_accept, "Sec-WebSocket-Accept", "s3pPLMBiTxaQ9k="}});
    std::array<char, 1000> store;
    base::Writer out(store);
    put_client_response_head(out, {.upstream = head,
                                   .framing = {},
                                   .request_id = "req_1",
                                   .date = "",
                                   .protocol = "websocket"});
    EXPECT_EQ(out.view(),
              "HTTP/1.1 101 Switching Protocols\r\nConnection: upgrade\r\nUpgrade: websocket\r\n"
              "X-Request-Id: req_1\r\nSec-WebSocket-Accept: s3pPLMBiTxaQ9k=\r\n\r\n");
}

// Without a nomination too: it means nothing to anybody but an h2c upgrade.
TEST(Upgrade, Http2SettingsNeverPass) {
    const RequestHead head = request({{FieldName::host, "Host", "a"},
                                      {FieldName::http2_settings, "HTTP2-Settings", "AAMAAABk"}});
    std::array<char, 1000> store;
    base::Writer out(store);
    put_upstream_request_head(out, {.client = head,
                                    .target_prefix = "",
                                    .target = "/",
                                    .host = "psp",
                                    .framing = {},
                                    .request_id = "req_1",
                                    .traceparent = "",
                                    .client_address = "",
                                    .forwarded_proto = "",
                                    .forwarded_host = "",
                                    .idempotency_header = "",
                                    .idempotency_key = ""});
    EXPECT_EQ(out.view().find("HTTP2-Settings"), std::string_view::npos);
}

}  // namespace
}  // namespace errgate::http
