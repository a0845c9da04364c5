// The decisions of an exchange: which route, may it be tried, may it be tried again.
#include "policy/breaker.hpp"
#include "policy/budget.hpp"
#include "policy/plan.hpp"
#include "policy/replay.hpp"
#include "policy/route.hpp"

#include <benchmark/benchmark.h>

#include <string>
#include <vector>

namespace {

using namespace errgate;
using namespace std::chrono_literals;

// The longest of `range(0)` prefixes, one a provider, is found for a path two levels below.
void find_route(benchmark::State& state) {
    std::vector<policy::RouteMatch> matches(static_cast<std::size_t>(state.range(0)));
    for (std::size_t i = 0; i < matches.size(); ++i)
        matches[i].path_prefix = "/provider" + std::to_string(i) + "/";
    const std::string path = "/provider" + std::to_string(matches.size() / 2) + "/v1/payments";
    const policy::RouteTable table(std::move(matches));
    for (auto _ : state)
        benchmark::DoNotOptimize(table.find("pay.internal", "POST", path, {}));
}
BENCHMARK(find_route)->Arg(1)->Arg(10)->Arg(1000);

struct Upstream {
    policy::Breaker breaker{policy::BreakerParams{}};
    policy::Budget budget{policy::BudgetParams{}};
};

void plan(benchmark::State& state, const policy::Event& after_sending) {
    Upstream upstream;
    const policy::RetryParams retry;
    base::TimePoint now{1h};
    for (auto _ : state) {
        policy::AttemptPlan plan({.retry = retry,
                                  .total = 30s,
                                  .breaker = &upstream.breaker,
                                  .budget = &upstream.budget},
                                 now);
        benchmark::DoNotOptimize(plan.next(policy::Event::start(), now, 0));
        benchmark::DoNotOptimize(plan.next(after_sending, now, 0));
        now += 1us;
    }
}

void plan_a_success(benchmark::State& state) {
    plan(state, {policy::Event::Kind::succeeded, {.request_bytes_sent = true}, nullptr});
}
BENCHMARK(plan_a_success);

void plan_a_refused_retry(benchmark::State& state) {
    const errors::Failure failure =
        errors::gateway_failure(errors::GatewayReason::connection_reset, true);
    plan(state, {policy::Event::Kind::failed, {.request_bytes_sent = true}, &failure});
}
BENCHMARK(plan_a_refused_retry);

void digest_of_what_is_sent(benchmark::State& state) {
    const std::string body(static_cast<std::size_t>(state.range(0)), 'x');
    for (auto _ : state) {
        policy::ReplayDigest digest;
        digest.add(body);
        benchmark::DoNotOptimize(digest.value());
    }
    state.SetBytesProcessed(state.iterations() * state.range(0));
}
BENCHMARK(digest_of_what_is_sent)->Arg(512)->Arg(1024 * 1024);

}  // namespace

BENCHMARK_MAIN();
