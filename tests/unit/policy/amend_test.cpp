#include "policy/amend.hpp"

#include "builders.hpp"

#include <gtest/gtest.h>

namespace errgate::policy {
namespace {

using errors::Code;
using errors::Failure;
using errors::GatewayReason;
using errors::Outcome;

Failure amended(Failure failure) {
    amend_after_unknown(failure, true);
    return failure;
}

TEST(AmendAfterUnknown, ReusedKeyIsOurOwnFirstAttempt) {
    const Failure failure = amended(answer(Code::idempotency_key_reused, 409));
    EXPECT_EQ(failure.code, Code::idempotency_in_progress);
    EXPECT_EQ(failure.outcome, Outcome::unknown);
    EXPECT_TRUE(failure.transient);
    EXPECT_TRUE(failure.auto_retry);
}

TEST(AmendAfterUnknown, ReusedKeyLosesTheProvidersText) {
    Failure failure = answer(Code::idempotency_key_reused, 409);
    failure.message = "Keys can only be used with the same parameters.";
    EXPECT_EQ(amended(failure).message, errors::info(Code::idempotency_in_progress).message);
}

TEST(AmendAfterUnknown, ReusedKeyKeepsAStatusTheRouteAskedFor) {
    Failure failure = answer(Code::idempotency_key_reused, 400);
    failure.status = 400;
    EXPECT_EQ(amended(failure).status, 400);
}

TEST(AmendAfterUnknown, ReusedKeyKeepsTheProvidersHint) {
    const Failure failure = amended(with_hint(answer(Code::idempotency_key_reused, 400), false));
    EXPECT_EQ(failure.outcome, Outcome::unknown);
    EXPECT_FALSE(failure.transient);
}

TEST(AmendAfterUnknown, KeyInUseIsUnknownWhateverTheMappingSays) {
    const Failure in_use =
        with_outcome(answer(Code::idempotency_in_progress, 409), Outcome::not_applied);
    EXPECT_EQ(amended(in_use).outcome, Outcome::unknown);
}

TEST(AmendAfterUnknown, RefusedConnectionSaysNothingAboutTheAttemptBefore) {
    EXPECT_EQ(amended(never_sent(GatewayReason::connect_refused)).outcome, Outcome::unknown);
}

TEST(AmendAfterUnknown, RateLimitSaysNothingAboutTheAttemptBefore) {
    EXPECT_EQ(amended(answer(Code::rate_limited, 429)).outcome, Outcome::unknown);
}

TEST(AmendAfterUnknown, NotFoundMayBeTheEffectOfTheAttemptBefore) {
    const Failure failure = amended(answer(Code::not_found, 404));
    EXPECT_EQ(failure.outcome, Outcome::unknown);
    EXPECT_EQ(failure.code, Code::not_found);
}

TEST(AmendAfterUnknown, DeclineUnderAKeyIsTakenAtItsWord) {
    EXPECT_EQ(amended(answer(Code::insufficient_funds, 402)).outcome, Outcome::not_applied);
}

TEST(AmendAfterUnknown, DeclineWithoutAKeyMayBeTheEffectOfTheAttemptBefore) {
    Failure failure = answer(Code::insufficient_funds, 402);
    amend_after_unknown(failure, false);
    EXPECT_EQ(failure.outcome, Outcome::unknown);
    EXPECT_EQ(failure.code, Code::insufficient_funds);
}

}  // namespace
}  // namespace errgate::policy
