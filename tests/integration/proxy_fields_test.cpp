// What crosses the gateway besides the body: targets, fields, identities.
#include "support/fake_upstream.hpp"
#include "support/gateway.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace errgate::test {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::MatchesRegex;

class ProxyFields : public testing::Test {
  protected:
    // Sends one request and gives back what the upstream received.
    ReceivedRequest forwarded(const Fields& fields, std::string_view target = "/x") {
        upstream_.otherwise().reply(200);
        response_ = client_.get(target, fields);
        EXPECT_EQ(response_.status, 200);
        return upstream_.last_request();
    }

    FakeUpstream upstream_;
    Gateway gateway_{single(upstream_.port())};
    Client client_ = gateway_.client();
    Response response_;
};

// RFC 9110 7.6.1.
TEST_F(ProxyFields, RemovesHopByHopFieldsOfARequest) {
    const ReceivedRequest request = forwarded({{"Connection", "X-Hop, keep-alive"},
                                               {"X-Hop", "1"},
                                               {"Keep-Alive", "timeout=5"},
                                               {"Proxy-Connection", "keep-alive"},
                                               {"TE", "trailers"},
                                               {"X-End-To-End", "2"}});
    for (const char* name : {"X-Hop", "Keep-Alive", "Proxy-Connection", "TE", "Trailer"})
        EXPECT_FALSE(request.has_field(name)) << name;
    EXPECT_EQ(request.field("X-End-To-End"), "2");
}

// RFC 9110 7.6.1.
TEST_F(ProxyFields, RemovesHopByHopFieldsOfAResponse) {
    upstream_.expect("GET", "/x")
        .reply(200, {{"Connection", "X-Hop"},
                     {"X-Hop", "1"},
                     {"Keep-Alive", "timeout=5"},
                     {"X-End-To-End", "2"}});
    const Response response = client_.get("/x");
    EXPECT_FALSE(response.has_field("X-Hop"));
    EXPECT_FALSE(response.has_field("Keep-Alive"));
    EXPECT_EQ(response.field("X-End-To-End"), "2");
}

TEST_F(ProxyFields, DropsLookAlikesOfFramingFields) {
    const ReceivedRequest request =
        forwarded({{"Content_Length", "5"}, {"Transfer_Encoding", "chunked"}});
    EXPECT_FALSE(request.has_field("Content_Length"));
    EXPECT_FALSE(request.has_field("Transfer_Encoding"));
}

// RFC 9110 7.6.3.
TEST_F(ProxyFields, AddsVia) {
    EXPECT_THAT(forwarded({}).field("Via"), MatchesRegex("1\\.1 [^ ]+.*"));
}

// RFC 9110 7.6.3.
TEST_F(ProxyFields, KeepsAnEarlierVia) {
    std::string via;
    for (const std::string& value : all(forwarded({{"Via", "1.0 fred"}}).fields, "Via"))
        via += (via.empty() ? "" : ", ") + value;
    EXPECT_THAT(via, MatchesRegex("1\\.0 fred, ?1\\.1 .*"));
}

// RFC 9110 7.6.2.
TEST_F(ProxyFields, CountsMaxForwardsDown) {
    upstream_.otherwise().reply(204);
    client_.send(format_request("OPTIONS", "/x", {{"Max-Forwards", "3"}}));
    EXPECT_EQ(client_.read().status, 204);
    EXPECT_EQ(upstream_.last_request().field("Max-Forwards"), "2");
}

TEST_F(ProxyFields, ForwardsNothingThatMayGoNoFurther) {
    client_.send(format_request("OPTIONS", "/x", {{"Max-Forwards", "0"}}));
    const Response response = client_.read();
    EXPECT_EQ(response.status, 501);
    EXPECT_EQ(response.json().value("code", ""), "not_supported");
    EXPECT_EQ(upstream_.request_count(), 0u);
}

// RFC 9110 7.6.
TEST_F(ProxyFields, BreaksACircle) {
    const std::string via =
        "1.1 errgate, 1.1 errgate, 1.1 errgate, 1.1 errgate, "
        "1.1 errgate, 1.1 errgate, 1.1 errgate, 1.1 errgate";
    const Response response = client_.get("/x", {{"Via", via}});
    EXPECT_EQ(response.status, 500);
    EXPECT_EQ(response.json().value("code", ""), "gateway_error");
    EXPECT_THAT(response.field("Proxy-Status"), HasSubstr("error=proxy_loop_detected"));
    EXPECT_EQ(upstream_.request_count(), 0u);
}

