// What a scrape shows: labels, sums over workers, histograms, and promtool's opinion.
#include "telemetry/collector.hpp"

#include "records.hpp"
#include "telemetry/exposition.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <set>
#include <sstream>
#include <string>
#include <thread>
#include <vector>

namespace errgate::telemetry {
namespace {

using errors::GatewayReason;
using test::add_attempt;
using test::answered;
using test::failed;
using namespace std::chrono_literals;
using testing::HasSubstr;
using testing::Not;

struct CollectorTest : testing::Test {
    CollectorTest() {
        kira = names.upstreams.intern("kira");
        charges = names.routes.intern("charges");
        failure.code = errors::Code::gateway_error;
    }

    MetricSources sources() {
        return {.names = &names,
                .workers = {&first, &second},
                .reloads = &reloads,
                .breakers =
                    [] {
                        return std::vector<BreakerSample>{
                            {.upstream = "kira", .state = 2, .to_half_open = 1, .to_open = 2}};
                    },
                .access_log_dropped = [] { return std::uint64_t{4}; },
                .version = "1.2.3"};
    }
    std::string scrape() { return expose(Collector(sources()), ExpositionFormat::text); }
    // The lines about one family, samples only.
    std::string samples(const std::string& family) {
        std::istringstream text(scrape());
        std::string out;
        for (std::string line; std::getline(text, line);) {
            if (line.starts_with(family)) out += line + "\n";
        }
        return out;
    }
    ExchangeRecord exchange() {
        ExchangeRecord record = test::success();
        record.route = charges;
        record.upstream = kira;
        return record;
    }
    // Something in every family.
    void count_everything() {
        ExchangeRecord record = exchange();
        add_attempt(record, failed(GatewayReason::connect_refused));
        add_attempt(record, answered(503));
        first.record(record);
        failure.origin = errors::Origin::upstream;
        record.failure = &failure;
        record.retry_refused = policy::RetryRefusal::attempts_exhausted;
        record.status = 500;
        second.record(record);
        second.client_connections(1);
        second.in_flight(kira, 1);
        second.upstream_connections(kira, ConnectionState::idle, 1);
        second.upstream_connections(kira, ConnectionState::active, 2);
    }

