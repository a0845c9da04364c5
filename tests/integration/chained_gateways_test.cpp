// A gateway in front of another one: whatever the two routes' errors.mode, what the inner one knows
// of a failure is what the outer one says, does and logs.
#include "support/envelope.hpp"
#include "support/fake_upstream.hpp"
#include "support/gateway.hpp"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <string>
#include <vector>

namespace errgate::test {
namespace {

using nlohmann::json;

const Fields kJson = {{"Content-Type", "application/json"}};
const std::string kDeclined = R"({"errorCode":"INSUFFICIENT_FUNDS","message":"Too low"})";
const std::string kLocked = R"({"errorCode":"RESOURCE_LOCKED","message":"Busy"})";
const std::vector<std::string> kModes = {"envelope", "annotate", "passthrough"};

// A route for each mode: /annotate/x goes to the upstream's /x.
void add_routes(RoutesSpec& spec, const std::string& prefix, const std::string& upstream,
                int attempts) {
    for (const std::string& mode : kModes) {
        const std::string path = prefix + mode;
        spec.routes.push_back(
            {.name = upstream + "_" + mode,
             .match = "path_prefix: " + path + "/",
             .upstream = upstream,
             .more = "strip_prefix: " + path + "\nerrors: {mode: " + mode +
                     "}\ntimeouts: {total: 2s}\nretry: {attempts: " + std::to_string(attempts) +
                     ", backoff: {base: 1ms, max: 1ms}}"});
    }
}

UpstreamSpec upstream_of(const std::string& name, std::uint16_t port, const std::string& more) {
    UpstreamSpec upstream;
    upstream.name = name;
    upstream.port = port;
    upstream.dialect = "kiotapay";
    upstream.more = more;
    return upstream;
}

// In front of a provider, and of a port where nobody listens.
RoutesSpec inner_spec(std::uint16_t provider, std::uint16_t nobody) {
    RoutesSpec spec;
    spec.upstreams = {upstream_of("psp", provider, "circuit_breaker: {enabled: false}"),
                      upstream_of("down", nobody, "circuit_breaker: {enabled: false}"),
                      upstream_of("open", nobody, "circuit_breaker: {consecutive_failures: 1}")};
    add_routes(spec, "/", "psp", 1);
    add_routes(spec, "/down/", "down", 1);
    add_routes(spec, "/open/", "open", 1);
    return spec;
}

RoutesSpec outer_spec(std::uint16_t inner) {
    RoutesSpec spec;
    spec.upstreams = {
        upstream_of("inner", inner, "circuit_breaker: {enabled: false}\nspeaks_envelope: true")};
    add_routes(spec, "/", "inner", 2);
    return spec;
}

std::uint16_t port_of_nobody() {
    return FakeUpstream().port();
}

class Chained : public testing::Test {
  protected:
    // The answer of both modes together to a POST.
    Response post(const std::string& outer, const std::string& inner,
                  const std::string& upstream = "") {
        return client_.post("/" + outer + upstream + "/" + inner + "/x", "{}");
    }

    void expect_words(const Response& response, const std::string& outer, const std::string& code,
                      const std::string& outcome, const std::string& retryable) {
        EXPECT_TRUE(response.field("X-Request-Id").starts_with("req_"));
        if (outer == "passthrough") return;
        EXPECT_EQ(response.field("Errgate-Code"), code);
        EXPECT_EQ(response.field("Errgate-Outcome"), outcome);
        EXPECT_EQ(response.field("Errgate-Retryable"), retryable);
    }

    // Every pair of modes; what the outer one logged of each.
    template <class Check>
    void for_all(Check check) {
        std::size_t line = 0;
        for (const std::string& outer : kModes) {
            for (const std::string& inner : kModes) {
                SCOPED_TRACE(outer + " in front of " + inner);
                check(outer, inner, [&] { return outer_.log_line(line); });
                ++line;
            }
        }
    }