TEST_F(ProxyFields, TellsTheUpstreamWhoAsked) {
    const ReceivedRequest request = forwarded({});
    EXPECT_EQ(request.field("X-Forwarded-For"), "127.0.0.1");
    EXPECT_EQ(request.field("X-Forwarded-Proto"), "http");
    EXPECT_EQ(request.field("X-Forwarded-Host"), "pay.internal");
}

TEST_F(ProxyFields, AppendsToXForwardedFor) {
    const ReceivedRequest request = forwarded({{"X-Forwarded-For", "203.0.113.7"}});
    EXPECT_THAT(all(request.fields, "X-Forwarded-For"), ElementsAre("203.0.113.7, 127.0.0.1"));
}

TEST_F(ProxyFields, NamesTheUpstreamInHost) {
    EXPECT_EQ(forwarded({}).field("Host"), "127.0.0.1:" + std::to_string(upstream_.port()));
}

TEST_F(ProxyFields, PassesTheTargetByteForByte) {
    const std::string target = "/a%2Fb/c%20d/%e2%82%ac;p=1//?q=a+b&x=%7E&&=?/";
    EXPECT_EQ(forwarded({}, target).target, target);
}

// RFC 9110 5.1, 5.3.
TEST_F(ProxyFields, KeepsRepeatedFieldsApartAndInOrder) {
    const ReceivedRequest request =
        forwarded({{"X-Dup", "1"}, {"X-Other", "o"}, {"X-Dup", "2"}, {"X-Dup", "1"}});
    EXPECT_THAT(all(request.fields, "X-Dup"), ElementsAre("1", "2", "1"));
}

// RFC 9110 5.3.
TEST_F(ProxyFields, KeepsSetCookiesApartAndInOrder) {
    upstream_.expect("GET", "/x")
        .reply(200,
               {{"Set-Cookie", "a=1; Path=/"}, {"Set-Cookie", "b=2, c"}, {"Set-Cookie", "a=3"}});
    EXPECT_THAT(all(client_.get("/x").fields, "Set-Cookie"),
                ElementsAre("a=1; Path=/", "b=2, c", "a=3"));
}

TEST_F(ProxyFields, KeepsBytesBeyondAsciiInAValue) {
    EXPECT_EQ(forwarded({{"X-Name", "J\xc3\xb6rg \xe9"}}).field("X-Name"), "J\xc3\xb6rg \xe9");
}

// RFC 9110 6.6.1.
TEST_F(ProxyFields, AddsADateWhenTheUpstreamSendsNone) {
    forwarded({});
    EXPECT_THAT(all(response_.fields, "Date"),
                ElementsAre(MatchesRegex("[A-Z][a-z][a-z], .* GMT")));
}

TEST_F(ProxyFields, KeepsTheDateOfTheUpstream) {
    upstream_.expect("GET", "/x").reply(200, {{"Date", "Sun, 06 Nov 1994 08:49:37 GMT"}});
    EXPECT_THAT(all(client_.get("/x").fields, "Date"),
                ElementsAre("Sun, 06 Nov 1994 08:49:37 GMT"));
}

// ------------------------------------------------------------ request ids

TEST_F(ProxyFields, MintsOneRequestIdForEverybody) {
    const ReceivedRequest request = forwarded({});
    const std::string id = response_.field("X-Request-Id");
    EXPECT_THAT(id, MatchesRegex("req_[0-9A-HJKMNP-TV-Z]{26}"));
    EXPECT_THAT(all(request.fields, "X-Request-Id"), ElementsAre(id));
    EXPECT_EQ(gateway_.log_line(0)["request_id"], id);
}

TEST_F(ProxyFields, AdoptsARequestIdOfOurForm) {
    const ReceivedRequest request = forwarded({{"X-Request-Id", "req_from-app_42"}});
    EXPECT_THAT(all(response_.fields, "X-Request-Id"), ElementsAre("req_from-app_42"));
    EXPECT_EQ(request.field("X-Request-Id"), "req_from-app_42");
}

TEST_F(ProxyFields, KeepsAForeignRequestIdInTheLogOnly) {
    const ReceivedRequest request = forwarded({{"X-Request-Id", "7b3e-foreign"}});
    const std::string id = response_.field("X-Request-Id");
    EXPECT_THAT(id, MatchesRegex("req_[0-9A-Z]{26}"));
    EXPECT_THAT(all(request.fields, "X-Request-Id"), ElementsAre(id));
    EXPECT_EQ(gateway_.log_line(0)["client_request_id"], "7b3e-foreign");
}

TEST_F(ProxyFields, GivesEveryRequestItsOwnId) {
    forwarded({});
    const std::string id = response_.field("X-Request-Id");
    forwarded({});
    EXPECT_NE(response_.field("X-Request-Id"), id);
}

// ------------------------------------------------------------ trace context

