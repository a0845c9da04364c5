// Character by character; only texts that are not printable ASCII come here.
#include "errors/plain_text.hpp"

#include "base/ascii.hpp"
#include "base/utf8.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <iterator>

namespace errgate::errors {

namespace {

std::uint32_t scalar_value(std::string_view character) {
    const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(character[i]); };
    if (character.size() == 1) return byte(0);
    std::uint32_t value = byte(0) & (0xFFU >> (character.size() + 1));
    for (std::size_t i = 1; i < character.size(); ++i)
        value = (value << 6U) | (byte(i) & 0x3FU);
    return value;
}

bool in(std::uint32_t value, std::uint32_t first, std::uint32_t last) {
    return value >= first && value <= last;
}

bool is_invisible(std::uint32_t c) {
    return c < 0x20 || in(c, 0x7F, 0x9F) || c == 0xAD || c == 0x34F || c == 0x61C ||
           in(c, 0x180B, 0x180E) || c == 0x200B || in(c, 0x200E, 0x200F) || in(c, 0x202A, 0x202E) ||
           in(c, 0x2060, 0x2069) || c == 0xFEFF || in(c, 0xFFF9, 0xFFFB);
}

// Joiners, combining marks, variation selectors and tags: part of words and emoji, but behind an
// ASCII character only there to break it off from the next.
bool is_joined_to_word(std::uint32_t c) {
    return in(c, 0x200C, 0x200D) || in(c, 0xFE00, 0xFE0F) || in(c, 0xE0000, 0xE0FFF);
}
bool is_combining(std::uint32_t c) {
    return in(c, 0x300, 0x36F) || in(c, 0x20D0, 0x20FF);
}

bool is_space(std::uint32_t c) {
    return in(c, 0x09, 0x0D) || c == 0xA0 || c == 0x1680 || in(c, 0x2000, 0x200A) ||
           in(c, 0x2028, 0x2029) || c == 0x202F || c == 0x205F || c == 0x2800 || c == 0x3000 ||
           c == 0x3164;
}

bool is_hyphen(std::uint32_t c) {
    return c == 0x2010 || c == 0x2011 || c == 0x2043 || c == 0x2212 || c == 0xFE58 || c == 0xFE63 ||
           c == 0xFF0D;
}

// The zero of every script that has decimal digits (Unicode's category Nd); the others follow it.
constexpr auto kZeros = std::to_array<std::uint32_t>(
    {0x0660,  0x06F0,  0x07C0,  0x0966,  0x09E6,  0x0A66,  0x0AE6,  0x0B66,  0x0BE6,  0x0C66,
     0x0CE6,  0x0D66,  0x0DE6,  0x0E50,  0x0ED0,  0x0F20,  0x1040,  0x1090,  0x17E0,  0x1810,
     0x1946,  0x19D0,  0x1A80,  0x1A90,  0x1B50,  0x1BB0,  0x1C40,  0x1C50,  0xA620,  0xA8D0,
     0xA900,  0xA9D0,  0xA9F0,  0xAA50,  0xABF0,  0xFF10,  0x104A0, 0x10D30, 0x11066, 0x110F0,
     0x11136, 0x111D0, 0x112F0, 0x11450, 0x114D0, 0x11650, 0x116C0, 0x11730, 0x118E0, 0x11950,
     0x11C50, 0x11D50, 0x11DA0, 0x16A60, 0x16AC0, 0x16B50, 0x1D7CE, 0x1D7D8, 0x1D7E2, 0x1D7EC,
     0x1D7F6, 0x1E140, 0x1E2F0, 0x1E950, 0x1FBF0});

// As an ASCII digit, or nothing.
char decimal_digit(std::uint32_t c) {
    const auto after = std::ranges::upper_bound(kZeros, c);
    if (after == kZeros.begin() || c - *std::prev(after) > 9) return '\0';
    return static_cast<char>('0' + (c - *std::prev(after)));
}

// Is it dropped behind this text?
bool is_dropped(std::uint32_t c, std::string_view behind) {
    if (is_invisible(c)) return true;
    if (behind.empty() || static_cast<unsigned char>(behind.back()) >= 0x80) return false;
    return is_joined_to_word(c) || (is_combining(c) && base::is_digit(behind.back()));
}

void append_plain(std::string& out, std::uint32_t c, std::string_view character) {
    const char digit = decimal_digit(c);
    constexpr std::uint32_t kFullWidth = 0xFEE0;  // U+FF21 is the wide 'A'
    if (is_space(c)) {
        out.push_back(' ');
    } else if (is_hyphen(c)) {
        out.push_back('-');
    } else if (digit != '\0') {
        out.push_back(digit);
    } else if (in(c, 0xFF21, 0xFF3A) || c == 0xFF3F || in(c, 0xFF41, 0xFF5A)) {
        out.push_back(static_cast<char>(c - kFullWidth));
    } else {
        out.append(character);
    }
}

bool is_printable_ascii(char c) {
    return c >= 0x20 && c < 0x7F;
}

std::size_t printable_prefix(std::string_view text) {
    return static_cast<std::size_t>(std::ranges::find_if_not(text, is_printable_ascii) -
                                    text.begin());
}

}  // namespace

std::string plain_text(std::string_view text) {
    std::string out;
    out.reserve(text.size());
    std::size_t joint = std::string::npos;  // where something was dropped behind a digit
    // Those two digits were not neighbours, and together they could hide a number.
    const auto part_digits = [&] {
        if (joint < out.size() && base::is_digit(out[joint])) out.insert(joint, 1, ' ');
        if (joint < out.size()) joint = std::string::npos;
    };
    while (true) {
        const std::size_t run = printable_prefix(text);
        out.append(text.substr(0, run));
        part_digits();
        text.remove_prefix(run);
        if (text.empty()) return out;
        const base::Utf8Step step = base::utf8_step(text);
        const std::string_view character = text.substr(0, step.length);
        const std::uint32_t c = step.valid ? scalar_value(character) : 0xFFFD;
        if (is_dropped(c, out) && !is_space(c)) {
            if (!out.empty() && base::is_digit(out.back())) joint = out.size();
        } else {
            append_plain(out, c, step.valid ? character : base::kReplacementCharacter);
            part_digits();
        }
        text.remove_prefix(step.length);
    }
}

}  // namespace errgate::errors
