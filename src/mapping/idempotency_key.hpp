// Finds the idempotency key that a request carries in its body.
#pragma once

#include "mapping/dialect.hpp"

#include <string>
#include <string_view>

namespace errgate::mapping {

// The scalar at `idempotency.body_field`, empty when there is none or the body cannot be read. The
// body must be complete: what is sent again is the same bytes, so whichever of two members of one
// name a provider reads, it reads the same key each time.
std::string find_idempotency_key(const Idempotency& idempotency, std::string_view body,
                                 std::string_view content_type);

}  // namespace errgate::mapping
