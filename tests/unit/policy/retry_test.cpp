#include "policy/retry.hpp"

#include "builders.hpp"

#include <gtest/gtest.h>

#include <set>
#include <string>

namespace errgate::policy {
namespace {

using errors::Code;
using errors::Failure;
using errors::GatewayReason;
using errors::Outcome;

const RetryParams kParams;  // 3 attempts, 100 ms to 2 s

// The first attempt has failed at 1 s; others may begin until 30 s.
RetryQuestion ask(const Failure& failure, const AttemptFacts& facts, bool replay_safe) {
    return {.failure = failure,
            .facts = facts,
            .params = kParams,
            .replay_safe = replay_safe,
            .now = at(1s),
            .last_start = at(30s),
            .entropy = kMost};
}

RetryRefusal refusal(const Failure& failure, const AttemptFacts& facts, bool replay_safe) {
    return decide(ask(failure, facts, replay_safe)).refused;
}

// The table "Retries: never charge twice": what happened, what becomes of a replay-safe request
// and of any other. RetryRefusal::none means that it is repeated.
struct Row {
    std::string name;
    Failure failure;
    AttemptFacts facts;
    RetryRefusal replay_safe;
    RetryRefusal other;
};

class RetryTable : public testing::TestWithParam<Row> {};

TEST_P(RetryTable, ReplaySafeRequest) {
    const Row& row = GetParam();
    EXPECT_EQ(slug(refusal(row.failure, row.facts, true)), slug(row.replay_safe));
}

TEST_P(RetryTable, OtherRequest) {
    const Row& row = GetParam();
    EXPECT_EQ(slug(refusal(row.failure, row.facts, false)), slug(row.other));
}

constexpr RetryRefusal kRepeated = RetryRefusal::none;
constexpr RetryRefusal kUnsafe = RetryRefusal::not_replay_safe;
constexpr RetryRefusal kFinal = RetryRefusal::not_transient;
constexpr RetryRefusal kCaller = RetryRefusal::left_to_caller;

Row never_arrived(const std::string& name, GatewayReason reason) {
    return {name, never_sent(reason), kNotSent, kRepeated, kRepeated};
}

INSTANTIATE_TEST_SUITE_P(
    NeverArrived, RetryTable,
    testing::Values(never_arrived("dns", GatewayReason::dns_error),
                    never_arrived("refused", GatewayReason::connect_refused),
                    never_arrived("connect_timeout", GatewayReason::connect_timeout),
                    never_arrived("network_down", GatewayReason::connect_failed),
                    never_arrived("tls", GatewayReason::tls_failed),
                    never_arrived("certificate", GatewayReason::tls_certificate),
                    never_arrived("reset_before_a_byte", GatewayReason::connection_reset)),
    [](const auto& test) { return test.param.name; });

Row broke_after_sending(const std::string& name, GatewayReason reason, AttemptFacts facts) {
    return {name, after_sending(reason), facts, kRepeated, kUnsafe};
}

INSTANTIATE_TEST_SUITE_P(
    BrokeAfterSending, RetryTable,
    testing::Values(
        broke_after_sending("reused_died", GatewayReason::connection_reset, kReusedSilent),
        broke_after_sending("reset", GatewayReason::connection_reset, kSent),
        broke_after_sending("attempt_timeout", GatewayReason::attempt_timeout, kSent),
        broke_after_sending("write_timeout", GatewayReason::write_timeout, kSent),
        broke_after_sending("truncated", GatewayReason::response_truncated, kAnswered),
        broke_after_sending("body_stopped", GatewayReason::response_idle_timeout, kAnswered),
        broke_after_sending("head_too_large", GatewayReason::response_head_too_large, kAnswered),
        broke_after_sending("garbage", GatewayReason::invalid_response, kAnswered)),
    [](const auto& test) { return test.param.name; });

Row answered(const std::string& name, const Failure& failure, RetryRefusal replay_safe,
             RetryRefusal other) {
    return {name, failure, kAnswered, replay_safe, other};
}

INSTANTIATE_TEST_SUITE_P(
    Answered, RetryTable,
    testing::Values(
        answered("rate_limited", answer(Code::rate_limited, 429), kRepeated, kRepeated),
        answered("locked", answer(Code::resource_locked, 423), kRepeated, kRepeated),
        answered("coded_unavailable",
                 with_outcome(answer(Code::service_unavailable, 503), Outcome::not_applied),
                 kRepeated, kRepeated),
        answered("status_500", answer(Code::internal_error, 500), kRepeated, kUnsafe),
        answered("status_502", answer(Code::provider_error, 502), kRepeated, kUnsafe),
        answered("status_503", answer(Code::service_unavailable, 503), kRepeated, kUnsafe),
        answered("status_504", answer(Code::timeout, 504), kRepeated, kUnsafe),
        answered("key_in_progress", answer(Code::idempotency_in_progress, 409), kRepeated, kUnsafe),
        answered("decline", answer(Code::insufficient_funds, 402), kFinal, kFinal),
        answered("lost_card", answer(Code::lost_or_stolen_card, 402), kFinal, kFinal),
        answered("validation", answer(Code::validation_error, 422), kFinal, kFinal),
        answered("auth", answer(Code::unauthorized, 401), kFinal, kFinal),
        answered("quota", answer(Code::quota_exceeded, 429), kFinal, kFinal),
        answered("processing_error", answer(Code::processing_error, 500), kCaller, kCaller),
        answered("issuer_unavailable", answer(Code::issuer_unavailable, 402), kCaller, kCaller)),
    [](const auto& test) { return test.param.name; });

INSTANTIATE_TEST_SUITE_P(
    Hinted, RetryTable,
    testing::Values(
        answered("no_to_a_500", with_hint(answer(Code::internal_error, 500), false), kFinal,
                 kFinal),
        answered("no_to_a_429", with_hint(answer(Code::rate_limited, 429), false), kFinal, kFinal),
        answered("yes_to_a_conflict", with_hint(answer(Code::conflict, 409), true), kRepeated,
                 kRepeated),
        answered("yes_to_a_decline", with_hint(answer(Code::payment_declined, 402), true), kCaller,
                 kCaller),
        answered("yes_to_what_is_left_to_the_caller",
                 with_hint(answer(Code::processing_error, 500), true), kRepeated, kUnsafe),
        answered("money_rule_wins_over_yes", with_hint(answer(Code::internal_error, 500), true),
                 kRepeated, kUnsafe)),
    [](const auto& test) { return test.param.name; });

INSTANTIATE_TEST_SUITE_P(
    Gateway, RetryTable,
    testing::Values(
        Row{"overloaded", never_sent(GatewayReason::overloaded), kNotSent, kCaller, kCaller},
        Row{"circuit_open", never_sent(GatewayReason::circuit_open), kNotSent, kCaller, kCaller},
        Row{"internal", after_sending(GatewayReason::internal), kSent, kFinal, kFinal},
        Row{"client_gone", after_sending(GatewayReason::client_gone), kSent,
            RetryRefusal::client_gone, RetryRefusal::client_gone}),
    [](const auto& test) { return test.param.name; });

// A gateway's own "not applied" proves nothing once bytes were sent: only the provider's word does.
TEST(MoneyRule, OnlyTheProviderCanSayNotApplied) {
    const Failure own =
        with_outcome(after_sending(GatewayReason::attempt_timeout), Outcome::not_applied);
    EXPECT_EQ(refusal(own, kSent, false), RetryRefusal::not_replay_safe);
}

// --- circumstances, in the order in which they are named ---

const Failure kRefused = never_sent(GatewayReason::connect_refused);

TEST(Circumstances, ResponseStarted) {
    AttemptFacts facts;
    facts.response_started = facts.client_gone = true;
    EXPECT_EQ(refusal(kRefused, facts, true), RetryRefusal::response_started);
}

TEST(Circumstances, ClientGone) {
    AttemptFacts facts;
    facts.client_gone = true;
    facts.body_replayable = false;
    EXPECT_EQ(refusal(kRefused, facts, true), RetryRefusal::client_gone);
}

TEST(Circumstances, BodyTooLarge) {
    RetryQuestion question = ask(kRefused, {.body_replayable = false}, true);
    question.attempts = 3;
    EXPECT_EQ(decide(question).refused, RetryRefusal::body_too_large);
}

TEST(Circumstances, AttemptsExhausted) {
    RetryQuestion question = ask(kRefused, {}, true);
    question.attempts = 3;
    question.now = at(31s);
    EXPECT_EQ(decide(question).refused, RetryRefusal::attempts_exhausted);
}

TEST(Circumstances, Deadline) {
    RetryQuestion question = ask(kRefused, {}, true);
    question.now = at(30s) + 1ns;
    EXPECT_EQ(decide(question).refused, RetryRefusal::deadline);
}

TEST(Circumstances, WhatTheFailureIsComesFirst) {
    AttemptFacts facts = kAnswered;
    facts.client_gone = true;
    EXPECT_EQ(refusal(answer(Code::payment_declined, 402), facts, true),
              RetryRefusal::not_transient);
}

// --- waiting ---

TEST(Waiting, JitterIsDrawnFromTheCeilingOfThisWait) {
    RetryQuestion question = ask(kRefused, {}, true);
    EXPECT_EQ(decide(question).delay, 100ms);
    question.waits = 1;
    EXPECT_EQ(decide(question).delay, 200ms);
    question.waits = 9;
    EXPECT_EQ(decide(question).delay, 2s);
    question.entropy = kLeast;
    EXPECT_EQ(decide(question).delay, 0ms);
}

TEST(Waiting, TheProvidersWaitIsAFloorUnderTheJitter) {
    const Failure failure = with_wait(answer(Code::rate_limited, 429), 5s);
    RetryQuestion question = ask(failure, kAnswered, true);
    EXPECT_EQ(decide(question).delay, 5s + 100ms);
    question.entropy = kLeast;
    EXPECT_EQ(decide(question).delay, 5s);
}

TEST(Waiting, JitterGivesWayToTheDeadline) {
    RetryQuestion question = ask(kRefused, {}, true);
    question.now = at(30s) - 40ms;
    EXPECT_EQ(decide(question).delay, 40ms);
}

TEST(Waiting, AWaitThatJustFits) {
    const Failure failure = with_wait(answer(Code::rate_limited, 429), 29s);
    const RetryDecision decision = decide(ask(failure, kAnswered, true));
    EXPECT_EQ(decision.refused, RetryRefusal::none);
    EXPECT_EQ(decision.delay, 29s);
}

TEST(Waiting, AWaitThatDoesNotFitEndsTheRetries) {
    const Failure failure = with_wait(answer(Code::rate_limited, 429), 29s + 1ms);
    EXPECT_EQ(refusal(failure, kAnswered, true), RetryRefusal::wait_too_long);
}

TEST(Waiting, TheLongestWaitDoesNotOverflow) {
    const Failure failure = with_wait(answer(Code::rate_limited, 429), Millis::max());
    EXPECT_EQ(refusal(failure, kAnswered, true), RetryRefusal::wait_too_long);
}

TEST(Waiting, AWaitInThePastIsNone) {
    const Failure failure = with_wait(answer(Code::rate_limited, 429), -5s);
    EXPECT_EQ(decide(ask(failure, kAnswered, true)).delay, 100ms);
}

// --- a pooled connection that was closed at the other end ---

const Failure kReset = after_sending(GatewayReason::connection_reset);

TEST(DiedIdle, AtOnceOnAFreshConnection) {
    const RetryDecision decision = decide(ask(kReset, kReusedSilent, true));
    EXPECT_TRUE(decision.fresh_connection);
    EXPECT_EQ(decision.delay, 0ms);
}

TEST(DiedIdle, EndOfStreamCountsAsWell) {
    EXPECT_TRUE(died_idle(after_sending(GatewayReason::response_truncated), kReusedSilent));
}

TEST(DiedIdle, AnyRequestWhenNothingWasSent) {
    const AttemptFacts facts{.connection_reused = true};
    const RetryDecision decision =
        decide(ask(never_sent(GatewayReason::connection_reset), facts, false));
    EXPECT_EQ(decision.refused, RetryRefusal::none);
    EXPECT_TRUE(decision.fresh_connection);
}

TEST(DiedIdle, OnlyOnce) {
    RetryQuestion question = ask(kReset, kReusedSilent, true);
    question.stale_retry_used = true;
    EXPECT_FALSE(decide(question).fresh_connection);
    EXPECT_EQ(decide(question).delay, 100ms);
}

TEST(DiedIdle, NotAfterAResponseByte) {
    AttemptFacts facts = kReusedSilent;
    facts.response_bytes_seen = true;
    EXPECT_FALSE(died_idle(kReset, facts));
}

TEST(DiedIdle, NotOnAFreshConnection) {
    EXPECT_FALSE(died_idle(kReset, kSent));
}

TEST(DiedIdle, SilenceIsNotDeath) {
    EXPECT_FALSE(died_idle(after_sending(GatewayReason::attempt_timeout), kReusedSilent));
}

TEST(DiedIdle, TheLimitOfAttemptsHoldsForItToo) {
    RetryQuestion question = ask(kReset, kReusedSilent, true);
    question.attempts = 3;
    EXPECT_EQ(decide(question).refused, RetryRefusal::attempts_exhausted);
}

TEST(Slug, EveryRefusalHasItsOwn) {
    std::set<std::string_view> seen;
    for (int i = 0; i <= static_cast<int>(RetryRefusal::breaker_open); ++i) {
        const std::string_view name = slug(static_cast<RetryRefusal>(i));
        EXPECT_FALSE(name.empty());
        EXPECT_TRUE(seen.insert(name).second) << name;
    }
}

}  // namespace
}  // namespace errgate::policy
