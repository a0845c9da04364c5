// Makes the last attempt's failure tell the truth about the whole exchange.
#include "policy/amend.hpp"

namespace errgate::policy {

using errors::Category;
using errors::Code;
using errors::Outcome;

namespace {

// The provider's own text goes too: it blames the caller for data that never changed.
void become_in_progress(errors::Failure& failure) {
    const errors::CodeInfo& before = errors::info(failure.code);
    const errors::CodeInfo& after = errors::info(Code::idempotency_in_progress);
    if (failure.status == before.status) failure.status = after.status;
    failure.code = after.code;
    failure.message = after.message;
    failure.auto_retry = after.auto_retry;
    if (!failure.hinted) failure.transient = after.transient;
}

}  // namespace

void amend_after_unknown(errors::Failure& failure, bool keyed) {
    if (failure.code == Code::idempotency_key_reused) become_in_progress(failure);
    const bool for_the_operation =
        keyed && errors::info(failure.code).category == Category::payment;
    if (!for_the_operation) failure.outcome = Outcome::unknown;
}

}  // namespace errgate::policy
