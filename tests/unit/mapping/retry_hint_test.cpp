// The provider's own word on sending a request again.
#include "mapping/retry_hint.hpp"

#include "answers.hpp"

namespace errgate::mapping {
namespace {

using errors::Outcome;

RetryHint stripe() {
    RetryHint hint;
    hint.header = "stripe-should-retry";
    hint.values = {{"true", true}, {"false", false}};
    return hint;
}

RetryHint adyen() {
    RetryHint hint;
    hint.header = "transient-error";
    hint.values = {{"true", true}, {"false", false}};
    hint.outcomes = {{"true", Outcome::not_applied}};
    hint.absent = false;
    return hint;
}

TEST(RetryHint, AListedValueDecides) {
    EXPECT_EQ(read_hints({stripe()}, 409, fields({{"Stripe-Should-Retry", "TRUE"}})).transient,
              true);
    EXPECT_EQ(read_hints({stripe()}, 500, fields({{"Stripe-Should-Retry", "false"}})).transient,
              false);
    EXPECT_FALSE(read_hints({stripe()}, 500, fields({{"Stripe-Should-Retry", "?"}})).transient);
    EXPECT_FALSE(read_hints({stripe()}, 500, {}).transient);
}

TEST(RetryHint, AbsenceDecidesForItsStatusesOnly) {
    EXPECT_EQ(read_hints({adyen()}, 500, {}).transient, false);
    EXPECT_FALSE(read_hints({adyen()}, 422, {}).transient);
    EXPECT_FALSE(read_hints({adyen()}, 500, fields({{"transient-error", "x"}})).transient)
        << "sent, but not a listed value";
}

TEST(RetryHint, MaySayWhatBecameOfTheOperation) {
    EXPECT_EQ(read_hints({adyen()}, 500, fields({{"transient-error", "true"}})).outcome,
              Outcome::not_applied);
    EXPECT_FALSE(read_hints({adyen()}, 500, fields({{"transient-error", "false"}})).outcome);
}

TEST(RetryHint, TheLastThatDecidesWins) {
    const auto sent = fields({{"stripe-should-retry", "true"}, {"transient-error", "false"}});
    EXPECT_EQ(read_hints({stripe(), adyen()}, 500, sent).transient, false);
    EXPECT_EQ(read_hints({adyen(), stripe()}, 500, sent).transient, true);
}

}  // namespace
}  // namespace errgate::mapping
