// Access log lines: golden text, absent members, hostile strings.
#include "telemetry/access_log.hpp"

#include "records.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <string>
#include <string_view>

namespace errgate::telemetry {
namespace {

using errors::GatewayReason;
using test::add_attempt;
using test::answered;
using test::failed;
using namespace std::chrono_literals;
using testing::EndsWith;
using testing::HasSubstr;
using testing::Not;

std::string line_of(const ExchangeRecord& record) {
    std::string out;
    AccessLog().append(out, record, PeerTexts(record));
    return out;
}

TEST(AccessLog, LeavesOutWhatASuccessWithoutRouteDoesNotHave) {
    EXPECT_EQ(line_of(test::success()),
              R"({"ts":"2024-02-29T23:59:59.007Z","request_id":"req_01HQWG3Z5XK6Y7N8M9P0QRSTVW",)"
              R"("method":"POST","path":"/kira/charges","status":201,"attempts":[],)"
              R"("request_bytes":120,"response_bytes":340,"ms":5.250})"
              "\n");
}

TEST(AccessLog, HasEveryMemberInTheOrderOfTheContract) {
    errors::Failure failure;
    failure.code = errors::Code::payment_declined;
    failure.origin = errors::Origin::upstream;
    failure.outcome = errors::Outcome::not_applied;
    failure.provider.code = "declined";
    failure.provider.request_id = "pr_77";
    ExchangeRecord record = test::success();
    record.client_request_id = "order-17";
    record.trace_id = "4bf92f3577b34da6a3ce929d0e0e4736";
    record.route_name = "charges";
    record.upstream_name = "kira";
    record.status = 402;
    record.failure = &failure;
    record.retryable = true;
    add_attempt(record, failed(GatewayReason::connect_refused, 1'500us));
    AttemptRecord second = answered(402, 20ms);
    second.address = "127.0.0.1:8082";
    second.reused = true;
    second.backoff = 42ms;
    add_attempt(record, second);
    record.retry_refused = policy::RetryRefusal::not_transient;
    record.client = "10.0.0.9";
    record.user_agent = "shop/2.1";
    EXPECT_EQ(
        line_of(record),
        R"({"ts":"2024-02-29T23:59:59.007Z","request_id":"req_01HQWG3Z5XK6Y7N8M9P0QRSTVW",)"
        R"("client_request_id":"order-17","trace_id":"4bf92f3577b34da6a3ce929d0e0e4736",)"
        R"("route":"charges","upstream":"kira","method":"POST","path":"/kira/charges",)"
        R"("status":402,"code":"payment_declined","origin":"upstream","outcome":"not_applied",)"
        R"("retryable":true,"provider_status":402,"provider_code":"declined",)"
        R"("provider_request_id":"pr_77","attempts":[)"
        R"({"n":1,"address":"127.0.0.1:8081","reused":false,"result":"connect_refused","ms":1.500},)"
        R"({"n":2,"address":"127.0.0.1:8082","reused":true,"status":402,"result":"response",)"
        R"("ms":20.000,"backoff_ms":42.000}],"retry_refused":"not_transient",)"
        R"("request_bytes":120,"response_bytes":340,"ms":5.250,"upstream_ms":21.500,)"
        R"("client":"10.0.0.9","user_agent":"shop/2.1"})"
        "\n");
}

TEST(AccessLog, AppendsToWhatIsThere) {
    AccessLog log;
    std::string out;
    const ExchangeRecord record = test::success();
    log.append(out, record, PeerTexts(record));
    const std::string one = out;
    log.append(out, record, PeerTexts(record));
    EXPECT_EQ(out, one + one);
}

TEST(AccessLog, WritesALineOfAnyLength) {
    const std::string name(20'000, 'n');
    ExchangeRecord record = test::success();
    record.route_name = record.upstream_name = name;
    EXPECT_THAT(line_of(record), HasSubstr(R"("route":")" + name + R"(","upstream":")" + name));
    EXPECT_TRUE(nlohmann::json::accept(line_of(record)));
}

TEST(AccessLog, SaysZeroWhenNothingCouldBeAnswered) {
    ExchangeRecord record = test::success();
    record.status = 0;
    EXPECT_THAT(line_of(record), HasSubstr(R"("status":0,)"));
}

TEST(CachedTimestamp, FollowsTheClockInBothDirections) {
    CachedTimestamp timestamp;
    const auto text = [&timestamp](base::WallTime when) {
        std::array<char, 32> store;
        base::Writer out(store);
        timestamp.put(out, when);
        return std::string(out.view());
    };
    EXPECT_EQ(text(base::WallTime{1'999ms}), "1970-01-01T00:00:01.999Z");
    EXPECT_EQ(text(base::WallTime{1'001ms}), "1970-01-01T00:00:01.001Z");
    EXPECT_EQ(text(base::WallTime{2'000ms}), "1970-01-01T00:00:02.000Z");
    EXPECT_EQ(text(base::WallTime{-1ms}), "1969-12-31T23:59:59.999Z");
}

TEST(AccessLog, WritesTimesWithThreeDecimals) {
    struct Case {
        const char* name;
        base::Duration took;
        const char* text;
    };
    const Case cases[] = {{"nothing", 0ns, R"("ms":0.000)"},
                          {"less than a microsecond", 999ns, R"("ms":0.000)"},
                          {"a microsecond", 1us, R"("ms":0.001)"},
                          {"zeros between", 30'040us, R"("ms":30.040)"},
                          {"a minute", 1min, R"("ms":60000.000)"},
                          {"a clock that went back", -1ms, R"("ms":0.000)"}};
    for (const Case& c : cases) {
        ExchangeRecord record = test::success();
        record.took = c.took;
        EXPECT_THAT(line_of(record), HasSubstr(c.text)) << c.name;
    }
}

TEST(AccessLog, WritesTheMomentInUtc) {
    struct Case {
        const char* name;
        std::chrono::milliseconds since_epoch;
        const char* text;
    };
    const Case cases[] = {{"the epoch", 0ms, "1970-01-01T00:00:00.000Z"},
                          {"a leap day", 1'709'164'800'000ms, "2024-02-29T00:00:00.000Z"},
                          {"the last of a year", 1'735'689'599'999ms, "2024-12-31T23:59:59.999Z"}};
    for (const Case& c : cases) {
        ExchangeRecord record = test::success();
        record.begun = base::WallTime{c.since_epoch};
        EXPECT_THAT(line_of(record), HasSubstr(c.text)) << c.name;
    }
}

TEST(AccessLog, NumbersTheLastAttemptWhenTheRecordWasTooSmall) {
    ExchangeRecord record = test::success();
    for (int i = 0; i < kMaxLoggedAttempts; ++i)
        add_attempt(record, answered(503));
    record.attempt_count = 40;
    const std::string line = line_of(record);
    EXPECT_THAT(line, HasSubstr(R"({"n":15,)"));
    EXPECT_THAT(line, Not(HasSubstr(R"({"n":16,)")));
    EXPECT_THAT(line, HasSubstr(R"({"n":40,)"));
}

// Every line must be one line of valid JSON, whatever a peer sends.
TEST(AccessLog, IsOneLineWhateverAPeerWrites) {
    struct Case {
        const char* name;
        std::string_view agent;
    };
    using namespace std::string_view_literals;
    const Case cases[] = {{"line ends", "a\r\n{\"ts\":\"forged\"}\r\n"sv},
                          {"quotes", "a\"b\\c"sv},
                          {"NUL and escape", "a\0b\x1b[31m"sv},
                          {"invalid UTF-8", "caf\xe9 \xff\xfe \xed\xa0\x80"sv},
                          {"a cut character", "\xe2\x82"sv}};
    for (const Case& c : cases) {
        ExchangeRecord record = test::success();
        record.user_agent = record.path = record.method = record.client_request_id = c.agent;
        const std::string line = line_of(record);
        EXPECT_EQ(line.find('\n'), line.size() - 1) << c.name;
        EXPECT_TRUE(nlohmann::json::accept(line)) << c.name << ": " << line;
        EXPECT_THAT(line, Not(HasSubstr("\"ts\":\"forged\""))) << c.name;
    }
}

TEST(AccessLog, NeverHoldsACardNumber) {
    constexpr std::string_view kCard = "4242424242424242";
    struct Case {
        const char* name;
        std::string_view ExchangeRecord::*member;
    };
    const Case cases[] = {{"path", &ExchangeRecord::path},
                          {"user agent", &ExchangeRecord::user_agent},
                          {"method", &ExchangeRecord::method},
                          {"client's id", &ExchangeRecord::client_request_id}};
    for (const Case& c : cases) {
        ExchangeRecord record = test::success();
        record.*c.member = "/cards/4242424242424242/charge";
        const std::string line = line_of(record);
        EXPECT_THAT(line, Not(HasSubstr(kCard))) << c.name;
        EXPECT_THAT(line, HasSubstr("4242/charge")) << c.name;
    }
}

TEST(AccessLog, KeepsAnOrdinaryPathAsItIs) {
    ExchangeRecord record = test::success();
    record.path = "/v1/payment_intents/pi_3Q1/confirm";
    EXPECT_THAT(line_of(record), HasSubstr(R"("path":"/v1/payment_intents/pi_3Q1/confirm")"));
}

TEST(AccessLog, CutsLongTexts) {
    const std::string agent(100'000, 'a');
    ExchangeRecord record = test::success();
    record.user_agent = record.path = record.method = record.client_request_id = agent;
    EXPECT_LT(line_of(record).size(), 4'000U);
}

}  // namespace
}  // namespace errgate::telemetry
