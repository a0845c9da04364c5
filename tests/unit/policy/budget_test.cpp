#include "policy/budget.hpp"

#include "builders.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <random>
#include <thread>
#include <vector>

namespace errgate::policy {
namespace {

int take_all(Budget& budget, base::TimePoint now) {
    int taken = 0;
    while (budget.try_take(now))
        ++taken;
    return taken;
}

void add_requests(Budget& budget, int count) {
    for (int i = 0; i < count; ++i)
        budget.on_request();
}

TEST(Budget, BeginsWithOneSecondOfTheMinimum) {
    Budget budget{{.ratio = 0.2, .min_per_second = 3}};
    EXPECT_EQ(take_all(budget, at(0s)), 3);
}

TEST(Budget, RequestsPayForTheirShare) {
    Budget budget{{.ratio = 0.2, .min_per_second = 0}};
    add_requests(budget, 50);
    EXPECT_EQ(take_all(budget, at(0s)), 10);
}

TEST(Budget, AFractionIsNotARetry) {
    Budget budget{{.ratio = 0.2, .min_per_second = 0}};
    add_requests(budget, 4);
    EXPECT_EQ(take_all(budget, at(0s)), 0);
    add_requests(budget, 1);
    EXPECT_EQ(take_all(budget, at(0s)), 1);
}

TEST(Budget, TheMinimumComesBackWithTime) {
    Budget budget{{.ratio = 0, .min_per_second = 3}};
    take_all(budget, at(0s));
    EXPECT_FALSE(budget.try_take(at(330ms)));
    EXPECT_TRUE(budget.try_take(at(340ms)));
    EXPECT_FALSE(budget.try_take(at(340ms)));
}

TEST(Budget, TheMinimumIsNotSavedBeyondOneSecond) {
    Budget budget{{.ratio = 0, .min_per_second = 3}};
    take_all(budget, at(0s));
    EXPECT_EQ(take_all(budget, at(1h)), 3);
}

TEST(Budget, LessThanOneASecondStillMeansOneAtATime) {
    Budget budget{{.ratio = 0, .min_per_second = 0.1}};
    EXPECT_EQ(take_all(budget, at(0s)), 1);
    EXPECT_EQ(take_all(budget, at(9'980ms)), 0);
    EXPECT_EQ(take_all(budget, at(10'010ms)), 1);
}

TEST(Budget, AskingOftenDoesNotEatUpAMinimumThatGrowsSlowly) {
    Budget budget{{.ratio = 0, .min_per_second = 0.05}};
    take_all(budget, at(0s));
    int taken = 0;
    for (auto now = 0ms; now <= 20'100ms; now += 10ms)
        taken += take_all(budget, at(now));
    EXPECT_EQ(taken, 1);
}

TEST(Budget, ShareAndMinimumDoNotAddUp) {
    Budget budget{{.ratio = 0.2, .min_per_second = 3}};
    add_requests(budget, 50);  // 10 retries, more than the minimum of 3
    EXPECT_EQ(take_all(budget, at(0s)), 10);
}

TEST(Budget, SavingsAreBounded) {
    Budget budget{{.ratio = 0.2, .min_per_second = 0}};
    add_requests(budget, 10'000);
    EXPECT_EQ(take_all(budget, at(0s)), 100);
}

TEST(Budget, SavingsGrowWithTheMinimum) {
    Budget budget{{.ratio = 1, .min_per_second = 50}};
    add_requests(budget, 10'000);
    EXPECT_EQ(take_all(budget, at(0s)), 500);
}

TEST(Budget, NothingIsAllowedWhenBothAreZero) {
    Budget budget{{.ratio = 0, .min_per_second = 0}};
    add_requests(budget, 1'000);
    EXPECT_EQ(take_all(budget, at(1h)), 0);
}

TEST(Budget, AbsurdSettingsStayWithinTheWord) {
    Budget budget{{.ratio = 1e9, .min_per_second = 1e9}};
    add_requests(budget, 2);
    EXPECT_EQ(take_all(budget, at(0s)), 4'000);
}

TEST(Budget, NegativeSettingsAreZero) {
    Budget budget{{.ratio = -1, .min_per_second = -1}};
    add_requests(budget, 10);
    EXPECT_EQ(take_all(budget, at(1s)), 0);
}

TEST(Budget, AClockALittleBehindGrantsNothing) {
    Budget budget{{.ratio = 0, .min_per_second = 3}};
    take_all(budget, at(10s));
    EXPECT_EQ(take_all(budget, at(10s) - 50ms), 0);
    EXPECT_EQ(take_all(budget, at(11s)), 3);
}

TEST(Budget, SurvivesAReload) {
    Budget before{{.ratio = 0.5, .min_per_second = 0}};
    add_requests(before, 20);
    Budget after{{.ratio = 0.2, .min_per_second = 0}, before};
    EXPECT_EQ(after.earned(), 10U);
    EXPECT_EQ(take_all(after, at(0s)), 10);
}

TEST(BudgetCell, PacksAndUnpacks) {
    std::mt19937 random{3};
    for (int i = 0; i < 1'000; ++i) {
        const BudgetCell cell{static_cast<std::uint32_t>(random() % (1U << 20U)),
                              static_cast<std::uint32_t>(random() % 4'000'001),
                              static_cast<std::uint32_t>(random() % 4'000'001)};
        ASSERT_EQ(unpack_budget(pack(cell)), cell);
    }
}

// Over any run: no more than the share and the minimum together, no less than the greater of the
// two when there is always demand.
TEST(Budget, HoldsItsPromiseOverRandomTraffic) {
    std::mt19937 random{11};
    for (int run = 0; run < 50; ++run) {
        const double ratio = static_cast<double>(random() % 100) / 100;
        const double per_second = static_cast<double>(random() % 20);
        Budget budget{{.ratio = ratio, .min_per_second = per_second}};
        base::Duration now{};
        int requests = 0;
        int retries = 0;
        for (int step = 0; step < 2'000; ++step) {
            now += std::chrono::milliseconds{random() % 20};
            budget.on_request();
            ++requests;
            retries += take_all(budget, at(now));
        }
        const double by_time = per_second * std::chrono::duration<double>(now).count();
        const double by_share = ratio * requests;
        EXPECT_LE(retries, by_share + by_time + per_second + 1) << ratio << ' ' << per_second;
        EXPECT_GE(retries + 2, 0.98 * std::max(by_share, by_time)) << ratio << ' ' << per_second;
    }
}

TEST(Budget, EveryTokenIsTakenOnce) {
    constexpr int kThreads = 4;
    Budget budget{{.ratio = 1, .min_per_second = 0}};
    add_requests(budget, 100);
    std::atomic<int> taken{0};
    std::vector<std::thread> threads;
    for (int i = 0; i < kThreads; ++i) {
        threads.emplace_back([&] { taken += take_all(budget, at(0s)); });
    }
    for (std::thread& thread : threads)
        thread.join();
    EXPECT_EQ(taken.load(), 100);
}

TEST(Budget, NoDepositIsLost) {
    constexpr int kThreads = 4;
    Budget budget{{.ratio = 1, .min_per_second = 0}};
    std::vector<std::thread> threads;
    for (int i = 0; i < kThreads; ++i)
        threads.emplace_back([&] { add_requests(budget, 20); });
    for (std::thread& thread : threads)
        thread.join();
    EXPECT_EQ(budget.earned(), 80U);
}

}  // namespace
}  // namespace errgate::policy
