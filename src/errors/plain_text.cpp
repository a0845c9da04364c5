// Character by character; only texts that are not printable ASCII come here.
#include "errors/plain_text.hpp"

#include "base/ascii.hpp"
#include "base/utf8.hpp"

#include <algorithm>
#include <cstdint>

namespace errgate::errors {

namespace {

constexpr std::size_t kMinDigits = 3;  // a security code
constexpr std::size_t kLongWord = 20;  // longer than words are: a key in lower case

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
    return c < 0x20 || in(c, 0x7F, 0x9F) || c == 0xAD || c == 0x200B || in(c, 0x202A, 0x202E) ||
           in(c, 0x2060, 0x2069) || c == 0xFEFF;
}

bool is_space(std::uint32_t c) {
    return in(c, 0x09, 0x0D) || c == 0xA0 || in(c, 0x2000, 0x200A) || in(c, 0x2028, 0x2029) ||
           c == 0x202F || c == 0x3000;
}

bool is_hyphen(std::uint32_t c) {
    return c == 0x2010 || c == 0x2011 || c == 0x2212;
}

bool is_full_width_digit(std::uint32_t c) {
    return in(c, 0xFF10, 0xFF19);
}

void append_plain(std::string& out, std::string_view character) {
    const std::uint32_t c = scalar_value(character);
    if (is_space(c)) {
        out.push_back(' ');
    } else if (is_hyphen(c)) {
        out.push_back('-');
    } else if (is_full_width_digit(c)) {
        out.push_back(static_cast<char>('0' + (c - 0xFF10)));
    } else if (!is_invisible(c)) {
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

// A digit beside one of these is part of a word: "s3cr3t", "ab-1". One is enough for a credential.
bool belongs_to_word(char c) {
    return base::is_alpha(c) || std::string_view("-+/.$~").find(c) != std::string_view::npos;
}

bool is_punctuation_of_secrets(char c) {
    return c == ':' || c == '=' || c == '_' || c == '@';
}

}  // namespace

TextTraits look_at(std::string_view text) {
    TextTraits traits;
    std::size_t digits = 0;
    std::size_t word = 0;
    char before = ' ';
    for (const char c : text) {
        word = base::is_alpha(c) ? word + 1 : 0;
        if (base::is_digit(c)) ++digits;
        traits.may_hold_secret = traits.may_hold_secret || is_punctuation_of_secrets(c) ||
                                 (base::is_upper(c) && base::is_lower(before)) ||
                                 word >= kLongWord ||
                                 (base::is_digit(c) && belongs_to_word(before)) ||
                                 (base::is_digit(before) && belongs_to_word(c));
        traits.printable_ascii = traits.printable_ascii && is_printable_ascii(c);
        before = c;
    }
    traits.may_hold_secret = traits.may_hold_secret || digits >= kMinDigits;
    return traits;
}

std::string plain_text(std::string_view text) {
    std::string out;
    out.reserve(text.size());
    while (true) {
        const std::size_t run = printable_prefix(text);
        out.append(text.substr(0, run));
        text.remove_prefix(run);
        if (text.empty()) return out;
        const base::Utf8Step step = base::utf8_step(text);
        if (step.valid) {
            append_plain(out, text.substr(0, step.length));
        } else {
            out.append(base::kReplacementCharacter);
        }
        text.remove_prefix(step.length);
    }
}

}  // namespace errgate::errors
