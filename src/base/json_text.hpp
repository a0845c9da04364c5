// The inside of a JSON string, piece by piece, for whatever the caller appends to.
#pragma once

#include "base/ascii_scan.hpp"

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace errgate::base {

// Does `text` stand in a JSON string as it is? May say no of a text that does: one that is not
// ASCII, or shorter than four characters.
inline bool is_plain_json_text(std::string_view text) {
    const auto plain = [](std::uint64_t word) {
        return (word & kHighBits) == 0 && !has_json_special(word);
    };
    const char* const begin = text.data();
    const char* const end = begin + text.size();
    if (text.size() < 8) {
        if (text.size() < 4) return false;
        // The halves overlap in the middle.
        return plain(load_half(begin) | load_half(end - 4) << 32U);
    }
    for (const char* at = begin; at < end - 8; at += 8) {
        if (!plain(load_word(at))) return false;
    }
    return plain(load_word(end - 8));
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
