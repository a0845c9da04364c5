#include "policy/plan.hpp"

#include "builders.hpp"
#include "policy/breaker.hpp"
#include "policy/budget.hpp"

#include <gtest/gtest.h>

#include <ostream>

namespace errgate::policy {

static void PrintTo(const Action& action, std::ostream* out) {
    switch (action.kind) {
        case Action::Kind::attempt:
            *out << "attempt";
            break;
        case Action::Kind::sleep:
            *out << "sleep";
            break;
        case Action::Kind::pass:
            *out << "pass";
            break;
        case Action::Kind::fail:
            *out << "fail";
            break;
    }
    if (action.fresh_connection) *out << " fresh";
    *out << ' ' << std::chrono::duration<double, std::milli>(action.delay).count() << "ms";
    *out << ' ' << slug(action.refused);
}

namespace {

using errors::Code;
using errors::Failure;
using errors::GatewayReason;
using errors::Outcome;

const Action kAttempt{.kind = Action::Kind::attempt};
const Action kFreshAttempt{.kind = Action::Kind::attempt, .fresh_connection = true};
const Action kPass{.kind = Action::Kind::pass};
Action sleep(base::Duration delay) {
    return {.kind = Action::Kind::sleep, .delay = delay};
}
Action fail(RetryRefusal refused) {
    return {.kind = Action::Kind::fail, .refused = refused};
}

Event failed(const Failure& failure, const AttemptFacts& facts) {
    return {.kind = Event::Kind::failed, .facts = facts, .failure = &failure};
}
const Event kStart = Event::start();
const Event kSucceeded{.kind = Event::Kind::succeeded};
const Event kSlept{.kind = Event::Kind::slept};

const Failure kRefused = never_sent(GatewayReason::connect_refused);
const Failure kTimeout = after_sending(GatewayReason::attempt_timeout);
const Failure kReset = after_sending(GatewayReason::connection_reset);
const Failure kUnavailable = answer(Code::service_unavailable, 503);
const Failure kRateLimited = answer(Code::rate_limited, 429);
const Failure kDeclined = answer(Code::insufficient_funds, 402);

const RetryParams kRetry;  // 3 attempts in all, 100 ms to 2 s

PlanInput charge() {
    return {.retry = kRetry, .total = 30s};
}  // a POST without a key
PlanInput keyed_charge() {
    return {.retry = kRetry, .total = 30s, .replay_safe = true};
}

TEST(Plan, SuccessAtOnce) {
    AttemptPlan plan{charge(), at(0s)};
    EXPECT_EQ(plan.next(kStart, at(0s), kMost), kAttempt);
    EXPECT_EQ(plan.next(kSucceeded, at(80ms), kMost), kPass);
    EXPECT_EQ(plan.attempts(), 1);
    EXPECT_EQ(plan.deadline(), at(30s));
}

TEST(Plan, KeyedChargeSurvivesTwoBadAnswers) {
    AttemptPlan plan{keyed_charge(), at(0s)};
    EXPECT_EQ(plan.next(kStart, at(0s), kMost), kAttempt);
    EXPECT_EQ(plan.next(failed(kUnavailable, kAnswered), at(50ms), kMost), sleep(100ms));
    EXPECT_EQ(plan.next(kSlept, at(150ms), kMost), kAttempt);
    EXPECT_EQ(plan.next(failed(kTimeout, kSent), at(10'150ms), kMost), sleep(200ms));
    EXPECT_EQ(plan.next(kSlept, at(10'350ms), kMost), kAttempt);
    EXPECT_EQ(plan.next(kSucceeded, at(10'400ms), kMost), kPass);
    EXPECT_EQ(plan.attempts(), 3);
}

TEST(Plan, AttemptsRunOut) {
    AttemptPlan plan{keyed_charge(), at(0s)};
    EXPECT_EQ(plan.next(kStart, at(0s), kLeast), kAttempt);
    EXPECT_EQ(plan.next(failed(kUnavailable, kAnswered), at(1s), kLeast), kAttempt);
    EXPECT_EQ(plan.next(failed(kUnavailable, kAnswered), at(2s), kLeast), kAttempt);
    EXPECT_EQ(plan.next(failed(kUnavailable, kAnswered), at(3s), kLeast),
              fail(RetryRefusal::attempts_exhausted));
    EXPECT_EQ(plan.attempts(), 3);
}

TEST(Plan, OneAttemptMeansNoRetry) {
    RetryParams once;
    once.attempts = 1;
    AttemptPlan plan{{.retry = once, .total = 30s, .replay_safe = true}, at(0s)};
    EXPECT_EQ(plan.next(kStart, at(0s), kMost), kAttempt);
    EXPECT_EQ(plan.next(failed(kRefused, kNotSent), at(1ms), kMost),
              fail(RetryRefusal::attempts_exhausted));
}

TEST(Plan, KeylessChargeThatMayHaveArrivedIsNotRepeated) {
    AttemptPlan plan{charge(), at(0s)};
    EXPECT_EQ(plan.next(kStart, at(0s), kMost), kAttempt);
    EXPECT_EQ(plan.next(failed(kTimeout, kSent), at(10s), kMost),
              fail(RetryRefusal::not_replay_safe));
    EXPECT_EQ(plan.attempts(), 1);
}

TEST(Plan, KeylessChargeGoesOnUntilAnAttemptMayHaveArrived) {
    AttemptPlan plan{charge(), at(0s)};
    EXPECT_EQ(plan.next(kStart, at(0s), kMost), kAttempt);
    EXPECT_EQ(plan.next(failed(kRefused, kNotSent), at(1ms), kMost), sleep(100ms));
    EXPECT_EQ(plan.next(kSlept, at(101ms), kMost), kAttempt);
    EXPECT_EQ(plan.next(failed(kReset, kSent), at(200ms), kMost),
              fail(RetryRefusal::not_replay_safe));
}

TEST(Plan, KeylessChargeIsRepeatedWhenTheProviderSaysNothingHappened) {
    AttemptPlan plan{charge(), at(0s)};
    EXPECT_EQ(plan.next(kStart, at(0s), kMost), kAttempt);
    EXPECT_EQ(plan.next(failed(with_wait(kRateLimited, 2s), kAnswered), at(1s), kMost),
              sleep(2'100ms));
    EXPECT_EQ(plan.next(kSlept, at(3'100ms), kMost), kAttempt);
    EXPECT_EQ(plan.next(kSucceeded, at(4s), kMost), kPass);
}

TEST(Plan, DeclineIsFinal) {
    AttemptPlan plan{keyed_charge(), at(0s)};
    EXPECT_EQ(plan.next(kStart, at(0s), kMost), kAttempt);
    EXPECT_EQ(plan.next(failed(kDeclined, kAnswered), at(1s), kMost),
              fail(RetryRefusal::not_transient));
}

// The card schemes fine whoever asks again; whether the caller may is the provider's to say.
TEST(Plan, DeclineIsFinalWhateverTheHint) {
    Failure hinted = kDeclined;
    hinted.hinted = hinted.transient = true;
    AttemptPlan plan{keyed_charge(), at(0s)};
    EXPECT_EQ(plan.next(kStart, at(0s), kMost), kAttempt);
    EXPECT_EQ(plan.next(failed(hinted, kAnswered), at(1s), kMost),
              fail(RetryRefusal::left_to_caller));
}

TEST(Plan, StalePooledConnection) {
    AttemptPlan plan{keyed_charge(), at(0s)};
    EXPECT_EQ(plan.next(kStart, at(0s), kMost), kAttempt);
    EXPECT_EQ(plan.next(failed(kReset, kReusedSilent), at(1ms), kMost), kFreshAttempt);
    // That was no back-off: the next wait is still the first one.
    EXPECT_EQ(plan.next(failed(kUnavailable, kAnswered), at(50ms), kMost), sleep(100ms));
    EXPECT_EQ(plan.next(kSlept, at(150ms), kMost), kAttempt);
    // But it was an attempt, and the limit holds.
    EXPECT_EQ(plan.next(failed(kReset, kReusedSilent), at(160ms), kMost),
              fail(RetryRefusal::attempts_exhausted));
}

TEST(Plan, StalePooledConnectionIsReplacedAtOnceOnlyOnce) {
    AttemptPlan plan{keyed_charge(), at(0s)};
    EXPECT_EQ(plan.next(kStart, at(0s), kMost), kAttempt);
    EXPECT_EQ(plan.next(failed(kReset, kReusedSilent), at(1ms), kMost), kFreshAttempt);
    EXPECT_EQ(plan.next(failed(kReset, kReusedSilent), at(2ms), kMost), sleep(100ms));
}

TEST(Plan, StalePooledConnectionUnderAKeylessCharge) {
    AttemptPlan plan{charge(), at(0s)};
    EXPECT_EQ(plan.next(kStart, at(0s), kMost), kAttempt);
    EXPECT_EQ(plan.next(failed(kReset, kReusedSilent), at(1ms), kMost),
              fail(RetryRefusal::not_replay_safe));
}

TEST(Plan, ClientLeavesDuringTheWait) {
    AttemptPlan plan{keyed_charge(), at(0s)};
    EXPECT_EQ(plan.next(kStart, at(0s), kMost), kAttempt);
    EXPECT_EQ(plan.next(failed(kUnavailable, kAnswered), at(50ms), kMost), sleep(100ms));
    const Event left{.kind = Event::Kind::slept, .facts = {.client_gone = true}};
    EXPECT_EQ(plan.next(left, at(60ms), kMost), fail(RetryRefusal::client_gone));
    EXPECT_EQ(plan.attempts(), 1);
}

TEST(Plan, NoTimeForAnotherAttempt) {
    AttemptPlan plan{keyed_charge(), at(0s)};
    EXPECT_EQ(plan.next(kStart, at(0s), kMost), kAttempt);
    EXPECT_EQ(plan.next(failed(kTimeout, kSent), at(29'901ms), kMost),
              fail(RetryRefusal::deadline));
}

TEST(Plan, AShortTotalKeepsATenthForTheLastAttempt) {
    AttemptPlan plan{{.retry = kRetry, .total = 200ms, .replay_safe = true}, at(0s)};
    EXPECT_EQ(plan.next(kStart, at(0s), kMost), kAttempt);
    EXPECT_EQ(plan.next(failed(kRefused, kNotSent), at(170ms), kMost), sleep(10ms));
    EXPECT_EQ(plan.next(kSlept, at(185ms), kMost), kAttempt);
}

TEST(Plan, AWaitThatEndsTooLate) {
    AttemptPlan plan{keyed_charge(), at(0s)};
    EXPECT_EQ(plan.next(kStart, at(0s), kMost), kAttempt);
    EXPECT_EQ(plan.next(failed(kUnavailable, kAnswered), at(50ms), kMost), sleep(100ms));
    EXPECT_EQ(plan.next(kSlept, at(30s), kMost), fail(RetryRefusal::deadline));
}

TEST(Plan, ALateStartIsNoStart) {
    AttemptPlan plan{charge(), at(0s)};
    EXPECT_EQ(plan.next(kStart, at(30s), kMost), fail(RetryRefusal::deadline));
    EXPECT_EQ(plan.attempts(), 0);
}

// --- with a budget ---

TEST(PlanWithBudget, WithoutATokenThereIsNoRetry) {
    Budget budget{{.ratio = 0, .min_per_second = 1}};
    PlanInput input = keyed_charge();
    input.budget = &budget;
    AttemptPlan plan{input, at(0s)};
    EXPECT_EQ(plan.next(kStart, at(0s), kMost), kAttempt);
    EXPECT_EQ(plan.next(failed(kUnavailable, kAnswered), at(10ms), kMost), sleep(100ms));
    EXPECT_EQ(plan.next(kSlept, at(110ms), kMost), kAttempt);
    EXPECT_EQ(plan.next(failed(kUnavailable, kAnswered), at(120ms), kMost),
              fail(RetryRefusal::budget));
}

TEST(PlanWithBudget, EveryRequestPaysIn) {
    Budget budget{{.ratio = 1, .min_per_second = 0}};
    PlanInput input = charge();
    input.budget = &budget;
    AttemptPlan plan{input, at(0s)};
    plan.next(kStart, at(0s), kMost);
    EXPECT_EQ(budget.earned(), 1U);
}

TEST(PlanWithBudget, ARefusalForAnotherReasonSpendsNothing) {
    Budget budget{{.ratio = 1, .min_per_second = 0}};
    PlanInput input = charge();
    input.budget = &budget;
    AttemptPlan plan{input, at(0s)};
    plan.next(kStart, at(0s), kMost);
    EXPECT_EQ(plan.next(failed(kTimeout, kSent), at(1s), kMost),
              fail(RetryRefusal::not_replay_safe));
    EXPECT_EQ(budget.earned(), 1U);
}

// --- with a breaker: two failures open it for ten seconds ---

constexpr BreakerParams kTwoInARow{.consecutive_failures = 2, .open = Millis{10'000}};

PlanInput with(PlanInput input, Breaker& breaker) {
    input.breaker = &breaker;
    return input;
}

void fail_until_open(Breaker& breaker, base::TimePoint now) {
    while (breaker.state() != BreakerState::open) {
        breaker.report(Verdict::failure, Admission::admitted, now);
    }
}

TEST(PlanWithBreaker, OpenAtTheStart) {
    Breaker breaker{kTwoInARow};
    fail_until_open(breaker, at(0s));
    AttemptPlan plan{with(keyed_charge(), breaker), at(1s)};
    EXPECT_EQ(plan.next(kStart, at(1s), kMost), fail(RetryRefusal::breaker_open));
    EXPECT_EQ(plan.attempts(), 0);
}

TEST(PlanWithBreaker, OpensUnderItsOwnFailures) {
    Breaker breaker{kTwoInARow};
    AttemptPlan plan{with(keyed_charge(), breaker), at(0s)};
    EXPECT_EQ(plan.next(kStart, at(0s), kMost), kAttempt);
    EXPECT_EQ(plan.next(failed(kUnavailable, kAnswered), at(10ms), kMost), sleep(100ms));
    EXPECT_EQ(plan.next(kSlept, at(110ms), kMost), kAttempt);
    EXPECT_EQ(plan.next(failed(kUnavailable, kAnswered), at(120ms), kMost),
              fail(RetryRefusal::breaker_open));
    EXPECT_EQ(breaker.state(), BreakerState::open);
}

TEST(PlanWithBreaker, OpensUnderOthersDuringTheWait) {
    Breaker breaker{kTwoInARow};
    AttemptPlan plan{with(keyed_charge(), breaker), at(0s)};
    EXPECT_EQ(plan.next(kStart, at(0s), kMost), kAttempt);
    EXPECT_EQ(plan.next(failed(kUnavailable, kAnswered), at(10ms), kMost), sleep(100ms));
    fail_until_open(breaker, at(50ms));
    EXPECT_EQ(plan.next(kSlept, at(110ms), kMost), fail(RetryRefusal::breaker_open));
    EXPECT_EQ(plan.attempts(), 1);
}

TEST(PlanWithBreaker, AWaitThatOutlastsTheOpenPeriodIsKept) {
    Breaker breaker{kTwoInARow};
    AttemptPlan plan{with(keyed_charge(), breaker), at(0s)};
    EXPECT_EQ(plan.next(kStart, at(0s), kMost), kAttempt);
    fail_until_open(breaker, at(0s));
    EXPECT_EQ(plan.next(failed(with_wait(kUnavailable, 12s), kAnswered), at(10ms), kLeast),
              sleep(12s));
    EXPECT_EQ(plan.next(kSlept, at(12'010ms), kLeast), kAttempt);
    EXPECT_EQ(plan.next(kSucceeded, at(12'100ms), kLeast), kPass);
    EXPECT_EQ(breaker.state(), BreakerState::closed);
}

TEST(PlanWithBreaker, RefusedByTheBreakerSpendsNoBudget) {
    Breaker breaker{kTwoInARow};
    Budget budget{{.ratio = 1, .min_per_second = 0}};
    PlanInput input = with(keyed_charge(), breaker);
    input.budget = &budget;
    AttemptPlan plan{input, at(0s)};
    plan.next(kStart, at(0s), kMost);
    fail_until_open(breaker, at(0s));
    EXPECT_EQ(plan.next(failed(kRateLimited, kAnswered), at(1s), kMost),
              fail(RetryRefusal::breaker_open));
    EXPECT_EQ(budget.earned(), 1U);
}

TEST(PlanWithBreaker, TheProbeClosesIt) {
    Breaker breaker{kTwoInARow};
    fail_until_open(breaker, at(0s));
    AttemptPlan plan{with(keyed_charge(), breaker), at(10s)};
    EXPECT_EQ(plan.next(kStart, at(10s), kMost), kAttempt);
    EXPECT_EQ(breaker.state(), BreakerState::half_open);
    EXPECT_EQ(plan.next(failed(kDeclined, kAnswered), at(11s), kMost),
              fail(RetryRefusal::not_transient));
    EXPECT_EQ(breaker.state(), BreakerState::closed);
}

TEST(PlanWithBreaker, AStaleConnectionIsNotTheUpstreamsFault) {
    Breaker breaker{kTwoInARow};
    for (int i = 0; i < 5; ++i) {
        AttemptPlan plan{with(keyed_charge(), breaker), at(0s)};
        plan.next(kStart, at(0s), kMost);
        EXPECT_EQ(plan.next(failed(kReset, kReusedSilent), at(1ms), kMost), kFreshAttempt);
    }
    EXPECT_EQ(breaker.state(), BreakerState::closed);
}

TEST(PlanWithBreaker, AStaleConnectionUnderTheProbeGivesItAnother) {
    Breaker breaker{kTwoInARow};
    fail_until_open(breaker, at(0s));
    AttemptPlan plan{with(keyed_charge(), breaker), at(10s)};
    EXPECT_EQ(plan.next(kStart, at(10s), kMost), kAttempt);
    EXPECT_EQ(plan.next(failed(kReset, kReusedSilent), at(10s), kMost), kFreshAttempt);
    EXPECT_EQ(plan.next(kSucceeded, at(11s), kMost), kPass);
    EXPECT_EQ(breaker.state(), BreakerState::closed);
}

// --- what an earlier attempt left unknown ---

Failure amended(const AttemptPlan& plan, Failure failure) {
    plan.amend(failure);
    return failure;
}

TEST(PlanAmends, NothingOnTheFirstAttempt) {
    AttemptPlan plan{keyed_charge(), at(0s)};
    plan.next(kStart, at(0s), kMost);
    const Failure reused = amended(plan, answer(Code::idempotency_key_reused, 409));
    EXPECT_EQ(reused.code, Code::idempotency_key_reused);
    EXPECT_EQ(amended(plan, kRefused).outcome, Outcome::not_applied);
}

TEST(PlanAmends, AfterATimeout) {
    AttemptPlan plan{keyed_charge(), at(0s)};
    plan.next(kStart, at(0s), kMost);
    plan.next(failed(kTimeout, kSent), at(10s), kMost);
    plan.next(kSlept, at(11s), kMost);
    const Failure reused = amended(plan, answer(Code::idempotency_key_reused, 409));
    EXPECT_EQ(reused.code, Code::idempotency_in_progress);
    EXPECT_EQ(reused.outcome, Outcome::unknown);
    EXPECT_EQ(amended(plan, kRefused).outcome, Outcome::unknown);
}

TEST(PlanAmends, NothingAfterAnAttemptThatNeverArrived) {
    AttemptPlan plan{keyed_charge(), at(0s)};
    plan.next(kStart, at(0s), kMost);
    plan.next(failed(kRefused, kNotSent), at(1s), kMost);
    plan.next(kSlept, at(2s), kMost);
    EXPECT_EQ(amended(plan, answer(Code::idempotency_key_reused, 409)).code,
              Code::idempotency_key_reused);
}

TEST(PlanAmends, NothingAfterAnAnswerThatCameBeforeTheRequest) {
    AttemptPlan plan{keyed_charge(), at(0s)};
    plan.next(kStart, at(0s), kMost);
    plan.next(failed(answer(Code::timeout, 408), kNotSent), at(1s), kMost);
    plan.next(kSlept, at(2s), kMost);
    EXPECT_EQ(amended(plan, kRefused).outcome, Outcome::not_applied);
}

TEST(PlanAmends, ADeclineThatNoKeyTiesToTheAttemptBefore) {
    const Failure declined = answer(Code::insufficient_funds, 402);
    for (const bool keyed : {true, false}) {
        PlanInput input = keyed_charge();
        input.keyed = keyed;
        AttemptPlan plan{input, at(0s)};
        plan.next(kStart, at(0s), kMost);
        plan.next(failed(kTimeout, kSent), at(10s), kMost);
        plan.next(kSlept, at(11s), kMost);
        EXPECT_EQ(amended(plan, declined).outcome, keyed ? Outcome::not_applied : Outcome::unknown);
    }
}

TEST(PlanAmends, NothingForASafeMethod) {
    PlanInput get = keyed_charge();
    get.safe_method = true;
    AttemptPlan plan{get, at(0s)};
    plan.next(kStart, at(0s), kMost);
    plan.next(failed(kTimeout, kSent), at(10s), kMost);
    plan.next(kSlept, at(11s), kMost);
    EXPECT_EQ(amended(plan, answer(Code::not_found, 404)).outcome, Outcome::not_applied);
}

}  // namespace
}  // namespace errgate::policy
