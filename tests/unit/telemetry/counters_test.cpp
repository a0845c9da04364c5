// Which series one exchange counts in.
#include "telemetry/counters.hpp"

#include "records.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <vector>

namespace errgate::telemetry {
namespace {

using errors::GatewayReason;
using test::add_attempt;
using test::answered;
using test::failed;

struct Series {
    LabelKey key;
    std::int64_t value;
    friend bool operator==(const Series&, const Series&) = default;
    friend void PrintTo(const Series& s, std::ostream* out) {
        *out << "{route " << s.key.route << " upstream " << s.key.upstream << " status "
             << s.key.status << " word " << int{s.key.word} << " flag " << int{s.key.flag} << "} "
             << s.value;
    }
};

std::vector<Series> read(const WorkerCounters& counters, Family family) {
    std::vector<Series> out;
    counters.read(family, [&](LabelKey key, std::uint64_t value) {
        out.push_back({key, static_cast<std::int64_t>(value)});
    });
    std::ranges::sort(out, {}, [](const Series& s) { return s.key.pack(); });
    return out;
}

std::uint8_t word(GatewayReason reason) {
    return static_cast<std::uint8_t>(reason);
}

ExchangeRecord routed() {
    ExchangeRecord record = test::success();
    record.route = 3;
    record.upstream = 5;
    return record;
}

TEST(LabelKey, SurvivesPacking) {
    const LabelKey cases[] = {
        {}, {0, 0, 0, 0, 0}, {1, 2, 999, 255, 1}, {0xfffe, 0xfffe, 404, 17, 0}};
    for (const LabelKey& key : cases)
        EXPECT_EQ(LabelKey::unpack(key.pack()), key);
}

TEST(LabelKey, LeavesTheTopBitToTheMap) {
    EXPECT_EQ((LabelKey{0xffff, 0xffff, 999, 255, 1}.pack() >> 63), 0U);
}

TEST(MethodLabel, IsFromAClosedSet) {
    struct Case {
        const char* name;
        std::string_view method, label;
    };
    const Case cases[] = {{"get", "GET", "GET"},
                          {"patch", "PATCH", "PATCH"},
                          {"unknown", "BREW", "_OTHER"},
                          {"methods are case-sensitive", "get", "_OTHER"},
                          {"no method was read", "", "_OTHER"},
                          {"the label itself", "_OTHER", "_OTHER"}};
    for (const Case& c : cases) {
        EXPECT_EQ(kMethodLabels[method_label(c.method)], c.label) << c.name;
    }
}

TEST(WorkerCounters, CountASuccessAsARequestAndNoError) {
    WorkerCounters counters;
    counters.record(routed());
    EXPECT_EQ(read(counters, Family::requests),
              (std::vector<Series>{{{3, 5, 201, method_label("POST"), 0}, 1}}));
    EXPECT_TRUE(read(counters, Family::errors).empty());
}

TEST(WorkerCounters, CountARequestThatCouldNotBeAnswered) {
    WorkerCounters counters;
    ExchangeRecord record = routed();
    record.status = 0;
    counters.record(record);
    EXPECT_EQ(read(counters, Family::requests).at(0).key.status, 0);
}

TEST(WorkerCounters, CountAnErrorByCodeOriginAndProviderStatus) {
    WorkerCounters counters;
    errors::Failure failure;
    failure.code = errors::Code::gateway_error;
    failure.origin = errors::Origin::gateway;
    ExchangeRecord record = routed();
    record.failure = &failure;
    record.provider_status = 0;
    counters.record(record);
    const auto code = static_cast<std::uint8_t>(errors::Code::gateway_error);
    EXPECT_EQ(read(counters, Family::errors), (std::vector<Series>{{{3, 5, 0, code, 1}, 1}}));
}

TEST(WorkerCounters, CountAnErrorThatNoRuleNames) {
    struct Case {
        const char* name;
        errors::Origin origin;
        bool mapped;
        std::size_t series;
    };
    const Case cases[] = {{"a rule named it", errors::Origin::upstream, true, 0},
                          {"no rule named it", errors::Origin::upstream, false, 1},
                          {"the gateway's own", errors::Origin::gateway, false, 0}};
    for (const Case& c : cases) {
        WorkerCounters counters;
        errors::Failure failure;
        failure.origin = c.origin;
        failure.mapped = c.mapped;
        ExchangeRecord record = routed();
        record.provider_status = 418;
        record.failure = &failure;
        counters.record(record);
        const auto unmapped = read(counters, Family::unmapped_errors);
        ASSERT_EQ(unmapped.size(), c.series) << c.name;
        if (c.series == 1) {
            EXPECT_EQ(unmapped[0].key, (LabelKey{kNone, 5, 418, 0, 0})) << c.name;
        }
    }
}

TEST(WorkerCounters, CountNoAttemptWhenNoneWasMade) {
    WorkerCounters counters;
    counters.record(routed());
    EXPECT_TRUE(read(counters, Family::attempts).empty());
    EXPECT_TRUE(read(counters, Family::upstream_duration_buckets).empty());
}

TEST(WorkerCounters, CountEveryAttemptAndWhyItWasRepeated) {
    WorkerCounters counters;
    ExchangeRecord record = routed();
    add_attempt(record, failed(GatewayReason::connect_refused));
    add_attempt(record, answered(503));
    add_attempt(record, answered(200));
    counters.record(record);
    EXPECT_EQ(read(counters, Family::attempts),
              (std::vector<Series>{{{3, 5, 0, 0, 0}, 2},
                                   {{3, 5, 0, word(GatewayReason::connect_refused), 0}, 1}}));
    EXPECT_EQ(read(counters, Family::retries),
              (std::vector<Series>{{{3, 5, 0, word(GatewayReason::connect_refused), 0}, 1},
                                   {{3, 5, 503, 0, 0}, 1}}));
}

// A head came and then the body broke off: the reason says more than the status.
TEST(WorkerCounters, NameTheGatewaysReasonBeforeTheStatus) {
    WorkerCounters counters;
    ExchangeRecord record = routed();
    AttemptRecord broken = answered(500);
    broken.reason = GatewayReason::response_truncated;
    add_attempt(record, broken);
    add_attempt(record, answered(200));
    counters.record(record);
    EXPECT_EQ(read(counters, Family::retries),
              (std::vector<Series>{{{3, 5, 0, word(GatewayReason::response_truncated), 0}, 1}}));
}

TEST(WorkerCounters, CountAttemptsThatTheRecordHasNoRoomFor) {
    WorkerCounters counters;
    ExchangeRecord record = routed();
    for (int i = 0; i < kMaxLoggedAttempts; ++i)
        add_attempt(record, answered(503));
    record.attempt_count = kMaxLoggedAttempts + 4;
    counters.record(record);
    EXPECT_EQ(read(counters, Family::attempts),
              (std::vector<Series>{{{3, 5, 0, 0, 0}, kMaxLoggedAttempts},
                                   {{3, 5, 0, kUnrecordedAttempt, 0}, 4}}));
    EXPECT_EQ(read(counters, Family::retries),
              (std::vector<Series>{{{3, 5, 0, kUnrecordedAttempt, 0}, 4},
                                   {{3, 5, 503, 0, 0}, kMaxLoggedAttempts - 1}}));
}

TEST(WorkerCounters, CountWhyAFailureWasNotRepeated) {
    WorkerCounters counters;
    ExchangeRecord record = routed();
    record.retry_refused = policy::RetryRefusal::not_replay_safe;
    counters.record(record);
    const auto refusal = static_cast<std::uint8_t>(policy::RetryRefusal::not_replay_safe);
    EXPECT_EQ(read(counters, Family::retries_suppressed),
              (std::vector<Series>{{{3, 5, 0, refusal, 0}, 1}}));
}

TEST(WorkerCounters, PutADurationIntoTheBucketThatHoldsIt) {
    using namespace std::chrono_literals;
    struct Case {
        const char* name;
        base::Duration took;
        std::uint8_t bucket;
    };
    const Case cases[] = {{"nothing", 0ns, 0},
                          {"below the first bound", 4'999us, 0},
                          {"a bound belongs to its bucket", 5ms, 0},
                          {"just above it", 5ms + 1ns, 1},
                          {"the last bound", 10s, 13},
                          {"beyond it", 10s + 1ns, 14},
                          {"a clock that went back", -1ms, 0}};
    for (const Case& c : cases) {
        WorkerCounters counters;
        ExchangeRecord record = routed();
        record.took = c.took;
        counters.record(record);
        EXPECT_EQ(read(counters, Family::request_duration_buckets),
                  (std::vector<Series>{{{3, 5, 0, c.bucket, 0}, 1}}))
            << c.name;
    }
}

TEST(WorkerCounters, SumDurationsInNanoseconds) {
    using namespace std::chrono_literals;
    WorkerCounters counters;
    ExchangeRecord record = routed();
    add_attempt(record, answered(200, 3ms));
    counters.record(record);
    counters.record(record);
    EXPECT_EQ(read(counters, Family::upstream_duration_sum),
              (std::vector<Series>{{{kNone, 5, 0, 0, 0}, 6'000'000}}));
}

TEST(WorkerCounters, TimeATunnelUntilItsSwitch) {
    ExchangeRecord record = routed();
    record.status = 101;
    record.took = std::chrono::hours(1);
    record.upstream_took = std::chrono::nanoseconds(7);
    WorkerCounters counters;
    counters.record(record);
    EXPECT_EQ(read(counters, Family::request_duration_sum),
              (std::vector<Series>{{{3, 5, 0, 0, 0}, 7}}));
}

TEST(WorkerCounters, KeepGauges) {
    WorkerCounters counters;
    counters.client_connections(+1);
    counters.client_connections(+1);
    counters.client_connections(-1);
    counters.in_flight(5, +1);
    counters.in_flight(5, -1);
    counters.upstream_connections(5, ConnectionState::active, +1);
    counters.upstream_connections(5, ConnectionState::active, -1);
    counters.upstream_connections(5, ConnectionState::idle, +1);
    EXPECT_EQ(read(counters, Family::client_connections).at(0).value, 1);
    EXPECT_EQ(read(counters, Family::in_flight).at(0).value, 0);
    EXPECT_EQ(read(counters, Family::upstream_connections),
              (std::vector<Series>{{{kNone, 5, 0, 0, 0}, 1}, {{kNone, 5, 0, 1, 0}, 0}}));
}

}  // namespace
}  // namespace errgate::telemetry
