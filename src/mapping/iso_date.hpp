// ISO 8601 instants, as providers put them into wait hints.
#pragma once

#include "base/time.hpp"

#include <optional>
#include <string_view>

namespace errgate::mapping {

// `2025-11-22`, `2025-11-22T12:00:30`, `... 12:00:30.25Z`, `...+01:00`. Without an offset: UTC.
std::optional<base::WallTime> parse_iso_date(std::string_view text);

}  // namespace errgate::mapping
