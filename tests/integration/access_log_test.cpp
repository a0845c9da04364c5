// One JSON line an exchange, whatever happened, with everything support needs and no card data.
#include "support/fake_upstream.hpp"
#include "support/gateway.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <set>

namespace errgate::test {
namespace {

using nlohmann::json;
using testing::MatchesRegex;

class AccessLog : public testing::Test {
  protected:
    static RoutesSpec spec(std::uint16_t port) {
        RoutesSpec spec = single(
            port, "kiotapay", "retry: {attempts: 1}\ntimeouts: {connect: 300ms, attempt: 300ms}");
        spec.routes[0].match = "path_prefix: /pay/";
        return spec;
    }
    // The line of the only exchange.
    json line() { return gateway_.log_line(0); }

    FakeUpstream upstream_;
    Gateway gateway_{spec(upstream_.port())};
    Client client_ = gateway_.client();
};

TEST_F(AccessLog, OfASuccess) {
    upstream_.expect("POST", "/pay/1?secret=1").reply(201, {}, "created");
    client_.post("/pay/1?secret=1", "body!", {{"User-Agent", "app/1.0"}});
    const json entry = line();
    EXPECT_THAT(entry["ts"].get<std::string>(), MatchesRegex("20[0-9-]+T[0-9:.]+Z"));
    EXPECT_EQ(entry["route"], "psp");
    EXPECT_EQ(entry["upstream"], "psp");
    EXPECT_EQ(entry["method"], "POST");
    EXPECT_EQ(entry["path"], "/pay/1");
    EXPECT_EQ(entry["status"], 201);
    EXPECT_EQ(entry["request_bytes"], 5);
    EXPECT_EQ(entry["response_bytes"], 7);
    EXPECT_EQ(entry["user_agent"], "app/1.0");
    EXPECT_THAT(entry["client"].get<std::string>(), testing::StartsWith("127.0.0.1"));
    EXPECT_TRUE(entry["ms"].is_number());
    EXPECT_TRUE(entry["upstream_ms"].is_number());
    EXPECT_FALSE(entry.contains("code") && !entry["code"].is_null());
}

TEST_F(AccessLog, ListsTheAttempts) {
    upstream_.expect("GET", "/pay/1").reply(200);
    upstream_.expect("GET", "/pay/2").reply(200);
    client_.get("/pay/1");
    client_.get("/pay/2");
    const std::vector<json> entries = gateway_.access_log(2);
    for (const json& entry : entries) {
        ASSERT_EQ(entry["attempts"].size(), 1u);
        const json& attempt = entry["attempts"][0];
        EXPECT_EQ(attempt["n"], 1);
        EXPECT_EQ(attempt["address"], "127.0.0.1:" + std::to_string(upstream_.port()));
        EXPECT_EQ(attempt["status"], 200);
        EXPECT_TRUE(attempt["ms"].is_number());
    }
    EXPECT_EQ(entries[0]["attempts"][0]["reused"], false);
    EXPECT_EQ(entries[1]["attempts"][0]["reused"], true);
}

TEST_F(AccessLog, OfAProvidersFailure) {
    upstream_.expect("POST", "/pay/1")
        .reply(402, {{"X-Request-Id", "their-1"}},
               R"({"errorCode":"INSUFFICIENT_FUNDS","message":"No"})");
    const Response response = client_.post("/pay/1", "{}");
    const json entry = line();
    EXPECT_EQ(entry["request_id"], response.field("X-Request-Id"));
    EXPECT_EQ(entry["status"], 402);
    EXPECT_EQ(entry["code"], "insufficient_funds");
    EXPECT_EQ(entry["origin"], "upstream");
    EXPECT_EQ(entry["outcome"], "not_applied");
    EXPECT_EQ(entry["retryable"], false);
    EXPECT_EQ(entry["provider_status"], 402);
    EXPECT_EQ(entry["provider_code"], "INSUFFICIENT_FUNDS");
    EXPECT_EQ(entry["provider_request_id"], "their-1");
}

TEST_F(AccessLog, OfATimeout) {
    upstream_.expect("POST", "/pay/1").stay_silent();
    client_.post("/pay/1", "{}");
    const json entry = line();
    EXPECT_EQ(entry["status"], 504);
    EXPECT_EQ(entry["code"], "timeout");
    EXPECT_EQ(entry["origin"], "gateway");
    EXPECT_EQ(entry["outcome"], "unknown");
    ASSERT_EQ(entry["attempts"].size(), 1u);
    EXPECT_EQ(entry["attempts"][0]["result"], "attempt_timeout");
}

TEST_F(AccessLog, OfARequestNoRouteTakes) {
    client_.get("/elsewhere");
    const json entry = line();
    EXPECT_EQ(entry["status"], 404);
    EXPECT_EQ(entry["code"], "not_found");
    EXPECT_EQ(entry["path"], "/elsewhere");
    EXPECT_TRUE(entry.value("attempts", json::array()).empty());
}

TEST_F(AccessLog, OfARequestThatCannotBeParsed) {
    client_.send("GET / HTTP/1.1\r\nno colon here\r\n\r\n");
    const Response response = client_.read();
    const json entry = line();
    EXPECT_EQ(entry["status"], 400);
    EXPECT_EQ(entry["code"], "invalid_request");
    EXPECT_EQ(entry["request_id"], response.field("X-Request-Id"));
}

TEST_F(AccessLog, OfAClientThatWentAway) {
    Gate answer;
    upstream_.expect("GET", "/pay/1").wait(answer).reply(200);
    {
        Client leaving = gateway_.client();
        leaving.send(format_request("GET", "/pay/1"));
        ASSERT_TRUE(upstream_.wait_for_requests(1));
    }
    const json entry = line();
    answer.open();
    EXPECT_EQ(entry["code"], "request_canceled");
    EXPECT_EQ(entry["path"], "/pay/1");
}

TEST_F(AccessLog, OfAPostWhoseClientWentAwayHasItsResult) {
    Gate answer;
    upstream_.expect("POST", "/pay/1").wait(answer).reply(201);
    {
        Client leaving = gateway_.client();
        leaving.send(format_request("POST", "/pay/1", {}, "{}"));
        ASSERT_TRUE(upstream_.wait_for_requests(1));
    }
    answer.open();
    const json entry = line();
    ASSERT_EQ(entry["attempts"].size(), 1u);
    EXPECT_EQ(entry["attempts"][0]["status"], 201);
}

TEST_F(AccessLog, OfAResponseThatBrokeOff) {
    upstream_.expect("GET", "/pay/1")
        .send("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhalf")
        .close();
    EXPECT_FALSE(client_.get("/pay/1").complete);
    const json entry = line();
    EXPECT_EQ(entry["path"], "/pay/1");
    EXPECT_EQ(entry["response_bytes"], 4);
}

TEST_F(AccessLog, CannotBeForged) {
    upstream_.expect("GET", "/pay/1").reply(200);
    client_.get("/pay/1", {{"User-Agent", "a\"}\x80 {\"status\":200"}});
    EXPECT_EQ(line()["status"], 200);
    EXPECT_EQ(gateway_.process().out().get().size(), 1u);
}

TEST_F(AccessLog, ShowsNoCardNumbers) {
    upstream_.expect("GET", "/pay/4111111111111111")
        .reply(400, {},
               R"({"errorCode":"REQ_CARD_4111111111111111","message":"4111111111111111"})");
    client_.get("/pay/4111111111111111",
                {{"User-Agent", "4111 1111 1111 1111"}, {"X-Request-Id", "4111111111111111"}});
    line();
    EXPECT_EQ(gateway_.process().out().text().find("41111111"), std::string::npos);
    EXPECT_EQ(gateway_.process().out().text().find("4111 1111"), std::string::npos);
}

TEST_F(AccessLog, HasNoOtherMembersThanThePromisedOnes) {
    upstream_.expect("POST", "/pay/1").reply(500, {}, "{}");
    client_.post("/pay/1", "{}");
    client_.get("/elsewhere");
    const std::set<std::string> promised = {"ts",
                                            "request_id",
                                            "client_request_id",
                                            "trace_id",
                                            "route",
                                            "upstream",
                                            "method",
                                            "path",
                                            "status",
                                            "code",
                                            "origin",
                                            "outcome",
                                            "retryable",
                                            "provider_status",
                                            "provider_code",
                                            "provider_request_id",
                                            "attempts",
                                            "retry_refused",
                                            "request_bytes",
                                            "response_bytes",
                                            "ms",
                                            "upstream_ms",
                                            "client",
                                            "user_agent"};
    for (const json& entry : gateway_.access_log(2))
        for (const auto& member : entry.items())
            EXPECT_TRUE(promised.contains(member.key())) << member.key();
}

}  // namespace
}  // namespace errgate::test
