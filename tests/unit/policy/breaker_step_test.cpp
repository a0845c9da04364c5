#include "policy/breaker_step.hpp"

#include "builders.hpp"

#include <gtest/gtest.h>

#include <random>

namespace errgate::policy {
namespace {

using enum Verdict;

const BreakerParams kParams;  // 5 in a row, or half of 20 in 10 s; open 30 s, doubling to 5 min
constexpr BreakerTick kStart = 1'000'000;

BreakerCell after(BreakerCell cell, Verdict verdict, BreakerTick now,
                  const BreakerParams& params = kParams) {
    return report_step(cell, verdict, Admission::admitted, now, params);
}

BreakerCell after_many(int count, BreakerCell cell, Verdict verdict, BreakerTick now) {
    for (int i = 0; i < count; ++i)
        cell = after(cell, verdict, now);
    return cell;
}

BreakerCell opened(BreakerTick since, std::uint32_t doublings = 0) {
    return {.state = BreakerState::open, .since = since, .doublings = doublings};
}

BreakerCell probing(BreakerTick since) {
    return {.state = BreakerState::half_open, .since = since, .probing = true};
}

Admission admission(const BreakerCell& cell, BreakerTick now, bool replay_safe) {
    return admit_step(cell, now, candidate(replay_safe), kParams).admission;
}

TEST(Closed, FailuresInARowOpen) {
    BreakerCell cell = after_many(4, {}, failure, kStart);
    EXPECT_EQ(cell.state, BreakerState::closed);
    cell = after(cell, failure, kStart + 1);
    EXPECT_EQ(cell, opened(kStart + 1));
}

TEST(Closed, FailuresInARowOpenHoweverFarApart) {
    BreakerCell cell;
    for (BreakerTick i = 0; i < 5; ++i)
        cell = after(cell, failure, kStart + i * 3'600'000);
    EXPECT_EQ(cell.state, BreakerState::open);
}

TEST(Closed, ASuccessEndsTheRow) {
    BreakerCell cell = after_many(4, {}, failure, kStart);
    cell = after(cell, success, kStart);
    cell = after_many(4, cell, failure, kStart);
    EXPECT_EQ(cell.state, BreakerState::closed);
}

TEST(Closed, DeclinesAndRateLimitsChangeNothing) {
    const BreakerCell cell = after_many(4, {}, failure, kStart);
    EXPECT_EQ(after(cell, alive, kStart), cell);
    EXPECT_EQ(after(cell, neutral, kStart), cell);
}

TEST(Closed, SuccessesBeforeTheFirstFailureAreNotCounted) {
    EXPECT_EQ(pack(after_many(30, {}, success, 5)), 0U);
}

TEST(Closed, HalfOfTwentyOpens) {
    BreakerCell cell;
    for (int i = 0; i < 9; ++i)
        cell = after(after(cell, failure, kStart), success, kStart);
    cell = after(cell, success, kStart);  // 9 of 19
    EXPECT_EQ(cell.requests, 19U);
    cell = after(cell, failure, kStart);
    EXPECT_EQ(cell.state, BreakerState::open);
}

TEST(Closed, LessThanHalfDoesNot) {
    BreakerCell cell;
    for (int i = 0; i < 200; ++i) {
        cell = after(cell, i % 3 == 0 ? failure : success, kStart);
        ASSERT_EQ(cell.state, BreakerState::closed) << i;
    }
}

TEST(Closed, HalfOfTooFewDoesNot) {
    BreakerCell cell;
    for (int i = 0; i < 9; ++i)
        cell = after(after(cell, success, kStart), failure, kStart);
    EXPECT_EQ(cell.state, BreakerState::closed);
}

TEST(Closed, ASuccessNeverOpens) {
    BreakerParams params = kParams;
    params.consecutive_failures = 0;
    BreakerCell cell;
    for (int i = 0; i < 19; ++i)
        cell = after(cell, failure, kStart, params);
    EXPECT_EQ(after(cell, success, kStart, params).state, BreakerState::closed);
}

TEST(Closed, TheWindowForgets) {
    BreakerCell cell;
    for (int i = 0; i < 9; ++i)
        cell = after(after(cell, failure, kStart), success, kStart);
    cell = after(cell, failure, kStart + 10'000);
    EXPECT_EQ(cell.requests, 1U);
    EXPECT_EQ(cell.since, kStart + 10'000);
}

TEST(Closed, ASuccessAfterTheWindowLeavesAllZeros) {
    const BreakerCell cell = after(after_many(4, {}, failure, kStart), success, kStart + 10'000);
    EXPECT_EQ(pack(cell), 0U);
}

TEST(Closed, RulesOfZeroAreOff) {
    BreakerParams params = kParams;
    params.consecutive_failures = 0;
    params.failure_ratio = 0;
    BreakerCell cell;
    for (int i = 0; i < 10'000; ++i)
        cell = after(cell, failure, kStart, params);
    EXPECT_EQ(cell.state, BreakerState::closed);
}

TEST(Closed, FullCountersKeepTheShare) {
    BreakerParams params = kParams;
    params.failure_ratio = 0.9;
    BreakerCell cell;
    for (int i = 0; i < 10'000; ++i) {
        cell = after(cell, i % 2 == 0 ? failure : success, kStart, params);
    }
    EXPECT_LE(cell.requests, kMaxWindowCount);
    EXPECT_NEAR(static_cast<double>(cell.failures) / cell.requests, 0.5, 0.01);
}

TEST(Closed, SettingsBeyondTheCountersActLikeTheLargest) {
    BreakerParams params = kParams;
    params.consecutive_failures = 1'000'000;
    params.failure_ratio = 0;
    BreakerCell cell;
    for (std::uint32_t i = 1; i < kMaxStreak; ++i)
        cell = after(cell, failure, kStart, params);
    EXPECT_EQ(cell.state, BreakerState::closed);
    EXPECT_EQ(after(cell, failure, kStart, params).state, BreakerState::open);
}

TEST(Open, RefusesForItsPeriod) {
    EXPECT_EQ(admission(opened(kStart), kStart, true), Admission::refused);
    EXPECT_EQ(admission(opened(kStart), kStart + 29'999, true), Admission::refused);
}

TEST(Open, ThenLetsAReplaySafeProbeOut) {
    const BreakerAdmission step =
        admit_step(opened(kStart), kStart + 30'000, candidate(true), kParams);
    EXPECT_EQ(step.admission, Admission::probe);
    EXPECT_EQ(step.cell, probing(kStart + 30'000));
}

TEST(Open, AChargeIsProbeOnlyAfterTheGrace) {
    EXPECT_EQ(admission(opened(kStart), kStart + 32'999, false), Admission::refused);
    EXPECT_EQ(admission(opened(kStart), kStart + 33'000, false), Admission::probe);
}

TEST(Open, ThePeriodDoublesUpToItsMaximum) {
    const BreakerTick lengths[] = {30'000, 60'000, 120'000, 240'000, 300'000, 300'000};
    for (std::uint32_t doublings = 0; doublings < 6; ++doublings) {
        const BreakerCell cell = opened(kStart, doublings);
        EXPECT_EQ(admission(cell, kStart + lengths[doublings] - 1, true), Admission::refused);
        EXPECT_EQ(admission(cell, kStart + lengths[doublings], true), Admission::probe);
    }
}

TEST(Open, AClockALittleBehindIsNotADayAhead) {
    EXPECT_EQ(admission(opened(kStart), kStart - 5, true), Admission::refused);
}

TEST(Open, TheClocksWrapDoesNotShow) {
    const BreakerTick late = 0xffff'fff0U;
    EXPECT_EQ(admission(opened(late), late + 29'999, true), Admission::refused);
    EXPECT_EQ(admission(opened(late), late + 30'000, true), Admission::probe);
}

TEST(Open, WhatSetOutBeforeSaysNothingNew) {
    for (const Verdict verdict : {success, failure, alive, neutral}) {
        EXPECT_EQ(after(opened(kStart), verdict, kStart + 5), opened(kStart));
    }
}

TEST(HalfOpen, OneProbeAtATime) {
    EXPECT_EQ(admission(probing(kStart), kStart, true), Admission::refused);
    EXPECT_EQ(admission(probing(kStart), kStart + 59'999, true), Admission::refused);
}

TEST(HalfOpen, AVanishedProbeIsGivenUp) {
    EXPECT_EQ(admission(probing(kStart), kStart + 60'000, true), Admission::probe);
}

BreakerCell after_probe(const BreakerCell& cell, Verdict verdict) {
    return report_step(cell, verdict, Admission::probe, kStart + 7, kParams);
}

TEST(HalfOpen, TheProbesSuccessCloses) {
    EXPECT_EQ(pack(after_probe(probing(kStart), success)), 0U);
}

TEST(HalfOpen, ADeclineProvesThatTheUpstreamIsBack) {
    EXPECT_EQ(pack(after_probe(probing(kStart), alive)), 0U);
}

TEST(HalfOpen, TheProbesFailureOpensForTwiceAsLong) {
    EXPECT_EQ(after_probe(probing(kStart), failure), opened(kStart + 7, 1));
}

TEST(HalfOpen, ANeutralEndLeavesThePlaceToTheNext) {
    const BreakerCell cell = after_probe(probing(kStart), neutral);
    EXPECT_EQ(cell.state, BreakerState::half_open);
    EXPECT_EQ(admission(cell, kStart + 7, true), Admission::probe);
    EXPECT_EQ(admission(cell, kStart + 7 + 2'999, false), Admission::refused);
    EXPECT_EQ(admission(cell, kStart + 7 + 3'000, false), Admission::probe);
}

TEST(HealthChecked, EachKindOfCandidateWaitsForTheBetterOnes) {
    BreakerParams params;
    params.health_checked = true;
    const auto admitted = [&](BreakerTick after_open, Candidate who) {
        return admit_step(opened(kStart), kStart + after_open, who, params).admission;
    };
    EXPECT_EQ(admitted(29'999, Candidate::health_check), Admission::refused);
    EXPECT_EQ(admitted(30'000, Candidate::health_check), Admission::probe);
    EXPECT_EQ(admitted(32'999, Candidate::replay_safe), Admission::refused);
    EXPECT_EQ(admitted(33'000, Candidate::replay_safe), Admission::probe);
    EXPECT_EQ(admitted(35'999, Candidate::other), Admission::refused);
    EXPECT_EQ(admitted(36'000, Candidate::other), Admission::probe);
}

TEST(HalfOpen, OnlyTheProbesOwnEndCounts) {
    for (const Verdict verdict : {success, failure, alive, neutral}) {
        EXPECT_EQ(after(probing(kStart), verdict, kStart + 5), probing(kStart));
    }
}

TEST(Wait, IsWhatIsLeftOfThePeriod) {
    EXPECT_EQ(wait_step(opened(kStart), kStart + 10'000, candidate(true), kParams), 20s);
    EXPECT_EQ(wait_step(opened(kStart), kStart + 10'000, candidate(false), kParams), 23s);
    EXPECT_EQ(wait_step(opened(kStart), kStart + 40'000, candidate(true), kParams), 0s);
    EXPECT_EQ(wait_step({}, kStart, candidate(true), kParams), 0s);
}

TEST(Wait, IsShortWhileAProbeIsOut) {
    EXPECT_EQ(wait_step(probing(kStart), kStart, candidate(true), kParams), 1s);
    EXPECT_EQ(wait_step(probing(kStart), kStart + 59'600, candidate(true), kParams), 400ms);
}

TEST(BreakerCell, PacksAndUnpacks) {
    std::mt19937 random{5};
    for (int i = 0; i < 3'000; ++i) {
        BreakerCell cell;
        cell.state = static_cast<BreakerState>(i % 3);
        cell.since = static_cast<BreakerTick>(random());
        if (cell.state == BreakerState::closed) {
            cell.streak = static_cast<std::uint32_t>(random() % (kMaxStreak + 1));
            cell.failures = static_cast<std::uint32_t>(random() % (kMaxWindowCount + 1));
            cell.requests = static_cast<std::uint32_t>(random() % (kMaxWindowCount + 1));
        } else {
            cell.doublings = static_cast<std::uint32_t>(random() % 32);
            cell.probing = random() % 2 == 0;
        }
        ASSERT_EQ(unpack(pack(cell)), cell);
        ASSERT_EQ(is_closed(pack(cell)), cell.state == BreakerState::closed);
    }
}

}  // namespace
}  // namespace errgate::policy
