// CounterMap: sums by key, growth, and a reader beside the writer.
#include "telemetry/counter_map.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <cstdint>
#include <map>
#include <thread>

namespace errgate::telemetry {
namespace {

std::map<std::uint64_t, std::uint64_t> read(const CounterMap& counters) {
    std::map<std::uint64_t, std::uint64_t> seen;
    counters.for_each([&](std::uint64_t key, std::uint64_t value) {
        EXPECT_TRUE(seen.emplace(key, value).second) << "key " << key << " twice";
    });
    return seen;
}

TEST(CounterMap, IsEmptyAtFirst) {
    const CounterMap counters;
    EXPECT_TRUE(read(counters).empty());
}

TEST(CounterMap, AddsUpByKey) {
    CounterMap counters;
    counters.add(7, 1);
    counters.add(9, 5);
    counters.add(7, 2);
    EXPECT_EQ(read(counters), (std::map<std::uint64_t, std::uint64_t>{{7, 3}, {9, 5}}));
}

TEST(CounterMap, TakesTheSmallestAndTheLargestKey) {
    constexpr std::uint64_t kLargest = (std::uint64_t{1} << 63) - 1;
    CounterMap counters;
    counters.add(0, 1);
    counters.add(kLargest, 2);
    EXPECT_EQ(read(counters), (std::map<std::uint64_t, std::uint64_t>{{0, 1}, {kLargest, 2}}));
}

TEST(CounterMap, CountsDownWithANegativeDelta) {
    CounterMap counters;
    counters.add(1, 3);
    counters.add(1, static_cast<std::uint64_t>(std::int64_t{-2}));
    EXPECT_EQ(read(counters).at(1), 1U);
}

TEST(CounterMap, KeepsEveryValueWhileItGrows) {
    constexpr std::uint64_t kKeys = 5'000;
    CounterMap counters;
    for (std::uint64_t round = 1; round <= 2; ++round) {
        for (std::uint64_t key = 0; key < kKeys; ++key)
            counters.add(key << 24, key);
    }
    const auto seen = read(counters);
    ASSERT_EQ(seen.size(), kKeys);
    for (const auto& [key, value] : seen)
        EXPECT_EQ(value, 2 * (key >> 24));
}

// Meant for the thread sanitizer; without it the reader still must never see a value go back.
TEST(CounterMap, IsReadWhileItIsWritten) {
    constexpr std::uint64_t kKeys = 200;
    constexpr std::uint64_t kRounds = 50;
    CounterMap counters;
    std::atomic<bool> done = false;
    std::thread reader([&] {
        std::map<std::uint64_t, std::uint64_t> last;
        while (!done) {
            for (const auto& [key, value] : read(counters)) {
                EXPECT_GE(value, last[key]);
                last[key] = value;
            }
        }
    });
    for (std::uint64_t round = 0; round < kRounds; ++round) {
        for (std::uint64_t key = 0; key < kKeys; ++key)
            counters.add(key, 1);
    }
    done = true;
    reader.join();
    for (const auto& [key, value] : read(counters))
        EXPECT_EQ(value, kRounds) << key;
}

}  // namespace
}  // namespace errgate::telemetry
