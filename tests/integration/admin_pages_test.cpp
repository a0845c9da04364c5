// The admin listener's pages: what support and operators find, and who may look.
#include "support/fake_upstream.hpp"
#include "support/gateway.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>

namespace errgate::test {
namespace {

using nlohmann::json;
using testing::HasSubstr;
using testing::Not;

// ------------------------------------------------------------ what it tells

class Pages : public testing::Test {
  protected:
    static RoutesSpec spec(std::uint16_t port) {
        RoutesSpec spec = single(port, "kiotapay",
                                 "retry: {attempts: 2, backoff: {base: 1ms, max: 1ms}}\n"
                                 "headers: {request: {set: {Authorization: Bearer-abc}}}");
        spec.upstreams[0].more = "max_in_flight: 77";
        spec.more = "journal: {entries: 3, body_excerpt: true}";
        return spec;
    }

    json page(const std::string& target) const {
        const Response response = gateway_.admin("GET", target);
        EXPECT_EQ(response.status, 200) << target << response.body;
        return response.json();
    }
    // An exchange is written down after its answer has gone out.
    void wait_until_recorded() {
        EXPECT_TRUE(gateway_.wait_for_metric("errgate_errors_total", {}, ++failures_));
    }
    void decline(const std::string& id, const std::string& code = "INSUFFICIENT_FUNDS") {
        upstream_.expect("POST", "/charge")
            .reply(
                402, {{"Content-Type", "application/json"}},
                R"({"errorCode":")" + code + R"(","message":"No","card":"4242 4242 4242 4242"})");
        EXPECT_EQ(client_.post("/charge", "{}", {{"X-Request-Id", id}}).status / 100, 4);
        wait_until_recorded();
    }

