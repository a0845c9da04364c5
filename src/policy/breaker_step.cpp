// The circuit breaker's rules.
#include "policy/breaker_step.hpp"

#include "policy/backoff.hpp"

#include <algorithm>
#include <limits>

namespace errgate::policy {

namespace {

constexpr Millis kProbeTimeout{60'000};
constexpr Millis kProbeHint{1'000};
constexpr std::uint32_t kMaxDoublings = 31;
constexpr BreakerTick kClockSkew = 60'000;

// Low to high: state 2, since 32, then closed: requests 11, failures 11, streak 8;
// otherwise: probing 1, doublings 5.
constexpr unsigned kSinceAt = 2;
constexpr unsigned kRestAt = 34;
constexpr unsigned kCountBits = 11;
constexpr std::uint64_t kCountMask = kMaxWindowCount;

std::uint32_t low_bits(std::uint64_t value, std::uint64_t mask) {
    return static_cast<std::uint32_t>(value & mask);
}

// Workers read the clock at their own moments, so `now` may be a little before `since`: that is 0
// and not 49 days.
Millis elapsed(BreakerTick since, BreakerTick now) {
    const BreakerTick ticks = now - since;
    if (ticks > std::numeric_limits<BreakerTick>::max() - kClockSkew) return Millis{0};
    return Millis{ticks};
}

Millis open_period(std::uint32_t doublings, const BreakerParams& params) {
    return std::chrono::ceil<Millis>(
        doubled(params.open, static_cast<int>(doublings), params.max_open));
}

// How long after `since` the next probe may set out.
Millis probe_wait(const BreakerCell& cell, Candidate who, const BreakerParams& params) {
    const auto best = params.health_checked ? Candidate::health_check : Candidate::replay_safe;
    const Millis grace =
        params.open / 10 * std::max(static_cast<int>(who) - static_cast<int>(best), 0);
    switch (cell.state) {
        case BreakerState::closed:
            return Millis{0};
        case BreakerState::open:
            return open_period(cell.doublings, params) + grace;
        case BreakerState::half_open:
            break;
    }
    return cell.probing ? kProbeTimeout : grace;
}

bool must_open(const BreakerCell& cell, const BreakerParams& params) {
    const std::uint32_t in_a_row = std::min(params.consecutive_failures, kMaxStreak);
    const std::uint32_t enough = std::min(params.min_requests, kMaxWindowCount);
    const bool too_many_in_a_row = in_a_row != 0 && cell.streak >= in_a_row;
    const bool too_large_a_share = enough != 0 && params.failure_ratio > 0 &&
                                   cell.requests >= enough &&
                                   cell.failures >= params.failure_ratio * cell.requests;
    return too_many_in_a_row || too_large_a_share;
}

// Counters that are full are halved: the share stays, and newer attempts weigh more.
void count(BreakerCell& cell, bool failed) {
    if (cell.requests == kMaxWindowCount) {
        cell.requests /= 2;
        cell.failures /= 2;
    }
    ++cell.requests;
    if (failed) ++cell.failures;
}

BreakerCell closed_success(BreakerCell cell, BreakerTick now, const BreakerParams& params) {
    const bool nothing_failed = cell.failures == 0 && cell.streak == 0;
    if (nothing_failed || elapsed(cell.since, now) >= params.window) return {};
    count(cell, false);
    cell.streak = 0;
    return cell;
}

BreakerCell closed_failure(BreakerCell cell, BreakerTick now, const BreakerParams& params) {
    if (cell.failures == 0 || elapsed(cell.since, now) >= params.window) {
        cell = {.since = now, .streak = cell.streak};
    }
    count(cell, true);
    cell.streak = std::min(cell.streak + 1, kMaxStreak);
    return must_open(cell, params) ? BreakerCell{.state = BreakerState::open, .since = now} : cell;
}

BreakerCell probe_end(const BreakerCell& cell, Verdict verdict, BreakerTick now) {
    switch (verdict) {
        case Verdict::success:
        case Verdict::alive:
            return {};
        case Verdict::failure:
            return {.state = BreakerState::open,
                    .since = now,
                    .doublings = std::min(cell.doublings + 1, kMaxDoublings)};
        case Verdict::neutral:
            break;
    }
    return {.state = BreakerState::half_open, .since = now, .doublings = cell.doublings};
}

}  // namespace

std::string_view to_string(BreakerState state) {
    switch (state) {
        case BreakerState::closed:
            return "closed";
        case BreakerState::half_open:
            return "half_open";
        case BreakerState::open:
            break;
    }
    return "open";
}

BreakerTick breaker_tick(base::TimePoint now) {
    const auto ms = std::chrono::floor<Millis>(now.time_since_epoch()).count();
    return static_cast<BreakerTick>(static_cast<std::uint64_t>(ms));
}

std::uint64_t pack(const BreakerCell& cell) {
    const std::uint64_t rest =
        cell.state == BreakerState::closed
            ? (std::uint64_t{cell.streak} << (2 * kCountBits)) |
                  (std::uint64_t{cell.failures} << kCountBits) | cell.requests
            : (std::uint64_t{cell.doublings} << 1U) | (cell.probing ? 1U : 0U);
    return static_cast<std::uint64_t>(cell.state) | (std::uint64_t{cell.since} << kSinceAt) |
           (rest << kRestAt);
}

BreakerCell unpack(std::uint64_t word) {
    BreakerCell cell;
    cell.state = static_cast<BreakerState>(word & 3U);
    cell.since = static_cast<BreakerTick>(word >> kSinceAt);
    const std::uint64_t rest = word >> kRestAt;
    if (cell.state == BreakerState::closed) {
        cell.requests = low_bits(rest, kCountMask);
        cell.failures = low_bits(rest >> kCountBits, kCountMask);
        cell.streak = low_bits(rest >> (2 * kCountBits), kMaxStreak);
    } else {
        cell.probing = (rest & 1U) != 0;
        cell.doublings = low_bits(rest >> 1U, kMaxDoublings);
    }
    return cell;
}

BreakerAdmission admit_step(const BreakerCell& cell, BreakerTick now, Candidate who,
                            const BreakerParams& params) {
    if (cell.state == BreakerState::closed) return {cell, Admission::admitted};
    if (elapsed(cell.since, now) < probe_wait(cell, who, params)) {
        return {cell, Admission::refused};
    }
    return {{.state = BreakerState::half_open,
             .since = now,
             .doublings = cell.doublings,
             .probing = true},
            Admission::probe};
}

BreakerCell report_step(const BreakerCell& cell, Verdict verdict, Admission admission,
                        BreakerTick now, const BreakerParams& params) {
    if (cell.state == BreakerState::half_open && admission == Admission::probe) {
        return probe_end(cell, verdict, now);
    }
    if (cell.state != BreakerState::closed) return cell;
    if (verdict == Verdict::success) return closed_success(cell, now, params);
    if (verdict == Verdict::failure) return closed_failure(cell, now, params);
    return cell;
}

Millis wait_step(const BreakerCell& cell, BreakerTick now, Candidate who,
                 const BreakerParams& params) {
    const Millis left = probe_wait(cell, who, params) - elapsed(cell.since, now);
    return std::clamp(left, Millis{0}, cell.probing ? kProbeHint : Millis::max());
}

}  // namespace errgate::policy
