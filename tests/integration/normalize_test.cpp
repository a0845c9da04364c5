// Whatever a provider's failure looks like, the client gets one envelope: each shipped dialect end
// to end, and every shape of body.
#include "support/envelope.hpp"
#include "support/fake_upstream.hpp"
#include "support/gateway.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <string>
#include <vector>

namespace errgate::test {
namespace {

using nlohmann::json;
using testing::ElementsAre;
using namespace std::string_literals;

RoutesSpec normalizing(std::uint16_t port, const std::string& dialect,
                       const std::string& route_more = {}) {
    RoutesSpec spec = single(port, dialect, "retry: {attempts: 1}\n" + route_more);
    spec.upstreams[0].more = "circuit_breaker: {enabled: false}";
    return spec;
}

// What a provider says to a request, and what must become of it.
struct Case {
    std::string name;
    std::string method;
    int status;  // the provider's
    Fields fields;
    std::string body;
    ExpectedEnvelope expected;
};

class Dialects : public testing::Test {
  protected:
    Response answer(const Case& c) {
        upstream_.expect(c.method, "/call").reply(c.status, c.fields, c.body);
        Client client = gateway_->client();
        return client.request(c.method, "/call", {}, c.method == "POST" ? "{}" : "");
    }
    void use(const std::string& dialect) {
        gateway_.emplace(normalizing(upstream_.port(), dialect));
    }
    void expect_all(const std::string& dialect, const std::vector<Case>& cases) {
        use(dialect);
        for (const Case& c : cases) {
            SCOPED_TRACE(c.name);
            const Response response = answer(c);
            EXPECT_ENVELOPE(response, c.expected);
            EXPECT_EQ(response.json()["provider"].value("status", 0), c.status);
        }
    }