    FakeUpstream upstream_;
    Gateway gateway_{spec(upstream_.port())};
    Client client_ = gateway_.client();
    int failures_ = 0;
};

TEST_F(Pages, ShowTheUpstreams) {
    upstream_.expect("GET", "/").reply(200);
    client_.get("/");
    ASSERT_TRUE(gateway_.wait_for_metric("errgate_upstream_connections", {{"state", "idle"}}, 1));
    const json shown = page("/upstreams")["upstreams"][0];
    EXPECT_EQ(shown["name"], "psp");
    EXPECT_EQ(shown["dialect"], "kiotapay");
    EXPECT_EQ(shown["addresses"], json::array({"127.0.0.1:" + std::to_string(upstream_.port())}));
    EXPECT_EQ(shown["breaker"]["state"], "closed");
    EXPECT_EQ(shown["breaker"]["transitions"]["open"], 0);
    EXPECT_EQ(shown["connections"]["idle"], 1);
    EXPECT_EQ(shown["connections"]["busy"], 0);
    EXPECT_EQ(shown["max_in_flight"], 77);
}

TEST_F(Pages, ShowTheConfigurationWithoutItsSecrets) {
    const Response response = gateway_.admin("GET", "/config");
    EXPECT_THAT(response.body, Not(HasSubstr("Bearer-abc")));
    const json config = response.json();
    EXPECT_EQ(response.field("ETag"), "\"" + config["hash"].get<std::string>() + "\"");
    EXPECT_EQ(config["files"], json::array({gateway_.config_file()}));
    const json& shown = config["config"];
    EXPECT_EQ(shown["upstreams"]["psp"]["max_in_flight"], 77);
    EXPECT_EQ(shown["client"]["keepalive_timeout"], "1m") << "a default";
    EXPECT_EQ(shown["routes"][0]["retry"]["attempts"], 2);
    EXPECT_EQ(shown["routes"][0]["headers"]["request"]["set"]["Authorization"], "[redacted]");
    EXPECT_EQ(gateway_.metric("errgate_config_info", {{"hash", config["hash"]}}), 1);
}

TEST_F(Pages, FindAFailureByItsRequestId) {
    decline("req_first01");
    const json shown = page("/errors/req_first01");
    EXPECT_EQ(shown["code"], "insufficient_funds");
    EXPECT_EQ(shown["route"], "psp");
    EXPECT_EQ(shown["provider"]["code"], "INSUFFICIENT_FUNDS");
    EXPECT_EQ(shown["retry_refused"], "not_transient");
    ASSERT_EQ(shown["attempts"].size(), 1u);
    const json& attempt = shown["attempts"][0];
    EXPECT_EQ(attempt["status"], 402);
    EXPECT_EQ(attempt["provider_code"], "INSUFFICIENT_FUNDS");
    EXPECT_EQ(attempt["retried"], false);
    EXPECT_THAT(attempt["why"].get<std::string>(), HasSubstr("same answer"));
    EXPECT_THAT(attempt["body_excerpt"].get<std::string>(), HasSubstr("****4242"));
    EXPECT_THAT(shown.dump(), Not(HasSubstr("4242 4242")));
    EXPECT_EQ(gateway_.admin("GET", "/errors/req_other01").status, 404);
}

// Its `redact:` names members that must not be read any further.
TEST(JournalExcerpt, IsNotKeptForADialectThatRedactsMembers) {
    FakeUpstream upstream;
    RoutesSpec spec = single(upstream.port(), "stripe");
    spec.more = "journal: {body_excerpt: true}";
    Gateway gateway(spec);
    upstream.expect("POST", "/v1/payment_intents")
        .reply(402, {{"Content-Type", "application/json"}},
               R"({"error":{"type":"card_error","code":"card_declined","message":"No.",)"
               R"("payment_intent":{"id":"pi_1","client_secret":"a word"}}})");
    gateway.client().post("/v1/payment_intents", "{}", {{"X-Request-Id", "req_hidden1"}});
    ASSERT_TRUE(gateway.wait_for_metric("errgate_errors_total", {}, 1));
    const json shown = gateway.admin("GET", "/errors/req_hidden1").json();
    EXPECT_EQ(shown["attempts"][0]["provider_code"], "card_declined");
    EXPECT_THAT(shown.dump(), Not(HasSubstr("a word")));
    EXPECT_FALSE(shown["attempts"][0].contains("body_excerpt"));
}

TEST_F(Pages, TellEveryAttempt) {
    for (int i = 0; i < 2; ++i)
        upstream_.expect("GET", "/x").reply(503, {}, "attempt " + std::to_string(i));
    client_.get("/x", {{"X-Request-Id", "req_twice01"}});
    wait_until_recorded();
    const json attempts = page("/errors/req_twice01")["attempts"];
    ASSERT_EQ(attempts.size(), 2u);
    EXPECT_EQ(attempts[0]["retried"], true);
    EXPECT_EQ(attempts[0]["body_excerpt"], "attempt 0");
    EXPECT_EQ(attempts[1]["retried"], false);
    EXPECT_EQ(attempts[1]["body_excerpt"], "attempt 1");
    EXPECT_THAT(attempts[1]["why"].get<std::string>(), HasSubstr("retry.attempts"));
}

TEST_F(Pages, ListFailuresNewestFirstAndForgetTheOldest) {
    for (const char* id : {"req_number1", "req_number2", "req_number3", "req_number4"})
        decline(id);
    const json shown = page("/errors");
    ASSERT_EQ(shown["errors"].size(), 3u);
    EXPECT_EQ(shown["errors"][0]["request_id"], "req_number4");
    EXPECT_EQ(shown["errors"][2]["request_id"], "req_number2");
    EXPECT_EQ(shown["journal"]["recorded"], 4);
    EXPECT_EQ(page("/errors?limit=1")["errors"].size(), 1u);
    EXPECT_EQ(page("/errors?code=insufficient_funds")["errors"].size(), 3u);
    EXPECT_EQ(page("/errors?code=not_found")["errors"].size(), 0u);
    EXPECT_EQ(page("/errors?route=psp&upstream=psp")["errors"].size(), 3u);
    EXPECT_EQ(page("/errors?upstream=other")["errors"].size(), 0u);
    EXPECT_EQ(gateway_.admin("GET", "/errors?limit=many").status, 400);
}

TEST_F(Pages, KeepFailuresOverAReload) {
    decline("req_before1");
    RoutesSpec changed = spec(upstream_.port());
    changed.upstreams[0].more = "max_in_flight: 78";
    gateway_.rewrite(changed);
    ASSERT_EQ(gateway_.admin("POST", "/reload").status, 200);
    EXPECT_EQ(page("/errors/req_before1")["code"], "insufficient_funds");
    EXPECT_EQ(page("/upstreams")["upstreams"][0]["max_in_flight"], 78);
}

TEST_F(Pages, ShowProviderCodesWithoutARule) {
    decline("req_unknown1", "IT'S_NEW");
    decline("req_unknown2", "IT'S_NEW");
    decline("req_known001");
    const json shown = page("/unmapped")["unmapped"];
    ASSERT_EQ(shown.size(), 1u);
    EXPECT_EQ(shown[0]["provider_code"], "IT'S_NEW");
    EXPECT_EQ(shown[0]["provider_status"], 402);
    EXPECT_EQ(shown[0]["count"], 2);
    EXPECT_EQ(shown[0]["example"]["request_id"], "req_unknown2");
    EXPECT_THAT(shown[0]["rule"].get<std::string>(),
                HasSubstr("- {match: {code: 'IT''S_NEW'}, to: "));
}

// ------------------------------------------------------------ who may look

class Guarded : public testing::Test {
  protected:
    Guarded() {
        RoutesSpec spec = single(upstream_.port());
        token_file_ = dir_.write("token", kToken + "\n");
        const std::string admin = "admin: {address: \"127.0.0.1:0\"";
        yaml_ = to_yaml(spec);
        yaml_.replace(yaml_.find(admin), admin.size(),
                      admin + ", token_file: " + token_file_ +
                          ", public_metrics: true, allowed_hosts: [errgate.internal]");
        gateway_.emplace(std::vector<std::string>{errgate_binary(), "run", "--config",
                                                  dir_.write("errgate.yaml", yaml_)});
        const std::string prefix = "errgate: admin on http://127.0.0.1:";
        const auto line = gateway_->err().wait_for(prefix);
        if (line) port_ = static_cast<std::uint16_t>(std::atoi(line->c_str() + prefix.size()));
    }

