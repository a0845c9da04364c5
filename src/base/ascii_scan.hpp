// Eight bytes at a time over the text that nearly every provider sends: plain ASCII.
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>

namespace errgate::base {

static_assert(std::endian::native == std::endian::little, "the first byte is the lowest");

inline constexpr std::uint64_t kEveryByte = 0x0101010101010101U;
inline constexpr std::uint64_t kHighBits = 0x80U * kEveryByte;

inline std::uint64_t load_word(const char* at) {
    std::uint64_t word = 0;
    std::memcpy(&word, at, sizeof word);
    return word;
}

inline std::uint64_t load_half(const char* at) {
    std::uint32_t half = 0;
    std::memcpy(&half, at, sizeof half);
    return half;
}

// The eight bytes at `at`, inside the text; what is missing at its end is filled up.
inline std::uint64_t load_filled(std::string_view text, std::size_t at, char fill) {
    const std::size_t count = text.size() - at;
    if (count >= 8) return load_word(text.data() + at);
    std::uint64_t word = 0;
    if (text.size() >= 8) {
        word = load_word(text.data() + text.size() - 8) >> (64 - 8 * count);
    } else if (count >= 4) {
        word = load_half(text.data() + at) | load_half(text.data() + text.size() - 4)
                                                 << (8 * (count - 4));
    } else {
        for (std::size_t i = 0; i < count; ++i)
            word |= std::uint64_t{static_cast<unsigned char>(text[at + i])} << (8 * i);
    }
    return word | (kEveryByte * static_cast<unsigned char>(fill)) << (8 * count);
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

// Nothing but ASCII that can be printed?
inline bool is_printable_ascii(std::string_view text) {
    std::uint64_t bad = 0;
    for (std::size_t i = 0; i < text.size(); i += 8) {
        const std::uint64_t word = load_filled(text, i, ' ');
        // Below 0x20; 0x7F, which the addition carries into the high bit; and what has that bit.
        bad |= (word - kEveryByte * 0x20U) | (word + kEveryByte) | word;
    }
    return (bad & kHighBits) == 0;
}

// High bit of each byte that is a small ASCII letter; right up to the first byte at or above 0x80,
// which gets none.
inline std::uint64_t lower_bytes(std::uint64_t word) {
    return (word + kEveryByte * (0x80U - 'a')) & ~(word + kEveryByte * (0x7FU - 'z')) & kHighBits;
}

// High bit of each byte that is a digit, or an ASCII letter of either case.
inline std::uint64_t digit_bytes(std::uint64_t word) {
    const std::uint64_t low = word & ~kHighBits;  // so that no addition carries
    return (low + kEveryByte * (0x80U - '0')) & ~(low + kEveryByte * (0x7FU - '9')) & ~word &
           kHighBits;
}
inline std::uint64_t letter_bytes(std::uint64_t word) {
    const std::uint64_t low = (word & ~kHighBits) | kEveryByte * 0x20U;
    return (low + kEveryByte * (0x80U - 'a')) & ~(low + kEveryByte * (0x7FU - 'z')) & ~word &
           kHighBits;
}

// How many bytes those high bits belong to.
inline std::size_t count_bytes(std::uint64_t high_bits) {
    return ((high_bits >> 7U) * kEveryByte) >> 56U;
}

inline std::size_t count_digits(std::string_view text) {
    std::size_t count = 0;
    for (std::size_t i = 0; i < text.size(); i += 8)
        count += count_bytes(digit_bytes(load_filled(text, i, ' ')));
    return count;
}

// The first digit at or behind `at`, or the text's size.
inline std::size_t find_digit(std::string_view text, std::size_t at) {
    for (; at < text.size(); at += 8) {
        const std::uint64_t digits = digit_bytes(load_filled(text, at, ' '));
        if (digits != 0) return at + static_cast<std::size_t>(std::countr_zero(digits)) / 8;
    }
    return text.size();
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
