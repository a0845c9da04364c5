// Eight bytes at a time over the text that nearly every provider sends: plain ASCII.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>

namespace errgate::base {

inline constexpr std::uint64_t kEveryByte = 0x0101010101010101U;
inline constexpr std::uint64_t kHighBits = 0x80U * kEveryByte;

inline std::uint64_t load_word(const char* at) {
    std::uint64_t word = 0;
    std::memcpy(&word, at, sizeof word);
    return word;
}

// How many bytes at the front are below 0x80.
inline std::size_t ascii_prefix(std::string_view text) {
    std::size_t i = 0;
    while (i + 8 <= text.size() && (load_word(text.data() + i) & kHighBits) == 0)
        i += 8;
    while (i < text.size() && static_cast<unsigned char>(text[i]) < 0x80)
        ++i;
    return i;
}

// Is there a control character below the blank?
inline bool has_control(std::string_view text) {
    std::size_t i = 0;
    for (; i + 8 <= text.size(); i += 8) {
        const std::uint64_t word = load_word(text.data() + i);
        if (((word - kEveryByte * 0x20U) & ~word & kHighBits) != 0) return true;
    }
    for (; i < text.size(); ++i) {
        if (static_cast<unsigned char>(text[i]) < 0x20) return true;
    }
    return false;
}

// High bit of each byte of `word` that is zero. Bytes above a zero one may be flagged too, so the
// answer is only good for a comparison with zero.
inline std::uint64_t zero_bytes(std::uint64_t word) {
    return (word - kEveryByte) & ~word & kHighBits;
}

// High bit of the first of the eight bytes that JSON strings escape: a control character, '"' or
// '\\'. Bytes behind it may be flagged too.
inline std::uint64_t json_specials(std::uint64_t word) {
    const std::uint64_t below_space = (word - kEveryByte * 0x20U) & ~word & kHighBits;
    const std::uint64_t quote = zero_bytes(word ^ (kEveryByte * '"'));
    const std::uint64_t backslash = zero_bytes(word ^ (kEveryByte * '\\'));
    return below_space | quote | backslash;
}

}  // namespace errgate::base
