// Exponential growth with a cap, and full jitter.
#include "policy/backoff.hpp"

#include <algorithm>

namespace errgate::policy {

base::Duration doubled(base::Duration base, int times, base::Duration max) {
    constexpr int kMostShifts = 62;  // every bit of a positive 64-bit count
    const base::Duration zero{};
    if (base <= zero || max <= zero) return zero;
    if (times > kMostShifts || base.count() > (max.count() >> std::max(times, 0))) return max;
    return base::Duration{base.count() << std::max(times, 0)};
}

base::Duration full_jitter(base::Duration ceiling, std::uint64_t entropy) {
    if (ceiling <= base::Duration{}) return {};
    // The high half of a 64x64 product scales the entropy to [0, ceiling]: no modulo, and a bias
    // of at most one part in 2^64 / ceiling.
    __extension__ using Wide = unsigned __int128;
    const auto choices = static_cast<std::uint64_t>(ceiling.count()) + 1;
    return base::Duration{static_cast<base::Duration::rep>((Wide{entropy} * choices) >> 64)};
}

}  // namespace errgate::policy
