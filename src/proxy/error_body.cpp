#include "proxy/error_body.hpp"

#include "mapping/classify.hpp"

#include <algorithm>

namespace errgate::proxy {

namespace {

using errors::GatewayReason;

enum class Took { more, done, past_limit, broken };

Took take_available(Exchange& x, std::size_t limit) {
    const auto step = x.response_body.feed(x.from_upstream.unread());
    const bool fits = x.error_body.size() + step.data.size() <= limit;
    // A success past the limit streams on, so nothing of it may be dropped.
    const bool cut = !fits && x.response.head().status >= 400 && !may_pass_on(x);
    x.error_body.append(step.data.substr(0, cut ? limit - x.error_body.size() : step.data.size()));
    x.from_upstream.consume(step.consumed);
    if (step.status == BodyDecoder::Status::error) return Took::broken;
    x.error_body_goes_on = !fits;
    if (!fits) return Took::past_limit;
    return step.status == BodyDecoder::Status::done ? Took::done : Took::more;
}

}  // namespace

bool needs_body(const Exchange& x) {
    const http::ResponseHead& head = x.response.head();
    if (head.status >= 400) return true;
    if (head.status < 200 || head.status >= 300) return false;
    return x.response_framing.kind != http::BodyKind::none &&
           x.response_framing.length <= x.config->snapshot->limits.error_body &&
           (mapping::inspects_success(*x.upstream->dialect, head.status, head.fields) ||
            annotations(x));
}

std::optional<mapping::SpokenEnvelope::Words> annotations(const Exchange& x) {
    if (!x.upstream->speaks_envelope) return std::nullopt;
    return mapping::read_annotations(x.response.head().fields, x.request_id);
}

bool may_pass_on(const Exchange& x) {
    return x.route->errors.mode != config::ErrorMode::envelope || x.upstream->speaks_envelope;
}

Awaitable<GatewayReason> read_error_body(Exchange& x, base::TimePoint until) {
    const std::size_t limit = x.config->snapshot->limits.error_body;
    const bool is_error = x.response.head().status >= 400;
    x.response_inspected = true;
    x.error_body.clear();
    if (x.response_body.done()) co_return GatewayReason::none;
    for (;;) {
        const Took took = take_available(x, limit);
        if (took == Took::broken) {
            x.connection_reusable = false;
            co_return is_error ? GatewayReason::none : GatewayReason::invalid_response;
        }
        if (took != Took::more) co_return GatewayReason::none;
        const auto patience =
            std::min<base::Duration>(x.route->timeouts.idle, until - base::SteadyClock::now());
        const IoResult read =
            co_await x.connection->transport.read_some(x.from_upstream.room(), patience);
        if (read.status == IoStatus::ok) {
            x.from_upstream.commit(read.bytes);
            continue;
        }
        x.connection_reusable = false;
        if (read.status == IoStatus::closed && x.response_body.finish())
            co_return GatewayReason::none;
        if (is_error) co_return GatewayReason::none;
        co_return read.status == IoStatus::timeout ? GatewayReason::response_idle_timeout
                                                   : GatewayReason::response_truncated;
    }
}

}  // namespace errgate::proxy