    FakeUpstream upstream_;
    std::optional<Gateway> gateway_;
};

const Fields kJson = {{"Content-Type", "application/json"}};
const Fields kHtml = {{"Content-Type", "text/html"}};

// Stripe's version 2 carries a failed request out again, its version 1 does not: the path says
// which, and it is the provider's path, whatever the client's begins with.
TEST(DialectPaths, AreThoseOfTheUpstream) {
    FakeUpstream upstream;
    RoutesSpec spec = normalizing(upstream.port(), "stripe", "strip_prefix: /stripe");
    spec.upstreams[0].base_path = "/v2";
    spec.routes[0].match = "path_prefix: /stripe/";
    const Gateway gateway(spec);
    upstream.expect("POST", "/v2/core/accounts?x=1")
        .reply(500, kJson, R"({"error":{"type":"api_error"}})");
    Client client = gateway.client();
    const Response response =
        client.request("POST", "/stripe/core/accounts?x=1", {{"Idempotency-Key", "k"}}, "{}");
    EXPECT_ENVELOPE(response, "internal_error", 500, "upstream", "unknown", true);
}

TEST_F(Dialects, Kiotapay) {
    expect_all(
        "kiotapay",
        {{"declined",
          "POST",
          402,
          kJson,
          R"({"errorCode":"INSUFFICIENT_FUNDS","message":"Balance too low","statusCode":"402"})",
          {"insufficient_funds", 402, "upstream", "not_applied", false}},
         {"limit is 403 there",
          "POST",
          403,
          kJson,
          R"({"errorCode":"PAYMENT_LIMIT_EXCEEDED","message":"Limit","statusCode":"403"})",
          {"payment_limit_exceeded", 402, "upstream", "not_applied", false}},
         {"locked",
          "POST",
          423,
          kJson,
          R"({"errorCode":"RESOURCE_LOCKED","message":"Busy"})",
          {"resource_locked", 423, "upstream", "not_applied", true}},
         {"unavailable by its own word",
          "POST",
          503,
          kJson,
          R"({"errorCode":"SERVICE_UNAVAILABLE","message":"Later"})",
          {"service_unavailable", 503, "upstream", "not_applied", true}},
         {"server error of a POST",
          "POST",
          500,
          kJson,
          R"({"errorCode":"SERVER_ERROR","message":"Oops"})",
          {"internal_error", 500, "upstream", "unknown", false}},
         {"server error of a GET",
          "GET",
          500,
          kJson,
          R"({"errorCode":"SERVER_ERROR","message":"Oops"})",
          {"internal_error", 500, "upstream", "unknown", true}},
         {"code nobody listed",
          "POST",
          401,
          kJson,
          R"({"errorCode":"AUTH_BRAND_NEW","message":"No"})",
          {"unauthorized", 401, "upstream", "not_applied", false}}});
}

TEST_F(Dialects, KiotapayKeepsTheProvidersWordsAndDetails) {
    use("kiotapay");
    const json body =
        answer({"",
                "POST",
                402,
                kJson,
                R"({"errorCode":"PAYMENT_FAILED","message":"No luck","details":"try a card"})",
                {}})
            .json();
    EXPECT_EQ(body["message"], "No luck");
    EXPECT_EQ(body["provider"]["code"], "PAYMENT_FAILED");
    EXPECT_EQ(body["provider"]["name"], "psp");
    EXPECT_EQ(body["metadata"]["details"], "try a card");
}

TEST_F(Dialects, KineticPay) {
    expect_all(
        "kineticpay",
        {{"403 of a POST is validation",
          "POST",
          403,
          kHtml,
          "<h1>Forbidden</h1>",
          {"validation_error", 400, "upstream", "not_applied", false}},
         {"403 of a GET is permission",
          "GET",
          403,
          kHtml,
          "<h1>Forbidden</h1>",
          {"forbidden", 403, "upstream", "not_applied", false}},
         {"empty", "POST", 401, {}, "", {"unauthorized", 401, "upstream", "not_applied", false}},
         {"html of a proxy in front",
          "POST",
          502,
          kHtml,
          "<html><head><title>502 Bad Gateway</title></head><body>nginx</body></html>",
          {"provider_error", 502, "upstream", "unknown", false}},
         {"rate limit",
          "POST",
          429,
          {},
          "slow down",
          {"rate_limited", 429, "upstream", "not_applied", true}}});
}

TEST_F(Dialects, LicensePos) {
    expect_all(
        "license_pos",
        {{"licence expired",
          "POST",
          401,
          kJson,
          R"({"code":"license_expired","message":"Expired","request_id":"req_1","metadata":{}})",
          {"expired_credentials", 401, "upstream", "not_applied", false}},
         {"400 that moved no money",
          "POST",
          400,
          kJson,
          R"({"code":"transaction_failed","message":"Failed"})",
          {"payment_failed", 402, "upstream", "not_applied", false}},
         {"party behind it",
          "POST",
          502,
          kJson,
          R"({"code":"provider_error","message":"x"})",
          {"provider_error", 502, "upstream", "unknown", false}}});
}

TEST_F(Dialects, LicensePosCopiesMetadata) {
    use("license_pos");
    const Response response = answer(
        {"",
         "GET",
         404,
         kJson,
         R"({"code":"customer_not_found","message":"No such customer","request_id":"req_theirs99",
             "metadata":{"customer_id":"cus_7","tries":2,"vip":true,"nested":{"a":1}}})",
         {}});
    EXPECT_ENVELOPE(response, "not_found", 404, "upstream", "not_applied", false);
    const json body = response.json();
    EXPECT_EQ(body["metadata"]["customer_id"], "cus_7");
    EXPECT_EQ(body["metadata"]["resource"], "customer");
    EXPECT_FALSE(body["metadata"].contains("nested"));
    EXPECT_EQ(body["provider"]["request_id"], "req_theirs99");
    EXPECT_NE(body["request_id"], "req_theirs99");
}

TEST_F(Dialects, SixDigit) {
    expect_all("six_digit",
               {{"error in a 200",
                 "POST",
                 200,
                 kJson,
                 R"({"status":"error","code":"010207","data":null,"error":"State forbids refund"})",
                 {"invalid_state", 409, "upstream", "not_applied", false}},
                {"number that lost its zero",
                 "POST",
                 200,
                 kJson,
                 R"({"status":"error","code":10110,"data":null,"error":"Price below minimum"})",
                 {"amount_too_small", 400, "upstream", "not_applied", false}},
                {"refund of unknown outcome",
                 "POST",
                 500,
                 kJson,
                 R"({"status":"error","code":"010200","data":null,"error":"Refund error"})",
                 {"processing_error", 500, "upstream", "unknown", false}}});
}

TEST_F(Dialects, SixDigitPassesItsSuccesses) {
    use("six_digit");
    const std::string body = R"({"status": "success", "code": "020101", "data": {"id": 1}})";
    const Response response = answer({"", "GET", 200, kJson, body, {}});
    EXPECT_EQ(response.status, 200);
    EXPECT_EQ(response.body, body);
    EXPECT_FALSE(response.has_field("Errgate-Code"));
    EXPECT_EQ(response.field("Content-Type"), "application/json");
}

