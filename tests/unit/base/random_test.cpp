// Random: the published sequence, and numbers that stay inside their bound.
#include "base/random.hpp"

#include <gtest/gtest.h>

#include <set>

namespace errgate::base {
namespace {

TEST(Random, SameSeedGivesTheSameNumbers) {
    Random one(42);
    Random other(42);
    for (int i = 0; i < 100; ++i)
        EXPECT_EQ(one.next(), other.next());
}

TEST(Random, FollowsTheReferenceImplementation) {
    // xoshiro256** over the SplitMix64 states of seed 0, computed with the authors' C code.
    Random random(0);
    EXPECT_EQ(random.next(), 0x99EC5F36CB75F2B4U);
    EXPECT_EQ(random.next(), 0xBF6E1F784956452AU);
    EXPECT_EQ(random.next(), 0x1A5F849D4933E6E0U);
}

TEST(Random, NeighbouringSeedsDoNotShareNumbers) {
    std::set<std::uint64_t> seen;
    for (std::uint64_t seed = 0; seed < 1000; ++seed)
        seen.insert(Random(seed).next());
    EXPECT_EQ(seen.size(), 1000U);
}

TEST(Random, StaysBelowItsBoundAndReachesBothEnds) {
    Random random(1);
    std::set<std::uint32_t> seen;
    for (int i = 0; i < 1000; ++i)
        seen.insert(random.below(6));
    EXPECT_EQ(seen, (std::set<std::uint32_t>{0, 1, 2, 3, 4, 5}));
}

TEST(Random, BoundOfZeroOrOneGivesZero) {
    Random random(1);
    EXPECT_EQ(random.below(0), 0U);
    EXPECT_EQ(random.below(1), 0U);
}

}  // namespace
}  // namespace errgate::base
