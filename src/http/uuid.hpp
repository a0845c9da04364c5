// UUIDs: the one form of an idempotency key that every provider takes.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

namespace errgate::http {

inline constexpr std::size_t kUuidSize = 36;

// A version 4 UUID (RFC 9562 section 5.4) of 122 of these random bits, in lower case.
std::string_view write_uuid(std::array<char, kUuidSize>& out, std::uint64_t random_high,
                            std::uint64_t random_low);

}  // namespace errgate::http
