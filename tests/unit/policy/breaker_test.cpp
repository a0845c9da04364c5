#include "policy/breaker.hpp"

#include "builders.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <barrier>
#include <optional>
#include <random>
#include <thread>
#include <vector>

namespace errgate::policy {
namespace {

constexpr BreakerParams kQuick{.consecutive_failures = 2, .open = Millis{1'000}};

void fail_until_open(Breaker& breaker, base::TimePoint now) {
    while (breaker.state() != BreakerState::open) {
        breaker.report(Verdict::failure, Admission::admitted, now);
    }
}

TEST(Breaker, OneOutage) {
    Breaker breaker{kQuick};

    // Two failures in a row, and nothing goes through for a second.
    EXPECT_EQ(breaker.admit(at(0s), candidate(true)), Admission::admitted);
    breaker.report(Verdict::failure, Admission::admitted, at(0s));
    EXPECT_EQ(breaker.admit(at(0s), candidate(true)), Admission::admitted);
    breaker.report(Verdict::failure, Admission::admitted, at(0s));
    EXPECT_EQ(breaker.state(), BreakerState::open);
    EXPECT_EQ(breaker.admit(at(400ms), candidate(true)), Admission::refused);
    EXPECT_EQ(breaker.retry_after(at(400ms), candidate(true)), 600ms);

    // The first probe fails: two seconds this time.
    EXPECT_EQ(breaker.admit(at(1s), candidate(true)), Admission::probe);
    EXPECT_EQ(breaker.state(), BreakerState::half_open);
    EXPECT_EQ(breaker.admit(at(1s), candidate(true)), Admission::refused);
    breaker.report(Verdict::failure, Admission::probe, at(1s));
    EXPECT_EQ(breaker.admit(at(2'999ms), candidate(true)), Admission::refused);

    // The second one succeeds, and everybody may go again.
    EXPECT_EQ(breaker.admit(at(3s), candidate(true)), Admission::probe);
    breaker.report(Verdict::success, Admission::probe, at(3s));
    EXPECT_EQ(breaker.state(), BreakerState::closed);
    EXPECT_EQ(breaker.admit(at(3s), candidate(false)), Admission::admitted);

    EXPECT_EQ(breaker.transitions(BreakerState::open), 2U);
    EXPECT_EQ(breaker.transitions(BreakerState::half_open), 2U);
    EXPECT_EQ(breaker.transitions(BreakerState::closed), 1U);
}

TEST(Breaker, WouldAdmitTakesNoPlace) {
    Breaker breaker{kQuick};
    fail_until_open(breaker, at(0s));
    EXPECT_FALSE(breaker.would_admit(at(999ms), candidate(true)));
    EXPECT_TRUE(breaker.would_admit(at(1s), candidate(true)));
    EXPECT_TRUE(breaker.would_admit(at(1s), candidate(true)));
    EXPECT_EQ(breaker.state(), BreakerState::open);
}

TEST(Breaker, DisabledNeverOpens) {
    BreakerParams params = kQuick;
    params.enabled = false;
    Breaker breaker{params};
    for (int i = 0; i < 100; ++i) {
        EXPECT_EQ(breaker.admit(at(0s), candidate(false)), Admission::admitted);
        breaker.report(Verdict::failure, Admission::admitted, at(0s));
    }
    EXPECT_EQ(breaker.state(), BreakerState::closed);
}

TEST(Breaker, StateAndCountersSurviveAReload) {
    Breaker before{kQuick};
    fail_until_open(before, at(0s));
    BreakerParams longer = kQuick;
    longer.open = 5s;
    Breaker after{longer, before};
    EXPECT_EQ(after.admit(at(4'999ms), candidate(true)), Admission::refused);
    EXPECT_EQ(after.admit(at(5s), candidate(true)), Admission::probe);
    EXPECT_EQ(after.transitions(BreakerState::open), 1U);
}

// The probe reports to the breaker it was admitted by, so this one would wait for it in vain.
TEST(Breaker, AReloadUnderAProbeAdmitsAnother) {
    Breaker before{kQuick};
    fail_until_open(before, at(0s));
    EXPECT_EQ(before.admit(at(1s), candidate(true)), Admission::probe);
    BreakerParams longer = kQuick;
    longer.open = 5s;
    Breaker after{longer, before};
    EXPECT_EQ(after.state(), BreakerState::half_open);
    EXPECT_EQ(after.admit(at(1s), candidate(true)), Admission::probe);
    EXPECT_EQ(after.admit(at(1s), candidate(true)), Admission::refused);
}

TEST(Breaker, AReloadThatDisablesItCloses) {
    Breaker before{kQuick};
    fail_until_open(before, at(0s));
    BreakerParams off = kQuick;
    off.enabled = false;
    Breaker after{off, before};
    EXPECT_EQ(after.admit(at(0s), candidate(false)), Admission::admitted);
    EXPECT_EQ(after.state(), BreakerState::closed);
}

// --- against a model that is written to be obvious and has no bits to save ---

class Model {
  public:
    explicit Model(const BreakerParams& params) : params_{params} {}

    Admission admit(base::Duration now, bool replay_safe) {
        if (closed_) return Admission::admitted;
        if (probe_begun_ ? now < *probe_begun_ + 60s : now < free_from_ + grace(replay_safe)) {
            return Admission::refused;
        }
        half_open_ = true;
        probe_begun_ = now;
        return Admission::probe;
    }

    void report(Verdict verdict, Admission admission, base::Duration now) {
        if (closed_) return report_closed(verdict, now);
        if (!half_open_ || admission != Admission::probe) return;
        if (verdict == Verdict::failure) return open(std::min(period_ * 2, params_.max_open), now);
        probe_begun_.reset();
        free_from_ = now;
        if (verdict != Verdict::neutral) {
            closed_ = true;
            row_ = 0;
            window_.clear();
        }
    }

    BreakerState state() const {
        if (closed_) return BreakerState::closed;
        return half_open_ ? BreakerState::half_open : BreakerState::open;
    }

  private:
    struct End {
        base::Duration when;
        bool failed;
    };

    base::Duration grace(bool replay_safe) const {
        return replay_safe ? base::Duration{} : params_.open / 10;
    }

    void report_closed(Verdict verdict, base::Duration now) {
        if (verdict != Verdict::success && verdict != Verdict::failure) return;
        const bool failed = verdict == Verdict::failure;
        if (!window_.empty() && now >= window_.front().when + params_.window) window_.clear();
        if (failed || !window_.empty()) window_.push_back({now, failed});
        row_ = failed ? row_ + 1 : 0;
        if (!failed) return;
        const auto failures = std::ranges::count(window_, true, &End::failed);
        const auto requests = static_cast<double>(window_.size());
        const bool share = requests >= params_.min_requests &&
                           static_cast<double>(failures) / requests >= params_.failure_ratio;
        if (row_ >= params_.consecutive_failures || share) open(params_.open, now);
    }

    void open(Millis period, base::Duration now) {
        closed_ = half_open_ = false;
        probe_begun_.reset();
        period_ = period;
        free_from_ = now + period;
    }

    BreakerParams params_;
    bool closed_ = true;
    bool half_open_ = false;
    std::optional<base::Duration> probe_begun_;
    base::Duration free_from_{};
    Millis period_{};
    std::uint32_t row_ = 0;
    std::vector<End> window_;
};

Verdict random_verdict(std::mt19937& random) {
    const auto roll = random() % 20;
    if (roll < 10) return Verdict::success;
    return roll < 18 ? Verdict::failure : (roll == 18 ? Verdict::alive : Verdict::neutral);
}

TEST(Breaker, BehavesLikeTheModel) {
    const BreakerParams params{.failure_ratio = 0.6,
                               .min_requests = 10,
                               .window = Millis{200},
                               .open = Millis{500},
                               .max_open = Millis{1'700}};
    std::mt19937 random{17};
    for (int run = 0; run < 100; ++run) {
        Breaker breaker{params};
        Model model{params};
        std::vector<Admission> in_flight;
        base::Duration now{};
        for (int step = 0; step < 1'000; ++step) {
            now += Millis{random() % (random() % 100 == 0 ? 70'000 : 40)};
            if (in_flight.empty() || random() % 2 == 0) {
                const bool replay_safe = random() % 2 == 0;
                const Admission admission = breaker.admit(at(now), candidate(replay_safe));
                ASSERT_EQ(admission, model.admit(now, replay_safe)) << run << ' ' << step;
                if (admission != Admission::refused) in_flight.push_back(admission);
            } else {
                std::swap(in_flight[random() % in_flight.size()], in_flight.back());
                const Verdict verdict = random_verdict(random);
                breaker.report(verdict, in_flight.back(), at(now));
                model.report(verdict, in_flight.back(), now);
                in_flight.pop_back();
            }
            ASSERT_EQ(breaker.state(), model.state()) << run << ' ' << step;
        }
    }
}

// --- many threads ---

TEST(Breaker, AdmitsOneProbeHoweverManyAsk) {
    constexpr int kThreads = 4;
    constexpr int kRounds = 300;
    BreakerParams params = kQuick;
    params.max_open = params.open;
    Breaker breaker{params};
    std::atomic<int> probes{0};
    std::barrier round_begins{kThreads};
    std::barrier round_ends{kThreads};
    const auto contend = [&](int thread) {
        for (int round = 0; round < kRounds; ++round) {
            if (thread == 0) fail_until_open(breaker, at(round * 10s));
            round_begins.arrive_and_wait();
            const Admission admission = breaker.admit(at(round * 10s + 2s), candidate(true));
            if (admission == Admission::probe) ++probes;
            round_ends.arrive_and_wait();
            if (admission == Admission::probe) {
                breaker.report(Verdict::success, admission, at(round * 10s + 3s));
            }
            round_begins.arrive_and_wait();
        }
    };
    std::vector<std::thread> threads;
    for (int i = 0; i < kThreads; ++i)
        threads.emplace_back(contend, i);
    for (std::thread& thread : threads)
        thread.join();
    EXPECT_EQ(probes.load(), kRounds);
    EXPECT_EQ(breaker.transitions(BreakerState::half_open), std::uint64_t{kRounds});
}

TEST(Breaker, LosesNoFailureHoweverManyReport) {
    constexpr int kThreads = 4;
    constexpr int kEach = 50;
    Breaker breaker{{.consecutive_failures = kThreads * kEach, .failure_ratio = 0}};
    std::vector<std::thread> threads;
    for (int i = 0; i < kThreads; ++i) {
        threads.emplace_back([&] {
            for (int n = 0; n < kEach; ++n) {
                breaker.report(Verdict::failure, Admission::admitted, at(0s));
            }
        });
    }
    for (std::thread& thread : threads)
        thread.join();
    EXPECT_EQ(breaker.state(), BreakerState::open);
    EXPECT_EQ(breaker.transitions(BreakerState::open), 1U);
}

}  // namespace
}  // namespace errgate::policy
