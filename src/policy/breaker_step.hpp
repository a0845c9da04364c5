// The circuit breaker's rules: pure steps on a state that packs into 64 bits.
#pragma once

#include "base/time.hpp"
#include "policy/params.hpp"
#include "policy/verdict.hpp"

#include <cstdint>
#include <string_view>

namespace errgate::policy {

// The numbers are the values of errgate_circuit_breaker_state.
enum class BreakerState : std::uint8_t { closed = 0, half_open = 1, open = 2 };
std::string_view to_string(BreakerState state);

enum class Admission : std::uint8_t {
    refused,
    admitted,
    probe,  // the one request that finds out whether the upstream is back; report it as such
};

// Who asks, in the order in which they are let through to test an upstream that was down: a charge
// is the last thing to test with.
enum class Candidate : std::uint8_t { health_check, replay_safe, other };
constexpr Candidate candidate(bool replay_safe) {
    return replay_safe ? Candidate::replay_safe : Candidate::other;
}

// Milliseconds of the steady clock, modulo 2^32 (49.7 days).
using BreakerTick = std::uint32_t;
BreakerTick breaker_tick(base::TimePoint now);

// One breaker at one moment. Closed and never failed of late is all zeros, so that the check for
// "nothing to do" is a comparison with 0.
struct BreakerCell {
    BreakerState state = BreakerState::closed;
    BreakerTick since = 0;        // closed: the window began. open: it opened. half-open: the probe
                                  // set out or, with none out, the last one ended
    std::uint32_t streak = 0;     // closed: failures in a row (at most kMaxStreak)
    std::uint32_t failures = 0;   // closed: in this window
    std::uint32_t requests = 0;   // closed: in this window, the failures included
    std::uint32_t doublings = 0;  // open, half-open: how often the open period was doubled
    bool probing = false;         // half-open: a probe is out

    friend bool operator==(const BreakerCell&, const BreakerCell&) = default;
};
inline constexpr std::uint32_t kMaxStreak = 255;        // larger settings act like this one
inline constexpr std::uint32_t kMaxWindowCount = 2047;  // likewise for min_requests

std::uint64_t pack(const BreakerCell& cell);
BreakerCell unpack(std::uint64_t word);
constexpr bool is_closed(std::uint64_t word) {
    return (word & 3U) == 0;
}

struct BreakerAdmission {
    BreakerCell cell;
    Admission admission = Admission::refused;
};

// May a request go now? Closed: yes. Open: no, until its period is over; then one probe.
// Half-open: one probe at a time. Each kind of candidate becomes a probe only when none of a better
// kind came within a grace of open / 10; without a health check the replay-safe requests are the
// best there is. A probe that is never reported (its owner vanished) is given up after 60 s.
BreakerAdmission admit_step(const BreakerCell& cell, BreakerTick now, Candidate who,
                            const BreakerParams& params);

// What an attempt's end does.
//
// Closed: a failure counts, a success counts while there is a failure in the window (and ends the
// streak), anything else does not count at all. A window begins with a failure and ends `window`
// later; the successes before it are not counted, so a healthy upstream costs no write. Only a
// failure opens: `consecutive_failures` in a row (however far apart), or `failure_ratio` of at
// least `min_requests`. A setting of 0 turns its rule off.
// Half-open: only the probe's own end counts: success or alive closes; failure opens for twice as
// long, up to max_open; neutral leaves the place to the next probe.
// Open: what set out before says nothing new.
BreakerCell report_step(const BreakerCell& cell, Verdict verdict, Admission admission,
                        BreakerTick now, const BreakerParams& params);

// How long until admit_step can say yes. Closed: 0. While a probe is out: a second at most.
Millis wait_step(const BreakerCell& cell, BreakerTick now, Candidate who,
                 const BreakerParams& params);

}  // namespace errgate::policy
