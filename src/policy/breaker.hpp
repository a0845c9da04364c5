// The circuit breaker of one upstream, shared by all workers.
#pragma once

#include "base/time.hpp"
#include "policy/breaker_step.hpp"

#include <array>
#include <atomic>
#include <cstdint>

namespace errgate::policy {

// The rules are breaker_step.hpp's; this is the one word they act on. Any thread may call anything.
// While nothing fails, admit and report are one relaxed load each and write nothing. Relaxed order
// suffices throughout: the word guards no other data.
class alignas(64) Breaker {
  public:
    explicit Breaker(const BreakerParams& params) : params_{params} {}
    // After a reload with other parameters: state and counters go on. Exchanges that still hold
    // `before` report to it and are not seen here, so a probe that is out is not waited for.
    Breaker(const BreakerParams& params, const Breaker& before);

    // Every admission but `refused` is to be followed by one report.
    Admission admit(base::TimePoint now, Candidate who) {
        if (is_closed(word_.load(std::memory_order_relaxed))) return Admission::admitted;
        return admit_slowly(now, who);
    }
    // What admit would say at `when`, as things stand; takes no place.
    bool would_admit(base::TimePoint when, Candidate who) const;
    // The end of an attempt that was admitted as `admission`.
    void report(Verdict verdict, Admission admission, base::TimePoint now) {
        const bool nothing_failed = word_.load(std::memory_order_relaxed) == 0;
        if (nothing_failed && verdict != Verdict::failure) return;
        report_slowly(verdict, admission, now);
    }

    BreakerState state() const { return unpack(word_.load(std::memory_order_relaxed)).state; }
    // Everything it knows at this moment, for the admin page.
    BreakerCell cell() const { return unpack(word_.load(std::memory_order_relaxed)); }
    // How long until a request can be admitted again: Retry-After of a circuit_open answer.
    base::Duration retry_after(base::TimePoint now, Candidate who) const;
    // How often it has entered that state since it was made: a counter for metrics.
    std::uint64_t transitions(BreakerState to) const;

  private:
    Admission admit_slowly(base::TimePoint now, Candidate who);
    void report_slowly(Verdict verdict, Admission admission, base::TimePoint now);
    // False: another thread was faster, and `word` now holds what it wrote.
    bool replace(std::uint64_t& word, const BreakerCell& next);

    const BreakerParams params_;
    std::atomic<std::uint64_t> word_{0};
    std::array<std::atomic<std::uint64_t>, 3> transitions_{};  // by BreakerState; cold
};

}  // namespace errgate::policy
