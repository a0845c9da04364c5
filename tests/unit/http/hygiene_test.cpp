// Which fields cross the proxy in each direction.
#include "http/hygiene.hpp"

#include "http/field_name.hpp"

#include <boost/beast/http/field.hpp>
#include <gtest/gtest.h>

#include <string>
#include <string_view>

namespace errgate::http {
namespace {

Field field(std::string_view name, std::string_view value = "v") {
    return {field_name(name), name, value};
}

bool to_upstream(std::string_view name, const Fields& others = {}) {
    return forwards_request_field(field(name), ConnectionOptions(others));
}
bool to_client(std::string_view name, const Fields& others = {}) {
    return forwards_response_field(field(name), ConnectionOptions(others));
}
bool survives(std::string_view name) {
    return survives_normalization(field(name), ConnectionOptions({}));
}

TEST(RequestField, end_to_end_fields_pass) {
    for (std::string_view name :
         {"Authorization", "Cookie", "Content-Type", "Accept", "Idempotency-Key", "User-Agent",
          "X-Anything", "my_own_field", "tracestate", "Forwarded", "X-Forwarded-Port", "Range"}) {
        EXPECT_TRUE(to_upstream(name)) << name;
    }
}

TEST(RequestField, hop_by_hop_fields_do_not_pass) {
    for (std::string_view name :
         {"Connection", "Proxy-Connection", "Keep-Alive", "TE", "Trailer", "Transfer-Encoding",
          "Upgrade", "Proxy-Authorization", "Content-Length", "Host", "Expect"}) {
        EXPECT_FALSE(to_upstream(name)) << name;
    }
}

TEST(RequestField, what_the_writer_makes_anew_does_not_pass) {
    for (std::string_view name : {"Via", "x-forwarded-for", "X-Forwarded-Proto", "X-FORWARDED-HOST",
                                  "X-Request-Id", "TraceParent"}) {
        EXPECT_FALSE(to_upstream(name)) << name;
    }
}

TEST(RequestField, look_alikes_do_not_pass) {
    for (std::string_view name : {"content_length", "Content_Length", "transfer_encoding",
                                  "TRANSFER_ENCODING", "x_request_id", "X_Forwarded_For"}) {
        EXPECT_FALSE(to_upstream(name)) << name;
    }
}

TEST(RequestField, what_connection_names_does_not_pass) {
    const Fields fields{field("Connection", "close, X-Secret"), field("connection", "Cookie")};
    EXPECT_FALSE(to_upstream("x-secret", fields));
    EXPECT_FALSE(to_upstream("Cookie", fields));
    EXPECT_TRUE(to_upstream("X-Other", fields));
}

TEST(ConnectionOptions, is_empty_when_only_the_connection_is_meant) {
    EXPECT_TRUE(ConnectionOptions({}).empty());
    const Fields plain{field("Connection", "keep-alive, Upgrade"), field("X", "Connection")};
    EXPECT_TRUE(ConnectionOptions(plain).empty());
    const Fields naming{field("Connection", "x")};
    EXPECT_FALSE(ConnectionOptions(naming).empty());
}

// Whether a request may be repeated depends on the key the upstream sees, not the client's.
TEST(FindForwarded, does_not_see_what_is_dropped) {
    Fields fields{field("Idempotency-Key", "k1")};
    EXPECT_EQ(find_forwarded(fields, "idempotency-key"), "k1");
    fields.push_back(field("Connection", "Idempotency-Key"));
    EXPECT_EQ(find_forwarded(fields, "idempotency-key").data(), nullptr);
    EXPECT_EQ(find_forwarded(fields, "absent").data(), nullptr);
}

TEST(ResponseField, end_to_end_fields_pass) {
    for (std::string_view name :
         {"Content-Type", "Set-Cookie", "WWW-Authenticate", "Via", "Proxy-Status", "ETag", "Date",
          "Request-Id", "Content-Encoding", "Alt-Svc"}) {
        EXPECT_TRUE(to_client(name)) << name;
    }
}

TEST(ResponseField, hop_by_hop_fields_do_not_pass) {
    for (std::string_view name :
         {"Connection", "Proxy-Connection", "Keep-Alive", "Trailer", "Transfer-Encoding", "Upgrade",
          "Proxy-Authenticate", "Content-Length", "X-Request-Id"}) {
        EXPECT_FALSE(to_client(name)) << name;
    }
    EXPECT_FALSE(to_client("X-Hop", {field("Connection", "x-hop")}));
}

TEST(NormalizedField, facts_about_the_failure_survive) {
    for (std::string_view name :
         {"WWW-Authenticate", "Allow", "Content-Range", "Set-Cookie", "Link", "Vary",
          "X-RateLimit-Remaining", "RateLimit-Reset", "Request-Id", "Location",
          "Content-Security-Policy", "Strict-Transport-Security", "X-Unknown"}) {
        EXPECT_TRUE(survives(name)) << name;
    }
}

TEST(NormalizedField, facts_about_the_replaced_body_do_not) {
    for (std::string_view name : {"Content-Type",
                                  "Content-Encoding",
                                  "Content-Language",
                                  "Content-Length",
                                  "Content-MD5",
                                  "Content-Digest",
                                  "Content-Disposition",
                                  "Content-Location",
                                  "Repr-Digest",
                                  "Digest",
                                  "ETag",
                                  "Last-Modified",
                                  "Accept-Ranges",
                                  "Signature",
                                  "Signature-Input",
                                  "X-Provider-Signature",
                                  "Cache-Control",
                                  "Pragma",
                                  "Expires",
                                  "Age",
                                  "Retry-After",
                                  "Errgate-Code",
                                  "errgate-outcome",
                                  "Proxy-Status",
                                  "Trailer",
                                  "X-Request-Id"}) {
        EXPECT_FALSE(survives(name)) << name;
    }
}

}  // namespace
}  // namespace errgate::http