    Response ask(std::string_view method, std::string_view target, Fields fields = {},
                 const std::string& host = "127.0.0.1") const {
        fields.emplace_back("Host", host);
        return Client(port_).request(method, target, fields);
    }
    static Fields bearer(const std::string& token) {
        return {{"Authorization", "Bearer " + token}};
    }

    const std::string kToken = "0123456789abcdef-token";
    FakeUpstream upstream_;
    TempDir dir_;
    std::string token_file_, yaml_;
    std::optional<Process> gateway_;
    std::uint16_t port_ = 0;
};

TEST_F(Guarded, AsksForTheToken) {
    for (const char* target : {"/config", "/upstreams", "/errors", "/unmapped", "/codes", "/none"})
        EXPECT_EQ(ask("GET", target).status, 401) << target;
    EXPECT_EQ(ask("POST", "/reload").status, 401);
    EXPECT_EQ(ask("GET", "/config").field("WWW-Authenticate"), "Bearer realm=\"errgate\"");
    EXPECT_EQ(ask("GET", "/config", bearer(kToken)).status, 200);
    EXPECT_EQ(ask("GET", "/config", {{"Authorization", "bearer " + kToken}}).status, 200);
}

TEST_F(Guarded, TakesNoOther) {
    for (const std::string& token : {kToken + "x", kToken.substr(1), std::string("wrong"),
                                     kToken + kToken, std::string(1, kToken[0])}) {
        EXPECT_EQ(ask("GET", "/config", bearer(token)).status, 401) << token;
    }
    EXPECT_EQ(ask("GET", "/config", {{"Authorization", "Basic " + kToken}}).status, 401);
}

TEST_F(Guarded, LetsProbesAndPublicMetricsPass) {
    for (const char* target : {"/livez", "/readyz", "/metrics"})
        EXPECT_EQ(ask("GET", target).status, 200) << target;
}

TEST_F(Guarded, KnowsTheNamesItMayBeCalled) {
    EXPECT_EQ(ask("GET", "/metrics", {}, "errgate.internal:9464").status, 200);
    EXPECT_EQ(ask("GET", "/metrics", {}, "evil.example").status, 421);
}

TEST_F(Guarded, RefusesWhatAPageOfAnotherSiteSends) {
    Fields fields = bearer(kToken);
    fields.emplace_back("Origin", "http://evil.example");
    EXPECT_EQ(ask("POST", "/reload", fields).status, 403);
    fields.back() = {"Sec-Fetch-Site", "cross-site"};
    EXPECT_EQ(ask("POST", "/reload", fields).status, 403);
    fields.back() = {"Origin", "http://127.0.0.1"};
    EXPECT_EQ(ask("POST", "/reload", fields).status, 200);
}

TEST_F(Guarded, TakesANewTokenWithoutARestart) {
    dir_.write("token", "another-token-of-length");
    ASSERT_TRUE(gateway_->err().wait_for("errgate: reload (files changed): running "));
    EXPECT_EQ(ask("GET", "/config", bearer(kToken)).status, 401);
    EXPECT_EQ(ask("GET", "/config", bearer("another-token-of-length")).status, 200);
}

TEST_F(Guarded, KeepsTheTokenToItself) {
    EXPECT_THAT(ask("GET", "/config", bearer(kToken)).body, Not(HasSubstr(kToken)));
    EXPECT_THAT(gateway_->err().text(), Not(HasSubstr(kToken)));
}

}  // namespace
}  // namespace errgate::test