    FakeUpstream provider_;
    Gateway inner_{inner_spec(provider_.port(), port_of_nobody())};
    Gateway outer_{outer_spec(inner_.port())};
    Client client_ = outer_.client();  // one connection: its lines are in the log in order
};

TEST_F(Chained, ADeclineIsADecline) {
    for_all([&](const std::string& outer, const std::string& inner, auto log_line) {
        provider_.expect("POST", "/x").reply(402, kJson, kDeclined);
        const Response response = post(outer, inner);
        expect_words(response, outer, "insufficient_funds", "not_applied", "false");
        EXPECT_EQ(response.status, 402);
        if (outer == "envelope" || inner == "envelope") {
            const json body = response.json();
            EXPECT_EQ(body["code"], "insufficient_funds");
            EXPECT_EQ(body["request_id"], response.field("X-Request-Id"));
            EXPECT_EQ(body["provider"]["code"], "INSUFFICIENT_FUNDS");
            EXPECT_EQ(body["provider"]["name"], inner == "envelope" ? "psp" : "inner");
        } else {
            EXPECT_EQ(response.body, kDeclined);
        }
        const json line = log_line();
        EXPECT_EQ(line["code"], "insufficient_funds");
        EXPECT_EQ(line["provider_code"], "INSUFFICIENT_FUNDS");
    });
    EXPECT_EQ(provider_.request_count(), 9u);
}

TEST_F(Chained, ARateLimitKeepsItsWait) {
    for_all([&](const std::string& outer, const std::string& inner, auto log_line) {
        Fields fields = kJson;
        fields.push_back({"Retry-After", "7"});
        provider_.expect("POST", "/x").reply(429, fields, "{}");
        const Response response = post(outer, inner);
        expect_words(response, outer, "rate_limited", "not_applied", "true");
        EXPECT_EQ(response.field("Retry-After"), "7");
        if (outer == "envelope" || inner == "envelope") {
            EXPECT_EQ(response.json()["retry_after_ms"], 7000);
        }
        const json line = log_line();
        EXPECT_EQ(line["code"], "rate_limited");
        EXPECT_EQ(line["retry_refused"], "wait_too_long");
    });
    EXPECT_EQ(provider_.request_count(), 9u);
}

// The inner gateway's own failures are envelopes in every mode.
TEST_F(Chained, AProviderThatIsNotThereWasNotReached) {
    for_all([&](const std::string& outer, const std::string& inner, auto log_line) {
        const Response response = post(outer, inner, "/down");
        expect_words(response, outer, "upstream_unreachable", "not_applied", "true");
        EXPECT_EQ(response.status, 502);
        EXPECT_EQ(response.json()["origin"], "gateway");
        EXPECT_EQ(response.json()["outcome"], "not_applied");
        EXPECT_EQ(response.json()["provider"], json({{"name", "down"}}));
        EXPECT_EQ(response.json().contains("error"), inner == "annotate");
        EXPECT_EQ(log_line()["code"], "upstream_unreachable");
    });
}

TEST_F(Chained, AnOpenBreakerIsOneOfTheInnerGateway) {
    inner_.client().post("/open/envelope/x", "{}");
    for_all([&](const std::string& outer, const std::string& inner, auto log_line) {
        const Response response = post(outer, inner, "/open");
        expect_words(response, outer, "circuit_open", "not_applied", "true");
        EXPECT_EQ(response.status, 503);
        EXPECT_TRUE(response.has_field("Retry-After"));
        EXPECT_EQ(response.json()["origin"], "gateway");
        const json line = log_line();
        EXPECT_EQ(line["code"], "circuit_open");
        EXPECT_EQ(line["retry_refused"], "left_to_caller");
    });
}

TEST(ChainedAnnotations, AnErrorInsideASuccessIsOne) {
    FakeUpstream provider;
    RoutesSpec spec = inner_spec(provider.port(), port_of_nobody());
    spec.upstreams[0].dialect = "six_digit";
    Gateway inner(spec);
    Gateway outer(outer_spec(inner.port()));
    const std::string body = R"({"status":"error","code":"010110","error":"Too small"})";
    for (int i = 0; i < 2; ++i)
        provider.expect("POST", "/x").reply(200, kJson, body);
    Client client = outer.client();
    const Response annotated = client.post("/annotate/annotate/x", "{}");
    EXPECT_EQ(annotated.body, body);
    EXPECT_EQ(annotated.field("Errgate-Code"), "amount_too_small");
    const Response wrapped = client.post("/envelope/annotate/x", "{}");
    EXPECT_EQ(wrapped.field("Errgate-Code"), "amount_too_small");
    EXPECT_EQ(wrapped.json()["code"], "amount_too_small");
    EXPECT_EQ(wrapped.status, wrapped.json()["status"]);
}

// ------------------------------------------------------------ an inner gateway that a test speaks
// for

const std::string kId = "req_chosen1";

Fields annotated(const std::string& code, const std::string& outcome, const std::string& retryable,
                 const std::string& id = kId) {
    return {{"Content-Type", "application/json"},
            {"Errgate-Code", code},
            {"Errgate-Outcome", outcome},
            {"Errgate-Retryable", retryable},
            {"X-Request-Id", id}};
}

class Annotated : public testing::Test {
  protected:
    Response request(const std::string& method, const std::string& outer = "envelope") {
        return gateway_.client().request(method, "/" + outer + "/x", {{"X-Request-Id", kId}},
                                         method == "HEAD" ? "" : "{}");
    }

