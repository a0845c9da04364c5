// How long a provider asks to wait: its own members first, then the header fields in use.
#pragma once

#include "base/time.hpp"
#include "mapping/selector.hpp"

#include <chrono>
#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

namespace errgate::mapping {

enum class WaitFormat : std::uint8_t {
    automatic,  // over 1e11: epoch milliseconds; over 1e9: epoch seconds; else seconds; or a date
    delta_s,
    delta_ms,
    epoch_s,
    http_date,  // or ISO 8601
    duration,   // "30.5s"
};

struct WaitSource {
    Selector from;
    WaitFormat format = WaitFormat::automatic;
};

// `now` is what dates and epochs are measured against. Never negative, at most a year.
std::optional<std::chrono::milliseconds> parse_wait(std::string_view text, WaitFormat format,
                                                    base::WallTime now);

// `sources`, then retry-after-ms, x-ms-retry-after-ms, retry-after, ratelimit (t= where r=0),
// ratelimit-reset, x-ratelimit-reset, x-rate-limit-reset. Dates are read against the response's own
// Date, so that a provider whose clock is off still means what it says.
std::optional<std::chrono::milliseconds> wait_hint(const std::vector<WaitSource>& sources,
                                                   const Context& context, base::WallTime now);

}  // namespace errgate::mapping
