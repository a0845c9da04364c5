// The header fields of a normalized answer.
#include "errors/envelope.hpp"

#include <algorithm>
#include <chrono>

namespace errgate::errors {

namespace {

// RFC 9110 10.2.3 counts in whole seconds: rounded up, so that nobody comes back too early.
std::uint64_t whole_seconds(std::chrono::milliseconds wait) {
    return static_cast<std::uint64_t>(std::max<std::int64_t>(0, (wait.count() + 999) / 1000));
}

// RFC 9209: who answered instead of the origin, why, and what the origin had said if anything.
void put_proxy_status(base::Writer& out, const Failure& failure) {
    out.put("Proxy-Status: errgate; error=");
    out.put(proxy_status_error(failure.reason));
    if (failure.provider.status != 0) {
        out.put("; received-status=");
        out.put_dec(static_cast<std::int64_t>(failure.provider.status));
    }
    out.put("\r\n");
}

}  // namespace

void put_annotations(base::Writer& out, const Failure& failure, bool retryable) {
    out.put("Errgate-Code: ");
    out.put(info(failure.code).slug);
    out.put("\r\nErrgate-Outcome: ");
    out.put(to_string(failure.outcome));
    out.put(retryable ? "\r\nErrgate-Retryable: true\r\n" : "\r\nErrgate-Retryable: false\r\n");
}

void put_envelope_fields(base::Writer& out, const Failure& failure, const EnvelopeContext& context,
                         std::size_t body_bytes) {
    const bool problem = context.format == EnvelopeFormat::problem_json;
    out.put(problem ? "Content-Type: application/problem+json\r\nContent-Length: "
                    : "Content-Type: application/json\r\nContent-Length: ");
    out.put_dec(std::uint64_t{body_bytes});
    out.put("\r\nCache-Control: no-store\r\n");
    put_annotations(out, failure, retryable(failure, context.replay_safe));
    if (failure.retry_after) {
        out.put("Retry-After: ");
        out.put_dec(whole_seconds(*failure.retry_after));
        out.put("\r\n");
    }
    if (failure.origin == Origin::gateway) put_proxy_status(out, failure);
}

}  // namespace errgate::errors
