// What the routes file says about retries, budgets and breakers, as plain values.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

namespace errgate::policy {

using Millis = std::chrono::milliseconds;

struct Timeouts {
    Millis connect{2'000};   // one connection attempt: TCP and TLS
    Millis attempt{10'000};  // from the first byte written to the response head
    Millis idle{30'000};   // between two reads of a response body, or two writes of a request body
    Millis total{30'000};  // over all attempts and waits, to the response head
};

struct RetryParams {
    int attempts = 3;  // in all, the first one included
    Millis backoff_base{100};
    Millis backoff_max{2'000};
    std::vector<std::string> replay_safe_methods{"GET",   "HEAD", "OPTIONS",
                                                 "TRACE", "PUT",  "DELETE"};
    bool mint_idempotency_key = false;
};

struct BudgetParams {
    double ratio = 0.2;         // retries a request
    double min_per_second = 3;  // always allowed

    bool operator==(const BudgetParams&) const = default;
};

struct BreakerParams {
    bool enabled = true;
    std::uint32_t consecutive_failures = 5;
    double failure_ratio = 0.5;
    std::uint32_t min_requests = 20;
    Millis window{10'000};
    Millis open{30'000};
    Millis max_open{300'000};
    bool health_checked = false;  // probes of our own come before any client's request

    bool operator==(const BreakerParams&) const = default;
};

}  // namespace errgate::policy
