// Starting, refusing to start, being watched, and stopping without losing an exchange.
#include "support/envelope.hpp"
#include "support/fake_upstream.hpp"
#include "support/gateway.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <csignal>
#include <fstream>
#include <sstream>

namespace errgate::test {
namespace {

using testing::HasSubstr;

RunResult run_with(const TempDir& dir, const std::string& yaml) {
    return run_program({errgate_binary(), "run", "--config", dir.write("errgate.yaml", yaml)});
}

std::size_t line_count(const std::string& text) {
    return static_cast<std::size_t>(std::count(text.begin(), text.end(), '\n'));
}

// ------------------------------------------------------------ starting

TEST(Start, SaysWhereItListens) {
    FakeUpstream upstream;
    Gateway gateway(single(upstream.port()));  // waits for both lines
    EXPECT_NE(gateway.port(), 0);
    EXPECT_NE(gateway.admin_port(), 0);
    EXPECT_NE(gateway.port(), gateway.admin_port());
}

TEST(Start, ReportsEveryProblemOfTheFileAtOnce) {
    const TempDir dir;
    RoutesSpec spec =
        single(80, "no_such_dialect", "retry: {atempts: 3}\ntimeouts: {attempt: soon}");
    spec.more = "color: blue";
    const RunResult result = run_with(dir, to_yaml(spec));
    EXPECT_EQ(result.code, 1);
    EXPECT_EQ(result.out, "");
    for (const char* word : {"no_such_dialect", "atempts", "attempts", "soon", "color"})
        EXPECT_THAT(result.err, HasSubstr(word));
    EXPECT_THAT(result.err, HasSubstr("errgate.yaml:"));
    std::istringstream lines(result.err);
    for (std::string line; std::getline(lines, line);)
        EXPECT_THAT(line, HasSubstr("errgate.yaml:")) << "every line names its place";
}

TEST(Start, RefusesTextThatIsNoYaml) {
    const TempDir dir;
    const RunResult result = run_with(dir, "version: [1\nroutes: }");
    EXPECT_EQ(result.code, 1);
    EXPECT_THAT(result.err, HasSubstr("errgate.yaml:"));
}

TEST(Start, RefusesAMissingFile) {
    const RunResult result =
        run_program({errgate_binary(), "run", "--config", "/nonexistent/e.yaml"});
    EXPECT_EQ(result.code, 1);
    EXPECT_THAT(result.err, HasSubstr("/nonexistent/e.yaml"));
    EXPECT_EQ(line_count(result.err), 1u) << result.err;
}

TEST(Start, RefusesAnUnsetVariable) {
    const TempDir dir;
    const RunResult result = run_with(
        dir,
        to_yaml(single(80, "kira",
                       "headers: {request: {set: {Authorization: \"Bearer ${ERRGATE_UNSET}\"}}}")));
    EXPECT_EQ(result.code, 1);
    EXPECT_THAT(result.err, HasSubstr("ERRGATE_UNSET"));
}

TEST(Start, SaysInOneLineThatTheAddressIsTaken) {
    const Listener taken;
    const TempDir dir;
    std::string yaml = to_yaml(single(80));
    yaml.replace(yaml.find("127.0.0.1:0"), 11, "127.0.0.1:" + std::to_string(taken.port()));
    const RunResult result = run_with(dir, yaml);
    EXPECT_EQ(result.code, 3);
    EXPECT_EQ(line_count(result.err), 1u) << result.err;
    EXPECT_THAT(result.err, HasSubstr("127.0.0.1:" + std::to_string(taken.port())));
}

TEST(Start, WrongUsageExitsWith2) {
    for (const std::vector<std::string>& arguments :
         {std::vector<std::string>{}, {"run"}, {"run", "--no-such-option"}, {"no-such-command"}}) {
        std::vector<std::string> argv{errgate_binary()};
        argv.insert(argv.end(), arguments.begin(), arguments.end());
        const RunResult result = run_program(argv);
        EXPECT_EQ(result.code, 2) << result.err;
        EXPECT_FALSE(result.err.empty());
    }
}

// ------------------------------------------------------------ being watched

class Watched : public testing::Test {
  protected:
    FakeUpstream upstream_;
    Gateway gateway_{single(upstream_.port(), "kiotapay", "retry: {attempts: 1}")};
    Client client_ = gateway_.client();

