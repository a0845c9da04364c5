// Makes the last attempt's failure tell the truth about the whole exchange.
#pragma once

#include "errors/failure.hpp"

namespace errgate::policy {

// For a failure that follows an attempt of ours whose outcome is unknown (a timeout, a 500 ...).
//
// - "The key was used already" now speaks of our own first attempt, which carried the same key and
//   the same bytes: it is in flight or was applied. So it becomes idempotency_in_progress, unknown.
// - `not_applied` is then true of the last attempt only: "connection refused" or 429 says nothing
//   about the charge that timed out before, and "not found" or "exists already" may be its effect.
//   The outcome becomes unknown. Only a payment decision under a key is taken at its word, because
//   a provider that honours the key answers for the operation and not for the attempt. Without one
//   (a PUT) "insufficient funds" may be what the first attempt left behind.
void amend_after_unknown(errors::Failure& failure, bool keyed);

}  // namespace errgate::policy