TEST_F(ProxyFields, StartsATrace) {
    EXPECT_THAT(forwarded({}).field("traceparent"),
                MatchesRegex("00-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}"));
}

TEST_F(ProxyFields, ContinuesATraceUnderANewParent) {
    const std::string trace = "4bf92f3577b34da6a3ce929d0e0e4736";
    const ReceivedRequest request = forwarded(
        {{"traceparent", "00-" + trace + "-00f067aa0ba902b7-01"}, {"tracestate", "vendor=1"}});
    EXPECT_THAT(request.field("traceparent"), MatchesRegex("00-" + trace + "-[0-9a-f]{16}-01"));
    EXPECT_THAT(request.field("traceparent"), testing::Not(HasSubstr("00f067aa0ba902b7")));
    EXPECT_EQ(request.field("tracestate"), "vendor=1");
    EXPECT_EQ(gateway_.log_line(0)["trace_id"], trace);
}

TEST_F(ProxyFields, StartsAnewWhenTheTraceIsInvalid) {
    const ReceivedRequest request =
        forwarded({{"traceparent", "00-00000000000000000000000000000000-00f067aa0ba902b7-01"},
                   {"tracestate", "vendor=1"}});
    EXPECT_THAT(request.field("traceparent"),
                MatchesRegex("00-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}"));
    EXPECT_THAT(request.field("traceparent"), testing::Not(HasSubstr("00000000000000000000")));
    EXPECT_FALSE(request.has_field("tracestate"));
}

// ------------------------------------------------------------ what a route says

class Routes : public testing::Test {
  protected:
    FakeUpstream upstream_;
};

TEST_F(Routes, StripThePrefixAndAddTheBasePath) {
    RoutesSpec spec = single(upstream_.port());
    spec.upstreams[0].base_path = "/v1";
    spec.routes[0].match = "path_prefix: /kira/";
    spec.routes[0].more = "strip_prefix: /kira";
    Gateway gateway(spec);
    upstream_.expect("GET", "/v1/users?limit=1").reply(200, {}, "users");
    Client client = gateway.client();
    EXPECT_EQ(client.get("/kira/users?limit=1").body, "users");
}

TEST_F(Routes, EditFields) {
    Gateway gateway(single(upstream_.port(), "license_pos",
                           "headers:\n"
                           "  request: {set: {Authorization: Bearer gateway}, remove: [Cookie]}\n"
                           "  response: {set: {X-Served-By: errgate}, remove: [Server]}"));
    upstream_.expect("GET", "/").reply(200, {{"Server", "nginx/1.2"}, {"X-Served-By", "psp"}});
    Client client = gateway.client();
    const Response response =
        client.get("/", {{"Authorization", "Bearer app"}, {"cookie", "a=1"}, {"X-Kept", "k"}});
    const ReceivedRequest request = upstream_.request(0);
    EXPECT_THAT(all(request.fields, "Authorization"), ElementsAre("Bearer gateway"));
    EXPECT_FALSE(request.has_field("Cookie"));
    EXPECT_EQ(request.field("X-Kept"), "k");
    EXPECT_FALSE(response.has_field("Server"));
    EXPECT_THAT(all(response.fields, "X-Served-By"), ElementsAre("errgate"));
}

TEST_F(Routes, AreChosenByLongestPrefixMethodHostAndFields) {
    FakeUpstream other;
    RoutesSpec spec = single(upstream_.port());
    spec.upstreams.push_back({"other", other.port(), "license_pos", "", "127.0.0.1", "http", ""});
    const std::vector<std::string> special = {
        "path_prefix: /pay/cards/", "path_prefix: /, methods: [DELETE]",
        "path_prefix: /, host: cards.internal", "path_prefix: /, headers: {x-tenant: acme}"};
    for (std::size_t i = 0; i < special.size(); ++i)
        spec.routes.push_back({"special" + std::to_string(i), special[i], "other", ""});
    Gateway gateway(spec);
    upstream_.otherwise().reply(200, {}, "general");
    other.otherwise().reply(200, {}, "special");
    Client client = gateway.client();
    EXPECT_EQ(client.get("/pay/").body, "general");
    EXPECT_EQ(client.get("/pay/cards/1").body, "special");
    EXPECT_EQ(client.request("DELETE", "/pay/").body, "special");
    EXPECT_EQ(client.get("/pay/", {{"Host", "cards.internal"}}).body, "special");
    EXPECT_EQ(client.get("/pay/", {{"X-Tenant", "acme"}}).body, "special");
    EXPECT_EQ(client.get("/pay/", {{"X-Tenant", "other"}}).body, "general");
}

}  // namespace
}  // namespace errgate::test
