// The process_* metrics of this very process.
#include "telemetry/process_stats.hpp"

#include <gtest/gtest.h>

#include <ctime>
#include <map>
#include <string>
#include <unistd.h>

namespace errgate::telemetry {
namespace {

std::map<std::string, double> collect() {
    std::map<std::string, double> values;
    for (const auto& family : collect_process_stats()) {
        const auto& metric = family.metric.at(0);
        values[family.name] = family.type == prometheus::MetricType::Counter ? metric.counter.value
                                                                             : metric.gauge.value;
    }
    return values;
}

TEST(ProcessStats, HaveTheUsualNames) {
    const auto values = collect();
    for (const char* name : {"process_cpu_seconds_total", "process_resident_memory_bytes",
                             "process_virtual_memory_bytes", "process_start_time_seconds",
                             "process_open_fds", "process_max_fds"}) {
        EXPECT_TRUE(values.contains(name)) << name;
    }
}

TEST(ProcessStats, ArePlausible) {
    const auto values = collect();
    EXPECT_GT(values.at("process_resident_memory_bytes"), 100'000);
    EXPECT_GE(values.at("process_virtual_memory_bytes"),
              values.at("process_resident_memory_bytes"));
    EXPECT_GE(values.at("process_cpu_seconds_total"), 0);
    EXPECT_LT(values.at("process_open_fds"), values.at("process_max_fds"));
    const auto now = static_cast<double>(std::time(nullptr));
    EXPECT_GT(values.at("process_start_time_seconds"), now - 24 * 3600);
    EXPECT_LT(values.at("process_start_time_seconds"), now + 60);
}

TEST(ProcessStats, CountOpenFiles) {
    const double before = collect().at("process_open_fds");
    int ends[2];
    ASSERT_EQ(pipe(ends), 0);
    EXPECT_EQ(collect().at("process_open_fds"), before + 2);
    close(ends[0]);
    close(ends[1]);
}

}  // namespace
}  // namespace errgate::telemetry
