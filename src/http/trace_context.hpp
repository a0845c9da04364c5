// W3C Trace Context: continue the caller's trace or begin one, with a new parent id for each
// attempt.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string_view>

namespace errgate::http {

inline constexpr std::size_t kTraceparentSize = 55;  // 00-<32 hex>-<16 hex>-<2 hex>

struct TraceParent {
    std::string_view trace_id;  // 32 lower-case hex digits
    std::string_view flags;     // 2 of them
    bool valid = false;         // false: ignore the field, and drop tracestate with it
};

// A version after 00 is read by its first 55 characters (section 3.2.2.4); ff, upper case, and
// all-zero ids are invalid.
TraceParent parse_traceparent(std::string_view value);

// Writes `00-<trace id>-<parent id>-<flags>`. `trace_id` may be a view into `out` itself.
void write_traceparent(std::span<char, kTraceparentSize> out, std::string_view trace_id,
                       std::uint64_t parent_id, std::string_view flags);

// A new trace id from 128 random bits, 32 hex digits.
std::array<char, 32> make_trace_id(std::uint64_t high, std::uint64_t low);

}  // namespace errgate::http
