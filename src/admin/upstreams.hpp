// The state of the upstreams as JSON.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace errgate::admin {

// One upstream at this moment; times in milliseconds.
struct UpstreamStatus {
    std::string name;
    std::string url;  // of the first address, with its base path
    std::string dialect;
    std::vector<std::string> addresses;  // "10.0.0.7:443", as resolved; empty: not resolved (yet)
    struct {
        bool enabled = true;
        std::string state;                // closed, half_open, open
        std::int64_t retry_after_ms = 0;  // until a request can be admitted; 0: now
        std::uint32_t consecutive_failures = 0, window_failures = 0, window_requests = 0;
        std::uint64_t to_closed = 0, to_half_open = 0, to_open = 0;
    } breaker{};
    struct {
        double ratio = 0, min_per_second = 0;
        std::uint32_t saved_retries = 0;  // that requests have paid for
    } budget{};
    std::uint32_t in_flight = 0;
    std::uint64_t max_in_flight = 0;
    struct {
        std::int64_t idle = 0, busy = 0;
        std::uint64_t max = 0;
    } connections{};
};

// GET /upstreams:
//   {"upstreams": [{"name", "url", "dialect", "addresses": ["ip:port"],
//     "breaker": {"enabled", "state": "closed|half_open|open", "retry_after_ms",
//                 "consecutive_failures", "window_failures", "window_requests",
//                 "transitions": {"closed", "half_open", "open"}},
//     "budget": {"ratio", "min_per_second", "saved_retries"},
//     "in_flight", "max_in_flight",
//     "connections": {"idle", "busy", "max"}}]}
std::string upstreams_json(const std::vector<UpstreamStatus>& upstreams);

}  // namespace errgate::admin