    Names names;
    WorkerCounters first, second;
    ReloadCounters reloads;
    errors::Failure failure;
    std::uint16_t kira = 0, charges = 0;
};

TEST_F(CollectorTest, AddsUpTheWorkers) {
    first.record(exchange());
    second.record(exchange());
    EXPECT_EQ(samples("errgate_requests_total"),
              "errgate_requests_total{route=\"charges\",upstream=\"kira\",method=\"POST\","
              "status=\"201\"} 2\n");
}

TEST_F(CollectorTest, AddsUpGaugesThatWentDownOnAnotherWorker) {
    first.in_flight(kira, +1);
    second.in_flight(kira, -1);
    second.in_flight(kira, -1);
    EXPECT_EQ(samples("errgate_in_flight_requests"),
              "errgate_in_flight_requests{upstream=\"kira\"} -1\n");
}

TEST_F(CollectorTest, SaysNoneForAnExchangeWithoutRouteOrAnswer) {
    ExchangeRecord record = exchange();
    record.route = record.upstream = kNone;
    record.method = "BREW";
    record.status = 0;
    first.record(record);
    EXPECT_EQ(samples("errgate_requests_total"),
              "errgate_requests_total{route=\"none\",upstream=\"none\",method=\"_OTHER\","
              "status=\"none\"} 1\n");
}

TEST_F(CollectorTest, NamesAnErrorsCodeOriginAndProviderStatus) {
    ExchangeRecord record = exchange();
    record.failure = &failure;
    first.record(record);
    failure.origin = errors::Origin::upstream;
    record.provider_status = 502;
    first.record(record);
    EXPECT_EQ(samples("errgate_errors_total"),
              "errgate_errors_total{route=\"charges\",upstream=\"kira\",code=\"gateway_error\","
              "origin=\"gateway\",provider_status=\"none\"} 1\n"
              "errgate_errors_total{route=\"charges\",upstream=\"kira\",code=\"gateway_error\","
              "origin=\"upstream\",provider_status=\"502\"} 1\n");
    EXPECT_EQ(samples("errgate_unmapped_errors_total"),
              "errgate_unmapped_errors_total{upstream=\"kira\",provider_status=\"502\"} 1\n");
}

TEST_F(CollectorTest, NamesAttemptsAndRetriesByReason) {
    count_everything();
    EXPECT_EQ(samples("errgate_attempts_total"),
              "errgate_attempts_total{route=\"charges\",upstream=\"kira\",result=\"response\"} 2\n"
              "errgate_attempts_total{route=\"charges\",upstream=\"kira\","
              "result=\"connect_refused\"} 2\n");
    EXPECT_EQ(samples("errgate_retries_total"),
              "errgate_retries_total{route=\"charges\",upstream=\"kira\","
              "reason=\"connect_refused\"} 2\n");
    EXPECT_EQ(samples("errgate_retries_suppressed_total"),
              "errgate_retries_suppressed_total{route=\"charges\",upstream=\"kira\","
              "reason=\"attempts_exhausted\"} 1\n");
}

TEST_F(CollectorTest, NamesTheStatusThatWasRetried) {
    ExchangeRecord record = exchange();
    add_attempt(record, answered(503));
    add_attempt(record, answered(200));
    first.record(record);
    EXPECT_EQ(samples("errgate_retries_total"),
              "errgate_retries_total{route=\"charges\",upstream=\"kira\",reason=\"503\"} 1\n");
}

TEST_F(CollectorTest, WritesAHistogram) {
    ExchangeRecord record = exchange();
    first.record(record);  // 5.25 ms
    record.took = 60ms;
    second.record(record);
    record.took = 11s;
    second.record(record);
    const std::string labels = "{route=\"charges\",upstream=\"kira\"";
    const std::string name = "errgate_request_duration_seconds";
    const std::string bucket = name + "_bucket" + labels + ",le=\"";
    EXPECT_EQ(samples(name), name + "_count" + labels + "} 3\n" +           //
                                 name + "_sum" + labels + "} 11.06525\n" +  //
                                 bucket + "0.005\"} 0\n" +                  //
                                 bucket + "0.01\"} 1\n" +                   //
                                 bucket + "0.025\"} 1\n" +                  //
                                 bucket + "0.05\"} 1\n" +                   //
                                 bucket + "0.075\"} 2\n" +                  //
                                 bucket + "0.1\"} 2\n" +                    //
                                 bucket + "0.25\"} 2\n" +                   //
                                 bucket + "0.5\"} 2\n" +                    //
                                 bucket + "0.75\"} 2\n" +                   //
                                 bucket + "1\"} 2\n" +                      //
                                 bucket + "2.5\"} 2\n" +                    //
                                 bucket + "5\"} 2\n" +                      //
                                 bucket + "7.5\"} 2\n" +                    //
                                 bucket + "10\"} 2\n" +                     //
                                 bucket + "+Inf\"} 3\n");
}

TEST_F(CollectorTest, TellsConnectionsApartByState) {
    count_everything();
    EXPECT_EQ(samples("errgate_upstream_connections"),
              "errgate_upstream_connections{upstream=\"kira\",state=\"idle\"} 1\n"
              "errgate_upstream_connections{upstream=\"kira\",state=\"active\"} 2\n");
    EXPECT_EQ(samples("errgate_client_connections"), "errgate_client_connections 1\n");
}

TEST_F(CollectorTest, ReportsBreakers) {
    EXPECT_EQ(samples("errgate_circuit_breaker"),
              "errgate_circuit_breaker_state{upstream=\"kira\"} 2\n"
              "errgate_circuit_breaker_transitions_total{upstream=\"kira\",to=\"closed\"} 0\n"
              "errgate_circuit_breaker_transitions_total{upstream=\"kira\",to=\"half_open\"} 1\n"
              "errgate_circuit_breaker_transitions_total{upstream=\"kira\",to=\"open\"} 2\n");
}

TEST_F(CollectorTest, ReportsReloads) {
    reloads.succeeded = 3;
    reloads.failed = 1;
    reloads.last_succeeded = false;
    reloads.last_success_ms = 1'700'000'000'500;
    EXPECT_EQ(samples("errgate_config"),
              "errgate_config_reloads_total{result=\"success\"} 3\n"
              "errgate_config_reloads_total{result=\"failure\"} 1\n"
              "errgate_config_last_reload_success 0\n"
              "errgate_config_last_reload_success_timestamp_seconds 1700000000.5\n");
}

TEST_F(CollectorTest, ReportsVersionAndLostLogLines) {
    EXPECT_EQ(samples("errgate_build_info"), "errgate_build_info{version=\"1.2.3\"} 1\n");
    EXPECT_EQ(samples("errgate_access_log_dropped_total"), "errgate_access_log_dropped_total 4\n");
}

TEST_F(CollectorTest, LeavesOutWhatIsNotThere) {
    const std::string text =
        expose(Collector({.names = &names, .workers = {}}), ExpositionFormat::text);
    EXPECT_THAT(text, Not(HasSubstr("circuit_breaker")));
    EXPECT_THAT(text, Not(HasSubstr("access_log")));
    EXPECT_THAT(text, HasSubstr("# TYPE errgate_requests_total counter\n"));
}

TEST_F(CollectorTest, KeepsCountingUnderTheSameNameAfterAReload) {
    first.record(exchange());
    names.routes.intern("a new route");
    ExchangeRecord later = exchange();
    later.route = names.routes.intern("charges");
    first.record(later);
    EXPECT_THAT(samples("errgate_requests_total"), HasSubstr("status=\"201\"} 2\n"));
}

// Meant for the thread sanitizer; without it the sum of a counter still must never go back.
TEST_F(CollectorTest, ScrapesWhileWorkersCount) {
    constexpr int kExchanges = 2'000;
    auto work = [this](WorkerCounters& counters, int offset) {
        ExchangeRecord record = exchange();
        add_attempt(record, answered(200));
        for (int i = 0; i < kExchanges; ++i) {
            record.status = 200 + (i + offset) % 400;
            counters.in_flight(kira, +1);
            counters.record(record);
            counters.in_flight(kira, -1);
        }
    };
    auto total = [this] {
        double requests = 0;
        const auto families = Collector(sources()).Collect();
        for (const auto& metric : families.front().metric)
            requests += metric.counter.value;
        return requests;
    };
    std::atomic<int> running = 2;
    std::thread one([&] { work(first, 0), --running; });
    std::thread two([&] { work(second, 100), --running; });
    double last = 0;
    do {
        const double now = total();
        EXPECT_GE(now, last);
        last = now;
    } while (running > 0);
    one.join();
    two.join();
    EXPECT_EQ(total(), 2 * kExchanges);
}

TEST_F(CollectorTest, RepeatsNoSeries) {
    count_everything();
    std::istringstream text(scrape());
    std::set<std::string> seen;
    for (std::string line; std::getline(text, line);) {
        if (line.starts_with('#')) continue;
        EXPECT_TRUE(seen.insert(line.substr(0, line.rfind(' '))).second) << line;
    }
}

// What `promtool check metrics` says: exit code and words.
std::pair<int, std::string> promtool(const std::string& metrics) {
    const std::string base = testing::TempDir() + "errgate_promtool_" + std::to_string(getpid());
    std::ofstream(base + ".in") << metrics;
    const std::string command =
        std::string(ERRGATE_PROMTOOL) + " check metrics < " + base + ".in > " + base + ".out 2>&1";
    const int status = std::system(command.c_str());
    std::ostringstream words;
    words << std::ifstream(base + ".out").rdbuf();
    std::remove((base + ".in").c_str());
    std::remove((base + ".out").c_str());
    return {status, words.str()};
}

TEST_F(CollectorTest, PleasesPromtool) {
    if (std::string(ERRGATE_PROMTOOL).empty()) GTEST_SKIP() << "promtool is not installed";
    count_everything();
    const auto [status, words] = promtool(scrape());
    EXPECT_EQ(status, 0) << words;
    EXPECT_EQ(words, "");
}

}  // namespace
}  // namespace errgate::telemetry
