#include "policy/backoff.hpp"

#include <gtest/gtest.h>

#include <array>
#include <random>
#include <string>

namespace errgate::policy {
namespace {

using namespace std::chrono_literals;

struct DoubledCase {
    std::string name;
    base::Duration base;
    int times;
    base::Duration max;
    base::Duration expected;
};

class Doubled : public testing::TestWithParam<DoubledCase> {};

TEST_P(Doubled, GrowsUpToTheMaximum) {
    const DoubledCase& c = GetParam();
    EXPECT_EQ(doubled(c.base, c.times, c.max), c.expected);
}

INSTANTIATE_TEST_SUITE_P(Backoff, Doubled,
                         testing::Values(DoubledCase{"first", 100ms, 0, 2s, 100ms},
                                         DoubledCase{"second", 100ms, 1, 2s, 200ms},
                                         DoubledCase{"below_the_maximum", 100ms, 4, 2s, 1600ms},
                                         DoubledCase{"reaches_the_maximum", 100ms, 5, 2s, 2s},
                                         DoubledCase{"exactly_the_maximum", 500ms, 2, 2s, 2s},
                                         DoubledCase{"base_above_the_maximum", 5s, 0, 2s, 2s},
                                         DoubledCase{"sixty_two_times", 1ns, 62,
                                                     base::Duration::max(),
                                                     base::Duration{std::int64_t{1} << 62}},
                                         DoubledCase{"more_times_than_bits", 1ns, 1000, 2s, 2s},
                                         DoubledCase{"largest_maximum", 1h, 60,
                                                     base::Duration::max(), base::Duration::max()},
                                         DoubledCase{"negative_times", 100ms, -3, 2s, 100ms},
                                         DoubledCase{"no_base", 0ms, 3, 2s, 0ms},
                                         DoubledCase{"negative_base", -1ms, 3, 2s, 0ms},
                                         DoubledCase{"no_maximum", 100ms, 3, 0ms, 0ms}),
                         [](const auto& test) { return test.param.name; });

TEST(FullJitter, LeastEntropyDrawsNothing) {
    EXPECT_EQ(full_jitter(2s, 0), 0ns);
}

TEST(FullJitter, MostEntropyDrawsTheCeiling) {
    EXPECT_EQ(full_jitter(2s, ~0ULL), 2s);
}

TEST(FullJitter, HalfTheEntropyDrawsHalf) {
    EXPECT_EQ(full_jitter(2s, 1ULL << 63), 1s);
}

TEST(FullJitter, LargestCeilingDoesNotOverflow) {
    EXPECT_EQ(full_jitter(base::Duration::max(), ~0ULL), base::Duration::max());
}

TEST(FullJitter, NothingToDrawFrom) {
    EXPECT_EQ(full_jitter(0ns, ~0ULL), 0ns);
    EXPECT_EQ(full_jitter(-5ms, ~0ULL), 0ns);
}

TEST(FullJitter, EveryNanosecondIsEquallyLikely) {
    constexpr int kDraws = 40'000;
    std::array<int, 4> seen{};
    std::mt19937_64 random{1};
    for (int i = 0; i < kDraws; ++i) {
        ++seen.at(static_cast<std::size_t>(full_jitter(3ns, random()).count()));
    }
    for (const int count : seen)
        EXPECT_NEAR(count, kDraws / 4, kDraws / 40);
}

}  // namespace
}  // namespace errgate::policy
