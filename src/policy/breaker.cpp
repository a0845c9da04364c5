// The circuit breaker of one upstream: breaker_step.hpp's rules on one shared word.
#include "policy/breaker.hpp"

#include <cstddef>

namespace errgate::policy {

namespace {

constexpr auto kRelaxed = std::memory_order_relaxed;

std::uint64_t without_probe(std::uint64_t word) {
    BreakerCell cell = unpack(word);
    cell.probing = false;
    return pack(cell);
}

}  // namespace

Breaker::Breaker(const BreakerParams& params, const Breaker& before)
    : params_{params}, word_{params.enabled ? without_probe(before.word_.load(kRelaxed)) : 0} {
    for (std::size_t i = 0; i < transitions_.size(); ++i) {
        transitions_[i].store(before.transitions_[i].load(kRelaxed), kRelaxed);
    }
}

bool Breaker::would_admit(base::TimePoint when, Candidate who) const {
    const BreakerCell cell = unpack(word_.load(kRelaxed));
    return admit_step(cell, breaker_tick(when), who, params_).admission != Admission::refused;
}

Admission Breaker::admit_slowly(base::TimePoint now, Candidate who) {
    const BreakerTick tick = breaker_tick(now);
    std::uint64_t word = word_.load(kRelaxed);
    for (;;) {
        const BreakerAdmission step = admit_step(unpack(word), tick, who, params_);
        if (replace(word, step.cell)) return step.admission;
    }
}

void Breaker::report_slowly(Verdict verdict, Admission admission, base::TimePoint now) {
    if (!params_.enabled) return;
    const BreakerTick tick = breaker_tick(now);
    std::uint64_t word = word_.load(kRelaxed);
    while (!replace(word, report_step(unpack(word), verdict, admission, tick, params_))) {
    }
}

bool Breaker::replace(std::uint64_t& word, const BreakerCell& next) {
    const BreakerState before = unpack(word).state;
    const std::uint64_t packed = pack(next);
    if (packed == word) return true;
    if (!word_.compare_exchange_weak(word, packed, kRelaxed, kRelaxed)) return false;
    if (next.state != before) {
        transitions_[static_cast<std::size_t>(next.state)].fetch_add(1, kRelaxed);
    }
    return true;
}

base::Duration Breaker::retry_after(base::TimePoint now, Candidate who) const {
    return wait_step(unpack(word_.load(kRelaxed)), breaker_tick(now), who, params_);
}

std::uint64_t Breaker::transitions(BreakerState to) const {
    return transitions_[static_cast<std::size_t>(to)].load(kRelaxed);
}

}  // namespace errgate::policy
