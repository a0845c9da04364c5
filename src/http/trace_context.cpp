#include "http/trace_context.hpp"

#include "http/hex16.hpp"

#include <algorithm>
#include <array>
#include <cstring>

namespace errgate::http {

namespace {

bool is_hex(std::string_view text) {
    return std::all_of(text.begin(), text.end(),
                       [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); });
}

bool is_zero(std::string_view text) {
    return std::all_of(text.begin(), text.end(), [](char c) { return c == '0'; });
}

}  // namespace

TraceParent parse_traceparent(std::string_view value) {
    if (value.size() < kTraceparentSize) return {};
    const std::string_view version = value.substr(0, 2);
    const bool longer = value.size() > kTraceparentSize;
    if (longer && (version == "00" || value[kTraceparentSize] != '-')) return {};
    const TraceParent parsed{value.substr(3, 32), value.substr(53, 2), true};
    const std::string_view parent = value.substr(36, 16);
    const bool dashes = value[2] == '-' && value[35] == '-' && value[52] == '-';
    if (!dashes || version == "ff" || !is_hex(version) || !is_hex(parsed.trace_id) ||
        !is_hex(parent) || !is_hex(parsed.flags) || is_zero(parsed.trace_id) || is_zero(parent)) {
        return {};
    }
    return parsed;
}

void write_traceparent(std::span<char, kTraceparentSize> out, std::string_view trace_id,
                       std::uint64_t parent_id, std::string_view flags) {
    std::memmove(&out[3], trace_id.data(), 32);
    const std::array<char, 2> flag_digits{flags[0], flags[1]};
    out[0] = out[1] = '0';
    out[2] = out[35] = out[52] = '-';
    put_hex16(&out[36], parent_id | 1);  // never all zero
    std::memcpy(&out[53], flag_digits.data(), 2);
}

std::array<char, 32> make_trace_id(std::uint64_t high, std::uint64_t low) {
    std::array<char, 32> id;
    put_hex16(id.data(), high);
    put_hex16(id.data() + 16, low | 1);
    return id;
}

}  // namespace errgate::http
