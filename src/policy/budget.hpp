// How many retries an upstream can bear: a token bucket shared by all workers.
#pragma once

#include "base/time.hpp"
#include "policy/params.hpp"

#include <atomic>
#include <cstdint>

namespace errgate::policy {

// Retries are allowed up to `ratio` of the requests, or `min_per_second`, whichever is more. Two
// buckets in one state: requests fill `earned`, time fills `granted`; a retry needs a whole token
// in either and takes one out of both, so the two allowances do not add up.
//
// `granted` holds one second's worth. `earned` holds 10 s of min_per_second but at least 100: what
// a long healthy spell has saved must not pay for a storm.
struct BudgetCell {
    std::uint32_t tick = 0;     // when `granted` was last filled: 10 ms units, modulo 2^20 (2.9 h)
    std::uint32_t earned = 0;   // thousandths of a retry
    std::uint32_t granted = 0;  // thousandths of a retry

    friend bool operator==(const BudgetCell&, const BudgetCell&) = default;
};
std::uint64_t pack(const BudgetCell& cell);
BudgetCell unpack_budget(std::uint64_t word);
std::uint32_t budget_tick(base::TimePoint now);

// The parameters in the units of the cell. Nothing negative, at most 4000 retries in a bucket.
struct BudgetRates {
    explicit BudgetRates(const BudgetParams& params);
    std::uint32_t per_request;  // thousandths
    std::uint32_t earned_limit;
    std::uint32_t granted_limit;
    double granted_per_tick;  // thousandths
};

BudgetCell deposit_step(const BudgetCell& cell, const BudgetRates& rates);

struct BudgetTake {
    BudgetCell cell;
    bool allowed = false;
};
BudgetTake take_step(const BudgetCell& cell, std::uint32_t tick, const BudgetRates& rates);

// Any thread may call anything. Relaxed order suffices: the word guards no other data.
class alignas(64) Budget {
  public:
    explicit Budget(const BudgetParams& params);
    // After a reload with other parameters: what was saved stays, up to the new limits.
    Budget(const BudgetParams& params, const Budget& before);

    // One request, whatever becomes of it; its retries are not requests. One relaxed load while
    // the bucket is full, which it is as long as little is retried.
    void on_request();
    // May a retry be made now? Yes takes a token, which is not given back.
    bool try_take(base::TimePoint now);
    // Whole retries that requests have paid for, for the admin page.
    std::uint32_t earned() const;

  private:
    const BudgetRates rates_;
    std::atomic<std::uint64_t> word_;
};

}  // namespace errgate::policy
