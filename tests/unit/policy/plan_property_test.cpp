// Random exchanges, tens of thousands of them, against the promises of policy/plan.hpp.

#include "builders.hpp"
#include "policy/breaker.hpp"
#include "policy/budget.hpp"
#include "policy/plan.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <random>
#include <utility>

namespace errgate::policy {
namespace {

using errors::Failure;
using errors::GatewayReason;
using errors::Origin;
using errors::Outcome;

using Random = std::mt19937_64;

bool chance(Random& random, unsigned percent) {
    return random() % 100 < percent;
}

Failure random_answer(Random& random) {
    const auto codes = errors::all_codes();
    Failure failure =
        answer(codes[random() % codes.size()].code, 400 + static_cast<int>(random() % 200));
    if (chance(random, 20)) failure = with_hint(failure, chance(random, 70));
    if (chance(random, 20)) {
        failure.outcome = chance(random, 50) ? Outcome::not_applied : Outcome::unknown;
    }
    if (chance(random, 20)) failure.retry_after = Millis{random() % 20'000};
    return failure;
}

Failure random_breakage(Random& random, bool sent) {
    constexpr std::array kBeforeSending{
        GatewayReason::dns_error,  GatewayReason::connect_refused, GatewayReason::connect_timeout,
        GatewayReason::tls_failed, GatewayReason::overloaded,      GatewayReason::connection_reset};
    constexpr std::array kAfterSending{
        GatewayReason::attempt_timeout,    GatewayReason::connection_reset,
        GatewayReason::response_truncated, GatewayReason::invalid_response,
        GatewayReason::total_timeout,      GatewayReason::client_gone};
    return sent ? after_sending(kAfterSending[random() % kAfterSending.size()])
                : never_sent(kBeforeSending[random() % kBeforeSending.size()]);
}

AttemptFacts random_facts(Random& random) {
    return {.request_bytes_sent = chance(random, 70),
            .connection_reused = chance(random, 50),
            .response_bytes_seen = chance(random, 30),
            .response_started = chance(random, 3),
            .body_replayable = !chance(random, 3),
            .client_gone = chance(random, 3)};
}

RetryParams random_params(Random& random) {
    RetryParams params;
    params.attempts = 1 + static_cast<int>(random() % 8);
    params.backoff_base = Millis{random() % 500};
    params.backoff_max = params.backoff_base + Millis{random() % 5'000};
    return params;
}

bool is_payment(const Failure& failure) {
    return errors::info(failure.code).category == errors::Category::payment;
}

// One exchange, what really happened in it, and everything that must hold after each of its steps.
class Exchange {
  public:
    Exchange(Random& random, base::TimePoint begun, Breaker& breaker, Budget& budget)
        : random_{random},
          params_{random_params(random)},
          replay_safe_{chance(random, 50)},
          safe_method_{replay_safe_ && chance(random, 30)},
          keyed_{replay_safe_ && !safe_method_ && chance(random, 60)},
          now_{begun},
          deadline_{begun + Millis{1 + random() % 40'000}},
          last_start_{deadline_ - std::min<base::Duration>(100ms, (deadline_ - begun) / 10)},
          breaker_{breaker},
          budget_{budget},
          plan_{{.retry = params_,
                 .total = std::chrono::duration_cast<Millis>(deadline_ - begun),
                 .replay_safe = replay_safe_,
                 .breaker = &breaker,
                 .budget = &budget,
                 .safe_method = safe_method_,
                 .keyed = keyed_},
                begun} {}

    void run() {
        Event event = Event::start();
        for (int steps = 0; steps < 100; ++steps) {
            const Action action = plan_.next(event, now_, random_());
            switch (action.kind) {
                case Action::Kind::attempt:
                    event = attempt(event.kind == Event::Kind::failed, action.fresh_connection);
                    break;
                case Action::Kind::sleep:
                    event = sleep(action.delay);
                    break;
                case Action::Kind::pass:
                    return;
                case Action::Kind::fail:
                    EXPECT_TRUE(is_true(action.refused)) << slug(action.refused);
                    return;
            }
        }
        FAIL() << "the exchange did not end";
    }

    base::TimePoint now() const { return now_; }
    int retries() const { return std::max(0, attempts_ - 1); }

  private:
    Event attempt(bool at_once, bool fresh_connection) {
        ++attempts_;
        EXPECT_FALSE(must_not_repeat_);
        EXPECT_LE(attempts_, params_.attempts);
        EXPECT_EQ(attempts_, plan_.attempts());
        EXPECT_LT(now_, deadline_);
        EXPECT_TRUE(!at_once || now_ <= last_start_);
        EXPECT_TRUE(!fresh_connection || died_idle(failure_, facts_));
        EXPECT_TRUE(!fresh_connection || !std::exchange(had_fresh_, true));
        EXPECT_NE(breaker_.state(), BreakerState::open);
        now_ += Millis{random_() % 3'000};
        if (chance(random_, 10)) return {.kind = Event::Kind::succeeded};
        return attempt_failed();
    }

    Event attempt_failed() {
        facts_ = random_facts(random_);
        const bool answered = facts_.request_bytes_sent && chance(random_, 50);
        facts_.response_bytes_seen = facts_.response_bytes_seen || answered;
        failure_ =
            answered ? random_answer(random_) : random_breakage(random_, facts_.request_bytes_sent);
        const bool refused_by_provider = answered && failure_.outcome == Outcome::not_applied;
        may_have_arrived_ = facts_.request_bytes_sent && !refused_by_provider;
        const Outcome said = failure_.outcome;
        plan_.amend(failure_);
        tells_the_truth(said);
        applied_before_ |= may_have_arrived_ && !safe_method_;
        const bool left = is_left_to_caller();
        must_not_repeat_ = (may_have_arrived_ && !replay_safe_) || !failure_.transient || left ||
                           facts_.response_started || facts_.client_gone || !facts_.body_replayable;
        return {.kind = Event::Kind::failed, .facts = facts_, .failure = &failure_};
    }

    // "Nothing happened" is said of the whole exchange, or by a provider that knows the operation.
    // Where no earlier attempt can have done anything, the last one's word stands.
    void tells_the_truth(Outcome said) const {
        const bool for_the_operation = keyed_ && is_payment(failure_);
        const bool stands = !applied_before_ || for_the_operation;
        EXPECT_EQ(failure_.outcome, stands ? said : Outcome::unknown)
            << errors::info(failure_.code).slug;
    }

    bool is_left_to_caller() const {
        const bool decline = is_payment(failure_) && !errors::info(failure_.code).transient;
        return failure_.transient && (decline || (!failure_.auto_retry && !failure_.hinted));
    }

    // A refusal may be named only where it holds, or requests that could have been saved are lost.
    bool is_true(RetryRefusal refusal) {
        switch (refusal) {
            case RetryRefusal::none:
                return false;
            case RetryRefusal::not_transient:
                return !failure_.transient;
            case RetryRefusal::left_to_caller:
                return is_left_to_caller();
            case RetryRefusal::not_replay_safe:
                return may_have_arrived_ && !replay_safe_;
            case RetryRefusal::response_started:
                return facts_.response_started;
            case RetryRefusal::client_gone:
                return facts_.client_gone || client_left_ ||
                       failure_.reason == GatewayReason::client_gone;
            case RetryRefusal::body_too_large:
                return !facts_.body_replayable;
            case RetryRefusal::attempts_exhausted:
                return attempts_ == params_.attempts;
            case RetryRefusal::deadline:
                return now_ > last_start_;
            case RetryRefusal::wait_too_long:
                return now_ + failure_.retry_after.value_or(Millis{0}) > last_start_ - 1ms;
            case RetryRefusal::budget:
                return !budget_.try_take(now_);
            case RetryRefusal::breaker_open:
                return breaker_.state() != BreakerState::closed;
        }
        return false;
    }

    Event sleep(base::Duration delay) {
        const base::Duration floor = failure_.retry_after.value_or(Millis{0});
        EXPECT_FALSE(must_not_repeat_);
        EXPECT_GT(delay, base::Duration{});
        EXPECT_GE(delay, floor);
        EXPECT_LE(delay, floor + params_.backoff_max);
        EXPECT_LE(now_ + delay, last_start_);
        now_ += delay + Millis{chance(random_, 10) ? random_() % 500 : random_() % 20};
        client_left_ = chance(random_, 3);
        must_not_repeat_ = client_left_;
        return {.kind = Event::Kind::slept, .facts = {.client_gone = client_left_}};
    }

    Random& random_;
    RetryParams params_;
    bool replay_safe_, safe_method_, keyed_;
    base::TimePoint now_;
    base::TimePoint deadline_, last_start_;
    Breaker& breaker_;
    Budget& budget_;
    AttemptPlan plan_;
    Failure failure_;
    AttemptFacts facts_;
    int attempts_ = 0;
    bool may_have_arrived_ = false;  // the last attempt
    bool applied_before_ = false;    // any attempt, for all that can be known
    bool must_not_repeat_ = false;
    bool had_fresh_ = false;
    bool client_left_ = false;
};

TEST(PlanProperties, HoldOverRandomExchanges) {
    constexpr int kRuns = 200;
    constexpr int kExchanges = 250;
    Random random{20'240'607};
    int retries_in_all = 0;
    for (int run = 0; run < kRuns && !testing::Test::HasFailure(); ++run) {
        const BudgetParams allowed{.ratio = static_cast<double>(random() % 100) / 100,
                                   .min_per_second = static_cast<double>(random() % 5)};
        Breaker breaker{{.enabled = chance(random, 30), .open = Millis{2'000}}};
        Budget budget{allowed};
        base::TimePoint now = at(0s);
        int retries = 0;
        for (int i = 0; i < kExchanges; ++i) {
            Exchange exchange{random, now, breaker, budget};
            exchange.run();
            EXPECT_FALSE(breaker.cell().probing) << "the probe's place was not given back";
            now = exchange.now();
            retries += exchange.retries();
        }
        const double seconds = std::chrono::duration<double>(now - at(0s)).count();
        EXPECT_LE(retries, allowed.ratio * kExchanges + allowed.min_per_second * (seconds + 1) + 1);
        retries_in_all += retries;
    }
    EXPECT_GT(retries_in_all, kRuns * kExchanges / 20) << "too few retries to prove anything";
}

}  // namespace
}  // namespace errgate::policy
