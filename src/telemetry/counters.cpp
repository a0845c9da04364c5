// What one worker has counted: from a record to label keys.
#include "telemetry/counters.hpp"

#include <algorithm>
#include <chrono>

namespace errgate::telemetry {

namespace {

std::uint16_t status_label(int status) {
    return status >= 0 && status <= 999 ? static_cast<std::uint16_t>(status) : std::uint16_t{0};
}

std::uint8_t bucket(base::Duration took) {
    const auto at = std::ranges::lower_bound(kBucketBounds, took);
    return static_cast<std::uint8_t>(at - kBucketBounds.begin());
}

// Why the attempt after this one was made: the gateway's reason, else the provider's status.
void set_retry_reason(LabelKey& key, const AttemptRecord& failed) {
    key.word = static_cast<std::uint8_t>(failed.reason);
    key.status = failed.reason == errors::GatewayReason::none ? status_label(failed.status)
                                                              : std::uint16_t{0};
}

}  // namespace

std::uint8_t method_label(std::string_view method) {
    const auto known = std::ranges::find(kMethodLabels, method);
    return known == kMethodLabels.end() ? std::uint8_t{0}
                                        : static_cast<std::uint8_t>(known - kMethodLabels.begin());
}

void WorkerCounters::record(const ExchangeRecord& exchange) {
    const LabelKey where{.route = exchange.route, .upstream = exchange.upstream};
    LabelKey request = where;
    request.status = status_label(exchange.status);
    request.word = method_label(exchange.method);
    add(Family::requests, request);
    // A tunnel lasts as long as its two sides want; what was asked of us was to open it.
    const auto took = exchange.status == 101 ? exchange.upstream_took : exchange.took;
    observe(Family::request_duration_buckets, Family::request_duration_sum, where, took);
    if (exchange.failure != nullptr) count_error(exchange);
    if (exchange.attempt_count > 0) count_attempts(exchange);
    if (exchange.retry_refused != policy::RetryRefusal::none) {
        LabelKey refused = where;
        refused.word = static_cast<std::uint8_t>(exchange.retry_refused);
        add(Family::retries_suppressed, refused);
    }
}

void WorkerCounters::count_error(const ExchangeRecord& exchange) {
    const errors::Failure& failure = *exchange.failure;
    const std::uint16_t provider_status = status_label(exchange.provider_status);
    add(Family::errors, {.route = exchange.route,
                         .upstream = exchange.upstream,
                         .status = provider_status,
                         .word = static_cast<std::uint8_t>(failure.code),
                         .flag = failure.origin == errors::Origin::gateway});
    if (failure.origin == errors::Origin::upstream && !failure.mapped) {
        add(Family::unmapped_errors, {.upstream = exchange.upstream, .status = provider_status});
    }
}

void WorkerCounters::count_attempts(const ExchangeRecord& exchange) {
    LabelKey key{.route = exchange.route, .upstream = exchange.upstream};
    const int recorded = std::min(exchange.attempt_count, kMaxLoggedAttempts);
    for (int i = 0; i < recorded; ++i) {
        const auto at = static_cast<std::size_t>(i);
        key.status = 0;
        key.word = static_cast<std::uint8_t>(exchange.attempts[at].reason);
        add(Family::attempts, key);
        if (i == 0) continue;
        set_retry_reason(key, exchange.attempts[at - 1]);
        add(Family::retries, key);
    }
    if (exchange.attempt_count > recorded) {
        const auto unrecorded = static_cast<std::uint64_t>(exchange.attempt_count - recorded);
        key.status = 0;
        key.word = kUnrecordedAttempt;
        add(Family::attempts, key, unrecorded);
        add(Family::retries, key, unrecorded);
    }
    observe(Family::upstream_duration_buckets, Family::upstream_duration_sum,
            {.upstream = exchange.upstream}, exchange.upstream_took);
}

void WorkerCounters::observe(Family buckets, Family sum, LabelKey key, base::Duration took) {
    took = std::max(took, base::Duration::zero());
    const auto nanoseconds = std::chrono::duration_cast<std::chrono::nanoseconds>(took).count();
    add(sum, key, static_cast<std::uint64_t>(nanoseconds));
    key.word = bucket(took);
    add(buckets, key);
}

void WorkerCounters::client_connections(int delta) {
    add(Family::client_connections, {}, static_cast<std::uint64_t>(std::int64_t{delta}));
}

void WorkerCounters::in_flight(std::uint16_t upstream, int delta) {
    add(Family::in_flight, {.upstream = upstream}, static_cast<std::uint64_t>(std::int64_t{delta}));
}

void WorkerCounters::upstream_connections(std::uint16_t upstream, ConnectionState state,
                                          int delta) {
    add(Family::upstream_connections,
        {.upstream = upstream, .word = static_cast<std::uint8_t>(state)},
        static_cast<std::uint64_t>(std::int64_t{delta}));
}

}  // namespace errgate::telemetry