TEST_F(Dialects, SixDigitStreamsASuccessTooLargeToInspect) {
    use("six_digit");
    const std::string body =
        R"({"status": "success", "data": ")" + std::string(1'000'000, 'x') + "\"}";
    EXPECT_EQ(answer({"", "GET", 200, kJson, body, {}}).body, body);
}

TEST_F(Dialects, Kira) {
    expect_all("kira", {{"two meanings of one code, by text",
                         "POST",
                         400,
                         kJson,
                         R"({"code":"validation_error","message":"Customer is not active"})",
                         {"account_inactive", 403, "upstream", "not_applied", false}},
                        {"the plain one",
                         "POST",
                         400,
                         kJson,
                         R"({"code":"validation_error","message":"Something else"})",
                         {"validation_error", 400, "upstream", "not_applied", false}},
                        {"expired token",
                         "GET",
                         401,
                         kJson,
                         R"({"code":"unauthorized","message":"Token expired"})",
                         {"expired_credentials", 401, "upstream", "not_applied", false}},
                        {"key reused",
                         "POST",
                         409,
                         kJson,
                         R"({"code":"idempotency_key_reused","message":"Key reused"})",
                         {"idempotency_key_reused", 409, "upstream", "not_applied", false}}});
}

TEST_F(Dialects, KiraTurnsSchemaErrorsIntoPointers) {
    use("kira");
    const Response response = answer({"",
                                      "POST",
                                      400,
                                      kJson,
                                      R"({"error":"Invalid request data","details":[
             {"path":"address.lines[0]","message":"Required","code":"invalid_type"},
             {"path":"email","message":"Invalid email","code":"invalid_string"}]})",
                                      {}});
    EXPECT_ENVELOPE(response, "validation_error", 400, "upstream", "not_applied", false);
    const json expected = json::parse(R"([
        {"field":"/address/lines/0","code":"invalid_type","message":"Required"},
        {"field":"/email","code":"invalid_string","message":"Invalid email"}])");
    EXPECT_EQ(response.json()["details"], expected);
}

// ------------------------------------------------------------ every shape of body