    FakeUpstream inner_;
    Gateway gateway_{outer_spec(inner_.port())};
};

// By its status and body alone, this one would be sent again.
TEST_F(Annotated, AnUnknownOutcomeIsNotTriedAgain) {
    inner_.expect("POST", "/x")
        .reply(423, annotated("resource_locked", "unknown", "false"), kLocked);
    EXPECT_ENVELOPE(request("POST"), "resource_locked", 423, "upstream", "unknown", false);
    EXPECT_EQ(inner_.request_count(), 1u);
}

TEST_F(Annotated, ACodeOfOurDialectGivesWay) {
    inner_.expect("POST", "/x").reply(400, annotated("timeout", "unknown", "false"), kDeclined);
    const Response response = request("POST");
    EXPECT_ENVELOPE(response, "timeout", 504, "upstream", "unknown", false);
    EXPECT_EQ(response.json()["message"], "The upstream did not answer in time.");
}

TEST_F(Annotated, AHeadIsUnderstoodWithoutABody) {
    inner_.expect("HEAD", "/x").reply(402, annotated("insufficient_funds", "not_applied", "false"));
    const Response response = request("HEAD");
    EXPECT_EQ(response.status, 402);
    EXPECT_EQ(response.field("Errgate-Code"), "insufficient_funds");
}

TEST_F(Annotated, WhatIsNotOfThisRequestIsAnybodys) {
    const std::vector<Fields> forged = {annotated("timeout", "unknown", "false", "req_another"),
                                        annotated("card_eaten", "unknown", "false"),
                                        annotated("timeout", "perhaps", "false"),
                                        annotated("timeout", "unknown", "")};
    for (const Fields& fields : forged) {
        inner_.expect("POST", "/x").reply(402, fields, kDeclined);
        EXPECT_ENVELOPE(request("POST"), "insufficient_funds", 402, "upstream", "not_applied",
                        false);
    }
}

// The same request again would come with another key: another payment.
TEST(ChainedKeys, AKeyMintedHereDoesNotMakeTheCallersRepetitionSafe) {
    FakeUpstream inner;
    RoutesSpec spec =
        single(inner.port(), "stripe", "retry: {attempts: 1, mint_idempotency_key: true}");
    spec.upstreams[0].more = "speaks_envelope: true";
    Gateway gateway(spec);
    const std::string envelope =
        R"({"code":"internal_error","message":"No","request_id":")" + kId +
        R"(","metadata":{},"status":500,"category":"upstream","retryable":true,)"
        R"("outcome":"unknown","origin":"upstream","attempts":1,"details":[],"provider":{}})";
    inner.expect("POST", "/x").reply(500, annotated("internal_error", "unknown", "true"), envelope);
    const Response response = gateway.client().post("/x", "{}", {{"X-Request-Id", kId}});
    EXPECT_ENVELOPE(response, "internal_error", 500, "upstream", "unknown", false);
    EXPECT_TRUE(inner.request(0).has_field("Idempotency-Key"));
}

}  // namespace
}  // namespace errgate::test
