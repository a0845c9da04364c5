// The inside of a JSON string, piece by piece, for whatever the caller appends to.
#pragma once

#include "base/ascii_scan.hpp"

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>

namespace errgate::base {

// Do all eight bytes stand in a JSON string as they are? Says no of one that is not ASCII.
inline bool is_plain_json_word(std::uint64_t word) {
    // With that bit turned over, '"' comes right behind the control characters: one comparison for
    // both. A byte above 0x7F carries into the next one, but then the answer is no anyway.
    const std::uint64_t no_control_or_quote =
        (word ^ kEveryByte * 0x02U) + kEveryByte * (0x80U - 0x21U);
    const std::uint64_t no_backslash = (word ^ kEveryByte * '\\') + kEveryByte * 0x7FU;
    return ((~(no_control_or_quote & no_backslash) | word) & kHighBits) == 0;
}

// The same of one byte.
inline bool is_plain_json_byte(char c) {
    const auto byte = static_cast<unsigned char>(c);
    return byte >= 0x20 && byte < 0x80 && c != '"' && c != '\\';
}

// Copies `text` as far as it stands in a JSON string as it is, and says how far that was: it may
// stop up to seven bytes early, and does before a byte that is not ASCII. All of `text` has room at
// `to`; what is there behind the copied bytes is undefined afterwards.
inline std::size_t copy_plain_json_text(char* to, std::string_view text) {
    constexpr std::size_t kWord = 8;
    const auto copy_word = [to, from = text.data()](std::size_t at) {
        const std::uint64_t word = load_word(from + at);
        std::memcpy(to + at, &word, kWord);
        return is_plain_json_word(word);
    };
    std::size_t at = 0;
    if (text.size() < kWord) {
        for (; at < text.size() && is_plain_json_byte(text[at]); ++at)
            to[at] = text[at];
        return at;
    }
    const std::size_t last = text.size() - kWord;  // overlaps the word before it
    for (; at < last; at += kWord) {
        if (!copy_word(at)) return at;
    }
    return copy_word(last) ? text.size() : at;
}

// The next piece of `text` as RFC 8259 section 7 wants it: either a run of the input that needs no
// change, or the escape (or U+FFFD) for what stands at its front.
struct JsonPiece {
    std::size_t consumed;   // bytes of the input it stands for, at least 1
    std::string_view text;  // into the input or into static storage
};
// `text` must not be empty.
JsonPiece next_json_piece(std::string_view text);

// Appends `text` as a JSON string with its quotes. Always valid JSON and UTF-8.
void append_json_string(std::string& out, std::string_view text);

}  // namespace errgate::base
