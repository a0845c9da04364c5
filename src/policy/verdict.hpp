// What the end of one attempt says about the health of the upstream.
#pragma once

#include "errors/failure.hpp"

#include <cstdint>

namespace errgate::policy {

enum class Verdict : std::uint8_t {
    success,
    failure,  // the upstream itself failed
    alive,    // it answered, and the answer blames somebody else: a decline, a validation error ...
    neutral,  // nothing is known: rate limited, or the attempt never got that far
};

// Only failures of the upstream itself: connection, timeout, garbage, or an answer whose code is of
// category `upstream`. A 4xx counts only when a rule of the mapping says that it means an outage
// (some providers report one as 400); a bare 408 or 424 does not.
bool counts_against_upstream(const errors::Failure& failure);

Verdict verdict_of(const errors::Failure& failure);

}  // namespace errgate::policy