    void make_failures(int count) {
        for (int i = 0; i < count; ++i) {
            upstream_.expect("POST", "/charge")
                .reply(402, {}, R"({"errorCode":"INSUFFICIENT_FUNDS","message":"No"})");
            EXPECT_EQ(client_.post("/charge", "{}").status, 402);
        }
    }
};

TEST_F(Watched, IsAliveAndReady) {
    EXPECT_EQ(gateway_.admin("GET", "/livez").status, 200);
    EXPECT_EQ(gateway_.admin("GET", "/readyz").status, 200);
}

TEST_F(Watched, HasNoAdminPathsOnItsProxyPort) {
    upstream_.expect("GET", "/metrics").reply(200, {}, "the provider's own");
    EXPECT_EQ(client_.get("/metrics").body, "the provider's own");
}

TEST_F(Watched, CountsRequestsAndErrors) {
    upstream_.expect("GET", "/ok").reply(200);
    client_.get("/ok");
    make_failures(2);
    EXPECT_TRUE(gateway_.wait_for_metric(
        "errgate_requests_total",
        {{"route", "psp"}, {"upstream", "psp"}, {"method", "POST"}, {"status", "402"}}, 2));
    const std::string text = gateway_.metrics();
    EXPECT_EQ(sample(text, "errgate_requests_total", {{"method", "GET"}, {"status", "200"}}), 1);
    EXPECT_EQ(sample(text, "errgate_errors_total",
                     {{"route", "psp"},
                      {"upstream", "psp"},
                      {"code", "insufficient_funds"},
                      {"origin", "upstream"},
                      {"provider_status", "402"}}),
              2);
    EXPECT_EQ(sample(text, "errgate_errors_total"), 2);
    EXPECT_EQ(sample(text, "errgate_request_duration_seconds_count", {{"route", "psp"}}), 3);
    EXPECT_EQ(sample(text, "errgate_attempts_total"), 3);
}

TEST_F(Watched, CountsUnknownMethodsAsOther) {
    upstream_.expect("BREW", "/tea").reply(200);
    client_.request("BREW", "/tea");
    EXPECT_TRUE(gateway_.wait_for_metric("errgate_requests_total", {{"method", "_OTHER"}}, 1));
}

TEST_F(Watched, CountsCodesNoRuleNames) {
    upstream_.expect("GET", "/x").reply(418, {}, "{}");
    client_.get("/x");
    EXPECT_TRUE(gateway_.wait_for_metric("errgate_unmapped_errors_total",
                                         {{"upstream", "psp"}, {"provider_status", "418"}}, 1));
}

TEST_F(Watched, ServesMetricsInTheTextFormat) {
    const Response response = gateway_.admin("GET", "/metrics");
    EXPECT_EQ(response.status, 200);
    EXPECT_THAT(response.field("Content-Type"), testing::StartsWith("text/plain; version=0.0.4"));
    EXPECT_THAT(response.body, HasSubstr("errgate_build_info{version=\""));
    EXPECT_THAT(response.body, HasSubstr("process_resident_memory_bytes"));
    EXPECT_TRUE(response.body.ends_with('\n'));
}

TEST_F(Watched, PassesPromtool) {
    const std::string promtool = "/usr/bin/promtool";
    if (!std::ifstream(promtool)) GTEST_SKIP() << promtool << " is not installed";
    make_failures(1);
    const TempDir dir;
    const std::string file = dir.write("metrics.txt", gateway_.metrics());
    const RunResult result =
        run_program({"/bin/sh", "-c", promtool + " check metrics < " + file + " 2>&1"});
    EXPECT_EQ(result.code, 0) << result.out;
    EXPECT_EQ(result.out, "");
}

// ------------------------------------------------------------ stopping

TEST(Stop, EndsIdleConnectionsAndExitsWith0) {
    FakeUpstream upstream;
    Gateway gateway(single(upstream.port()));
    upstream.expect("GET", "/").reply(200, {}, "ok");
    Client client = gateway.client();
    EXPECT_EQ(client.get("/").body, "ok");
    EXPECT_EQ(gateway.stop(), 0);
    EXPECT_TRUE(client.closed_by_peer());
}

TEST(Stop, FinishesWhatIsInFlight) {
    FakeUpstream upstream;
    Gateway gateway(single(upstream.port()));
    Gate answer;
    upstream.expect("POST", "/charge").wait(answer).reply(201, {}, "charged");
    Client client = gateway.client();
    client.send(format_request("POST", "/charge", {}, "{}"));
    ASSERT_TRUE(upstream.wait_for_requests(1));
    gateway.process().signal(SIGTERM);
    EXPECT_FALSE(gateway.process().wait(std::chrono::milliseconds(100)).has_value());
    answer.open();
    const Response response = client.read();
    EXPECT_EQ(response.status, 201);
    EXPECT_EQ(response.body, "charged");
    EXPECT_EQ(response.field("Connection"), "close");
    EXPECT_EQ(gateway.wait_for_exit(), 0);
    EXPECT_EQ(gateway.access_log(1).size(), 1u);
}

TEST(Stop, IsNotReadyWhileItDrains) {
    FakeUpstream upstream;
    RoutesSpec spec = single(upstream.port());
    spec.more = "drain: {grace: 20s, timeout: 20s}";
    Gateway gateway(spec);
    gateway.process().signal(SIGTERM);
    const auto deadline = std::chrono::steady_clock::now() + kPatience;
    Response ready = gateway.admin("GET", "/readyz");
    while (ready.status == 200 && std::chrono::steady_clock::now() < deadline)
        ready = gateway.admin("GET", "/readyz");
    EXPECT_EQ(ready.status, 503);
    EXPECT_EQ(gateway.admin("GET", "/livez").status, 200);
    upstream.expect("GET", "/").reply(200, {}, "still served");  // within the grace
    Client client = gateway.client();
    EXPECT_EQ(client.get("/").body, "still served");
    gateway.process().signal(SIGTERM);  // the second one ends it now
    EXPECT_TRUE(gateway.wait_for_exit().has_value());
}

// The client comes back, here or elsewhere, before its connection is closed under a request.
TEST(Stop, EndsConnectionsAfterTheirNextAnswerWithinTheGrace) {
    FakeUpstream upstream;
    upstream.otherwise().reply(200, {}, "ok");
    RoutesSpec spec = single(upstream.port());
    spec.more = "drain: {grace: 20s}";
    Gateway gateway(spec);
    Client client = gateway.client();
    EXPECT_EQ(client.get("/").field("Connection"), "");
    Client idle = gateway.client();
    EXPECT_EQ(idle.get("/").field("Connection"), "");
    gateway.process().signal(SIGTERM);
    ASSERT_TRUE(gateway.process().err().wait_for("errgate: stopping: not ready any more"));
    const auto deadline = std::chrono::steady_clock::now() + kPatience;
    Response last = client.get("/");
    // A worker may hear of it a moment later.
    while (last.field("Connection").empty() && std::chrono::steady_clock::now() < deadline)
        last = client.get("/");
    EXPECT_EQ(last.status, 200);
    EXPECT_EQ(last.field("Connection"), "close");
    EXPECT_EQ(gateway.client().get("/").status, 200) << "new connections are accepted";
    EXPECT_EQ(idle.get("/").status, 200) << "one that was idle meanwhile is not cut off";
    gateway.process().signal(SIGTERM);
    EXPECT_TRUE(gateway.wait_for_exit().has_value());
}

TEST(Stop, ASecondSignalDoesNotWait) {
    FakeUpstream upstream;
    Gateway gateway(single(upstream.port()));
    upstream.expect("POST", "/charge").stay_silent();
    Client client = gateway.client();
    client.send(format_request("POST", "/charge", {}, "{}"));
    ASSERT_TRUE(upstream.wait_for_requests(1));
    gateway.process().signal(SIGTERM);
    gateway.process().signal(SIGINT);
    EXPECT_TRUE(gateway.wait_for_exit().has_value());
}

TEST(Stop, GivesUpAfterTheDrainTimeout) {
    FakeUpstream upstream;
    RoutesSpec spec = single(upstream.port());
    spec.more = "drain: {timeout: 200ms}";
    Gateway gateway(spec);
    upstream.expect("POST", "/charge").stay_silent();
    Client client = gateway.client();
    client.send(format_request("POST", "/charge", {}, "{}"));
    ASSERT_TRUE(upstream.wait_for_requests(1));
    EXPECT_EQ(gateway.stop(), 0);
}

}  // namespace
}  // namespace errgate::test
