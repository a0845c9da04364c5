// Random exchanges, tens of thousands of them, against the promises of policy/plan.hpp.

#include "builders.hpp"
#include "policy/breaker.hpp"
#include "policy/budget.hpp"
#include "policy/plan.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <random>

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

// One exchange, and everything that must hold after each of its steps.
class Exchange {
  public:
    Exchange(Random& random, base::TimePoint begun, Breaker& breaker, Budget& budget)
        : random_{random},
          params_{random_params(random)},
          replay_safe_{chance(random, 50)},
          now_{begun},
          deadline_{begun + Millis{1 + random() % 40'000}},
          plan_{{.retry = params_,
                 .total = std::chrono::duration_cast<Millis>(deadline_ - begun),
                 .replay_safe = replay_safe_,
                 .breaker = &breaker,
                 .budget = &budget},
                begun} {}

    void run() {
        Event event = Event::start();
        for (int steps = 0; steps < 100; ++steps) {
            const Action action = plan_.next(event, now_, random_());
            switch (action.kind) {
                case Action::Kind::attempt:
                    event = attempt();
                    break;
                case Action::Kind::sleep:
                    event = sleep(action.delay);
                    break;
                case Action::Kind::pass:
                    return;
                case Action::Kind::fail:
                    EXPECT_NE(action.refused, RetryRefusal::none);
                    return;
            }
        }
        FAIL() << "the exchange did not end";
    }

    base::TimePoint now() const { return now_; }
    int retries() const { return std::max(0, attempts_ - 1); }

  private:
    Event attempt() {
        ++attempts_;
        EXPECT_FALSE(must_not_repeat_);
        EXPECT_LE(attempts_, params_.attempts);
        EXPECT_EQ(attempts_, plan_.attempts());
        EXPECT_LT(now_, deadline_);
        now_ += Millis{random_() % 3'000};
        if (chance(random_, 10)) return {.kind = Event::Kind::succeeded};
        return attempt_failed();
    }

    Event attempt_failed() {
        AttemptFacts facts = random_facts(random_);
        const bool answered = facts.request_bytes_sent && chance(random_, 50);
        facts.response_bytes_seen = facts.response_bytes_seen || answered;
        failure_ =
            answered ? random_answer(random_) : random_breakage(random_, facts.request_bytes_sent);
        const bool refused_by_provider = answered && failure_.outcome == Outcome::not_applied;
        const bool may_have_arrived = facts.request_bytes_sent && !refused_by_provider;
        plan_.amend(failure_);
        must_not_repeat_ = (may_have_arrived && !replay_safe_) || !failure_.transient ||
                           facts.response_started || facts.client_gone || !facts.body_replayable;
        return {.kind = Event::Kind::failed, .facts = facts, .failure = &failure_};
    }

    Event sleep(base::Duration delay) {
        const base::Duration floor = failure_.retry_after.value_or(Millis{0});
        EXPECT_FALSE(must_not_repeat_);
        EXPECT_GT(delay, base::Duration{});
        EXPECT_GE(delay, floor);
        EXPECT_LE(delay, floor + params_.backoff_max);
        EXPECT_LT(now_ + delay, deadline_);
        now_ += delay + Millis{random_() % 20};
        client_left_ = chance(random_, 3);
        must_not_repeat_ = client_left_;
        return {.kind = Event::Kind::slept, .facts = {.client_gone = client_left_}};
    }

    Random& random_;
    RetryParams params_;
    bool replay_safe_;
    base::TimePoint now_;
    base::TimePoint deadline_;
    AttemptPlan plan_;
    Failure failure_;
    int attempts_ = 0;
    bool must_not_repeat_ = false;
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
