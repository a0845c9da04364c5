// The retry budget: pure steps, and the one shared word they act on.
#include "policy/budget.hpp"

#include <algorithm>
#include <cmath>

namespace errgate::policy {

namespace {

constexpr auto kRelaxed = std::memory_order_relaxed;
constexpr std::uint32_t kToken = 1'000;
constexpr double kMostTokens = 4'000;
constexpr double kEarnedSeconds = 10;
constexpr double kEarnedAtLeast = 100;
constexpr Millis kTick{10};
constexpr double kTicksPerSecond = 100;

// Low to high: tick 20, earned 22, granted 22.
constexpr unsigned kEarnedAt = 20;
constexpr unsigned kGrantedAt = 42;
constexpr std::uint32_t kTickMask = (1U << 20U) - 1;
constexpr std::uint32_t kTokensMask = (1U << 22U) - 1;
constexpr std::uint32_t kClockSkewTicks = 6'000;
static_assert(kMostTokens * kToken <= kTokensMask);

std::uint32_t thousandths(double tokens) {
    return static_cast<std::uint32_t>(std::lround(std::clamp(tokens, 0.0, kMostTokens) * kToken));
}

std::uint32_t granted_limit_of(double per_second) {
    return per_second > 0 ? thousandths(std::max(per_second, 1.0)) : 0;
}

// Workers read the clock at their own moments: a little backwards is 0, not the whole circle.
std::uint32_t ticks_between(std::uint32_t from, std::uint32_t to) {
    const std::uint32_t ticks = (to - from) & kTickMask;
    return ticks > kTickMask - kClockSkewTicks ? 0 : ticks;
}

std::uint32_t without_token(std::uint32_t amount) {
    return amount - std::min(amount, kToken);
}

// The time that brought less than a thousandth is not used up.
BudgetCell refill(BudgetCell cell, std::uint32_t tick, const BudgetRates& rates) {
    const double due = ticks_between(cell.tick, tick) * rates.granted_per_tick;
    const double room = rates.granted_limit - std::min(cell.granted, rates.granted_limit);
    const auto gained = static_cast<std::uint32_t>(std::min(due, room));
    if (gained == 0 && room > 0) return cell;
    cell.granted += gained;
    cell.tick = tick;
    return cell;
}

BudgetCell within(BudgetCell cell, const BudgetRates& rates) {
    cell.earned = std::min(cell.earned, rates.earned_limit);
    cell.granted = std::min(cell.granted, rates.granted_limit);
    return cell;
}

}  // namespace

std::uint64_t pack(const BudgetCell& cell) {
    return std::uint64_t{cell.tick & kTickMask} | (std::uint64_t{cell.earned} << kEarnedAt) |
           (std::uint64_t{cell.granted} << kGrantedAt);
}

BudgetCell unpack_budget(std::uint64_t word) {
    return {.tick = static_cast<std::uint32_t>(word & kTickMask),
            .earned = static_cast<std::uint32_t>((word >> kEarnedAt) & kTokensMask),
            .granted = static_cast<std::uint32_t>((word >> kGrantedAt) & kTokensMask)};
}

std::uint32_t budget_tick(base::TimePoint now) {
    const auto ticks = std::chrono::floor<Millis>(now.time_since_epoch()) / kTick;
    return static_cast<std::uint32_t>(static_cast<std::uint64_t>(ticks)) & kTickMask;
}

BudgetRates::BudgetRates(const BudgetParams& params)
    : per_request{thousandths(params.ratio)},
      earned_limit{thousandths(std::max(kEarnedSeconds * params.min_per_second, kEarnedAtLeast))},
      granted_limit{granted_limit_of(params.min_per_second)},
      granted_per_tick{std::max(params.min_per_second, 0.0) * kToken / kTicksPerSecond} {}

BudgetCell deposit_step(const BudgetCell& cell, const BudgetRates& rates) {
    BudgetCell next = cell;
    next.earned = std::min(cell.earned + rates.per_request, rates.earned_limit);
    return next;
}

BudgetTake take_step(const BudgetCell& cell, std::uint32_t tick, const BudgetRates& rates) {
    BudgetCell next = refill(cell, tick, rates);
    if (next.earned < kToken && next.granted < kToken) return {next, false};
    next.earned = without_token(next.earned);
    next.granted = without_token(next.granted);
    return {next, true};
}

Budget::Budget(const BudgetParams& params)
    : rates_{params}, word_{pack(BudgetCell{.granted = rates_.granted_limit})} {}

Budget::Budget(const BudgetParams& params, const Budget& before)
    : rates_{params}, word_{pack(within(unpack_budget(before.word_.load(kRelaxed)), rates_))} {}

void Budget::on_request() {
    std::uint64_t word = word_.load(kRelaxed);
    std::uint64_t next = 0;
    do {
        next = pack(deposit_step(unpack_budget(word), rates_));
        if (next == word) return;
    } while (!word_.compare_exchange_weak(word, next, kRelaxed, kRelaxed));
}

bool Budget::try_take(base::TimePoint now) {
    const std::uint32_t tick = budget_tick(now);
    std::uint64_t word = word_.load(kRelaxed);
    for (;;) {
        const BudgetTake take = take_step(unpack_budget(word), tick, rates_);
        const std::uint64_t next = pack(take.cell);
        if (next == word || word_.compare_exchange_weak(word, next, kRelaxed, kRelaxed)) {
            return take.allowed;
        }
    }
}

std::uint32_t Budget::earned() const {
    return unpack_budget(word_.load(kRelaxed)).earned / kToken;
}

}  // namespace errgate::policy
