// How long to wait: exponential growth with a cap, and full jitter, as exact integer arithmetic.
#pragma once

#include "base/time.hpp"

#include <cstdint>

namespace errgate::policy {

// base * 2^times, at most `max`; cannot overflow. Nothing negative comes out: 0 then.
base::Duration doubled(base::Duration base, int times, base::Duration max);

// Uniform over [0, ceiling], both ends included, from 64 fresh random bits. 0 for a ceiling <= 0.
base::Duration full_jitter(base::Duration ceiling, std::uint64_t entropy);

}  // namespace errgate::policy
