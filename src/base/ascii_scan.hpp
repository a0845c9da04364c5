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

}  // namespace errgate::base
