// Request ids: `req_` and a 26-character ULID, or the client's own when it has our form.
#pragma once

#include "base/time.hpp"

#include <array>
#include <cstdint>
#include <string_view>

namespace errgate::http {

inline constexpr std::size_t kMaxRequestId = 4 + 64;

// ^req_[0-9A-Za-z_-]{6,64}$
bool is_request_id(std::string_view text);

// 48 bits of milliseconds and 80 random ones in Crockford base 32: sorts by time. Writes 30 bytes.
std::string_view mint_request_id(std::array<char, kMaxRequestId>& out, base::WallTime now,
                                 std::uint64_t random_high, std::uint64_t random_low);

}  // namespace errgate::http