TEST_F(Dialects, NoBodyCanBreakTheEnvelope) {
    const ExpectedEnvelope by_status{"validation_error", 400, "upstream", "not_applied", false};
    const std::string deep = std::string(100'000, '[') + std::string(100'000, ']');
    const std::vector<std::pair<std::string, std::string>> bodies = {
        {"empty", ""},
        {"white space", " \r\n\t "},
        {"array", "[1,2,3]"},
        {"scalar", "42"},
        {"null", "null"},
        {"string", "\"no\""},
        {"deep array", deep},
        {"deep object", std::string(50'000, '{')},
        {"truncated", R"({"code":"val)"},
        {"two documents", "{}{}"},
        {"invalid UTF-8", "{\"message\":\"\xff\xfe\xc3\x28\"}"},
        {"lone surrogate", R"({"message":"\ud800"})"},
        {"NUL bytes", "{\"message\":\"a\0b\"}\0\0"s},
        {"only NUL bytes", std::string(1'000, '\0')},
        {"BOM", "\xef\xbb\xbf{\"message\":\"m\"}"},
        {"UTF-16", "\xff\xfe{\0\"\0a\0\"\0:\0001\0}\0"s},
        {"huge number", R"({"message":1e999999,"code":)" + std::string(5'000, '9') + "}"},
        {"long message", R"({"message":")" + std::string(100'000, 'm') + "\"}"},
        {"control characters", "{\"message\":\"a\\u0000\\u0007\\r\\nSet-Cookie: x\"}"},
        {"XML", "<?xml version=\"1.0\"?><error><message>no</message></error>"},
        {"XML bomb", "<!DOCTYPE a [<!ENTITY b \"x\"><!ENTITY c \"&b;&b;\">]><a>&c;</a>"},
        {"unclosed XML", "<a><b><c>"},
        {"HTML", "<html><body><h1>Oops</h1></body></html>"},
        {"form", "error=1&message=no"},
        {"lines", "error=1\nmessage=no\n"},
        {"random", "\x1f\x8b\x08\x00\x80\x81\x82\xfe\xff"},
    };
    use("license_pos");
    for (const std::string type : {"application/json", "text/html", "application/xml", ""}) {
        for (const auto& [name, body] : bodies) {
            SCOPED_TRACE(name + " as " + type);
            const Fields fields = type.empty() ? Fields{} : Fields{{"Content-Type", type}};
            EXPECT_ENVELOPE(answer({name, "POST", 422, fields, body, {}}), by_status);
        }
    }
}

TEST_F(Dialects, ALyingContentTypeDoesNotMatter) {
    use("license_pos");
    EXPECT_ENVELOPE(answer({"", "POST", 409, kHtml, R"({"code":"already_exists"})", {}}),
                    "already_exists", 409, "upstream", "not_applied", false);
}

TEST_F(Dialects, ALyingContentEncodingDoesNotMatter) {
    use("license_pos");
    EXPECT_ENVELOPE(
        answer(
            {"", "POST", 409, {{"Content-Encoding", "gzip"}}, R"({"code":"already_exists"})", {}}),
        "already_exists", 409, "upstream", "not_applied", false);
}

TEST_F(Dialects, DuplicateMembersAreStillAnAnswer) {
    use("license_pos");
    const Response response =
        answer({"", "POST", 409, kJson, R"({"code":"already_exists","code":"not_found"})", {}});
    EXPECT_TRUE(response.json().is_object()) << response.body;
    EXPECT_EQ(response.json()["origin"], "upstream");
}

TEST_F(Dialects, ServerErrorsDoNotShowTheProvidersText) {
    use("license_pos");
    const Response response =
        answer({"",
                "POST",
                500,
                kHtml,
                "<h1>NullPointerException at db01.internal</h1><pre>stack trace</pre>",
                {}});
    EXPECT_ENVELOPE(response, "internal_error", 500, "upstream", "unknown", false);
    EXPECT_EQ(response.body.find("db01"), std::string::npos) << response.body;
}

TEST_F(Dialects, CardNumbersAreMasked) {
    use("license_pos");
    const Response response =
        answer({"",
                "POST",
                400,
                kJson,
                R"({"code":"invalid_request","message":"Card 4111 1111 1111 1111 is bad",
                    "metadata":{"pan":"4111111111111111"}})",
                {}});
    EXPECT_ENVELOPE(response, "invalid_request", 400, "upstream", "not_applied", false);
    EXPECT_EQ(response.body.find("4111 1111"), std::string::npos) << response.body;
    EXPECT_EQ(response.body.find("41111111"), std::string::npos) << response.body;
    EXPECT_NE(response.json()["message"].get<std::string>().find("1111"), std::string::npos);
}

// ------------------------------------------------------------ fields

class NormalizedFields : public testing::Test {
  protected:
    FakeUpstream upstream_;
    Gateway gateway_{normalizing(upstream_.port(), "license_pos")};
    Client client_ = gateway_.client();
};

TEST_F(NormalizedFields, ThatSurvive) {
    upstream_.expect("GET", "/x")
        .reply(401,
               {{"WWW-Authenticate", "Bearer realm=\"psp\""},
                {"Allow", "GET, HEAD"},
                {"Set-Cookie", "a=1"},
                {"Set-Cookie", "b=2"},
                {"Link", "</help>; rel=help"},
                {"Vary", "Accept"},
                {"X-RateLimit-Remaining", "7"},
                {"X-Correlation-Id", "corr-1"},
                {"X-Unknown", "kept"}},
               "{}");
    const Response response = client_.get("/x");
    EXPECT_ENVELOPE(response, "unauthorized", 401, "upstream", "not_applied", false);
    EXPECT_EQ(response.field("WWW-Authenticate"), "Bearer realm=\"psp\"");
    EXPECT_EQ(response.field("Allow"), "GET, HEAD");
    EXPECT_THAT(all(response.fields, "Set-Cookie"), ElementsAre("a=1", "b=2"));
    EXPECT_EQ(response.field("Link"), "</help>; rel=help");
    EXPECT_EQ(response.field("Vary"), "Accept");
    EXPECT_EQ(response.field("X-RateLimit-Remaining"), "7");
    EXPECT_EQ(response.field("X-Correlation-Id"), "corr-1");
    EXPECT_EQ(response.field("X-Unknown"), "kept");
}

TEST_F(NormalizedFields, ThatAreDropped) {
    const Fields dropped = {{"ETag", "\"v\""},          {"Last-Modified", "yesterday"},
                            {"Content-Language", "en"}, {"Accept-Ranges", "bytes"},
                            {"Content-MD5", "x"},       {"Content-Digest", "sha-256=:x:"},
                            {"Signature", "x"},         {"Signature-Input", "x"},
                            {"Expires", "tomorrow"},    {"Age", "7"},
                            {"Content-Encoding", "br"}, {"Content-Disposition", "inline"}};
    Fields fields = dropped;
    fields.push_back({"Cache-Control", "max-age=60"});
    upstream_.expect("GET", "/x").reply(404, fields, "{}");
    const Response response = client_.get("/x");
    EXPECT_ENVELOPE(response, "not_found", 404, "upstream", "not_applied", false);
    for (const Field& field : dropped)
        EXPECT_FALSE(response.has_field(field.name)) << field.name;
}

TEST_F(NormalizedFields, ThatPretendToBeOurs) {
    upstream_.expect("GET", "/x")
        .reply(404,
               {{"Errgate-Code", "forged"},
                {"Errgate-Retryable", "true"},
                {"Proxy-Status", "forged; error=dns_error"},
                {"X-Request-Id", "theirs"}},
               "{}");
    EXPECT_ENVELOPE(client_.get("/x"), "not_found", 404, "upstream", "not_applied", false);
}

// RFC 9110 10.2.3.
TEST_F(NormalizedFields, RetryAfterInSeconds) {
    upstream_.expect("POST", "/x").reply(429, {{"Retry-After", "7"}}, "{}");
    const Response response = client_.post("/x", "{}");
    EXPECT_ENVELOPE(response, "rate_limited", 429, "upstream", "not_applied", true);
    EXPECT_EQ(response.json()["retry_after_ms"], 7000);
}

// RFC 9110 10.2.3, 5.6.7.
TEST_F(NormalizedFields, RetryAfterAsADateRelativeToTheirClock) {
    upstream_.expect("POST", "/x")
        .reply(429,
               {{"Date", "Sun, 06 Nov 1994 08:49:37 GMT"},
                {"Retry-After", "Sun, 06 Nov 1994 08:49:49 GMT"}},
               "{}");
    EXPECT_EQ(client_.post("/x", "{}").json()["retry_after_ms"], 12000);
}

TEST_F(NormalizedFields, OfAHeadRequest) {
    upstream_.expect("HEAD", "/x").reply(404, {{"Content-Length", "1234"}});
    upstream_.expect("GET", "/y").reply(200, {}, "next");
    EXPECT_TRUE(is_head_envelope(client_.request("HEAD", "/x"),
                                 {"not_found", 404, "upstream", "not_applied", false}));
    EXPECT_EQ(client_.get("/y").body, "next");
}

TEST_F(NormalizedFields, ProblemJsonWhenTheClientPrefersIt) {
    upstream_.expect("GET", "/x").reply(404, kJson, R"({"code":"not_found","message":"Gone"})");
    const Response response = client_.get("/x", {{"Accept", "application/problem+json"}});
    EXPECT_ENVELOPE(response, "not_found", 404, "upstream", "not_applied", false);
    EXPECT_EQ(response.field("Content-Type"), "application/problem+json");
    EXPECT_EQ(response.json()["detail"], "Gone");
}

TEST_F(NormalizedFields, JsonWhenTheClientTakesAnything) {
    upstream_.expect("GET", "/x").reply(404);
    EXPECT_EQ(client_.get("/x", {{"Accept", "*/*"}}).field("Content-Type"), "application/json");
}

TEST_F(NormalizedFields, OfARequestNoRouteTakes) {
    RoutesSpec spec = normalizing(upstream_.port(), "license_pos");
    spec.routes[0].match = "path_prefix: /pay/";
    Gateway gateway(spec);
    Client client = gateway.client();
    const Response response = client.get("/other");
    EXPECT_ENVELOPE(response, "not_found", 404, "gateway", "not_applied", false);
    upstream_.expect("GET", "/pay/1").reply(200, {}, "paid");
    EXPECT_EQ(client.get("/pay/1").body, "paid");
}

TEST_F(NormalizedFields, KeepTheClientsConnection) {
    upstream_.expect("GET", "/x").reply(404);
    upstream_.expect("GET", "/y").reply(200, {}, "next");
    const Response response = client_.get("/x");
    EXPECT_FALSE(response.has_field("Connection")) << response.field("Connection");
    EXPECT_EQ(client_.get("/y").body, "next");
    EXPECT_EQ(upstream_.connection_count(), 1u);
}

// ------------------------------------------------------------ options of a route

TEST(ErrorOptions, StatusOfTheUpstream) {
    FakeUpstream upstream;
    Gateway gateway(normalizing(upstream.port(), "license_pos", "errors: {status: upstream}"));
    upstream.expect("POST", "/x").reply(400, kJson, R"({"code":"transaction_failed"})");
    Client client = gateway.client();
    EXPECT_ENVELOPE(client.post("/x", "{}"), "payment_failed", 400, "upstream", "not_applied",
                    false);
}

}  // namespace
}  // namespace errgate::test
