// What the matchers of the redaction hand to the scanner: a piece of text that must not leave.
#pragma once

#include "base/ascii.hpp"

#include <array>
#include <cstddef>
#include <optional>
#include <string_view>

namespace errgate::errors {

struct Mask {
    std::size_t begin;
    std::size_t end;
    // Of a card or account number, what may be shown; everything else becomes [redacted].
    std::optional<std::array<char, 4>> last_four = {};
};

inline constexpr std::string_view kRedacted = "[redacted]";

// A run of letters, digits and underscores, as long as it gets.
struct Token {
    std::size_t begin;
    std::size_t end;

    std::string_view in(std::string_view text) const { return text.substr(begin, end - begin); }
};

// A table, because the scan asks it of every character.
inline constexpr auto kTokenChars = [] {
    std::array<bool, 256> table{};
    for (std::size_t i = 0; i < table.size(); ++i)
        table[i] = base::is_alnum(static_cast<char>(i)) || i == '_';
    return table;
}();

constexpr bool is_token_char(char c) {
    return kTokenChars[static_cast<unsigned char>(c)];
}

// One of 32 slots, the same for a small letter and its capital. Other characters share them: for
// tables whose yes may be wrong.
constexpr unsigned letter_slot(char c) {
    return static_cast<unsigned char>(c) & 31U;
}

inline Token token_at(std::string_view text, std::size_t at) {
    std::size_t end = at;
    while (end < text.size() && is_token_char(text[end]))
        ++end;
    return {at, end};
}

// %XX at the front?
constexpr bool is_percent_escape(std::string_view text) {
    return text.size() >= 3 && text[0] == '%' && base::is_hex(text[1]) && base::is_hex(text[2]);
}

// ~0 or ~1 at the front, which stand for '~' and '/' in a JSON pointer?
constexpr bool is_pointer_escape(std::string_view text) {
    return text.size() >= 2 && text[0] == '~' && (text[1] == '0' || text[1] == '1');
}

// Bytes of what stands for one other character at the front of a quoted text, so that no name or
// number begins inside it: %XX of URLs; of JSON \n and the like, and \uXXXX. 0: none.
constexpr std::size_t escape_length(std::string_view text) {
    if (is_percent_escape(text)) return 3;
    if (text.size() < 2 || text[0] != '\\') return 0;
    if (std::string_view("bfnrt").find(text[1]) != std::string_view::npos) return 2;
    constexpr std::size_t kUnicode = 6;
    if (text[1] != 'u' || text.size() < kUnicode) return 0;
    for (const char c : text.substr(2, 4)) {
        if (!base::is_hex(c)) return 0;
    }
    return kUnicode;
}

}  // namespace errgate::errors
