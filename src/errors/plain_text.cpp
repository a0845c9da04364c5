// Character by character; only texts that are not printable ASCII come here.
#include "errors/plain_text.hpp"

#include "base/ascii.hpp"
#include "base/utf8.hpp"
#include "errors/secrets.hpp"

#include <algorithm>
#include <array>
#include <cstdint>

namespace errgate::errors {

namespace {

constexpr std::ptrdiff_t kMinDigits = 3;  // a security code
constexpr std::size_t kLongWord = 20;     // longer than words are: a key in lower case

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

// What look_at() wants to know of a byte.
enum Trait : unsigned {
    kLower = 1,
    kUpper = 2,
    kDigit = 4,
    kMark = 8,  // ':', '=', '@' and '%': between a name and its secret
    kHyphen = 16,
    kNotPrintable = 32,
    kJoins = 64,   // "+/.$~": with a digit beside it, part of a word
    kOpens = 128,  // a letter that a key may begin with
};

constexpr std::array<std::uint8_t, 256> kTraits = [] {
    std::array<std::uint8_t, 256> traits{};
    for (std::size_t i = 0; i < traits.size(); ++i) {
        const char c = static_cast<char>(i);
        if (base::is_lower(c)) traits[i] = kLower;
        if (base::is_upper(c)) traits[i] = kUpper;
        if (base::is_digit(c)) traits[i] = kDigit;
        if (c == ':' || c == '=' || c == '@' || c == '%') traits[i] = kMark;
        if (c == '-') traits[i] = kHyphen;
        if (std::string_view("+/.$~").find(c) != std::string_view::npos) traits[i] = kJoins;
        if (i < 0x20 || i >= 0x7F) traits[i] = kNotPrintable;
        if (kSecretInitials.find(c) != std::string_view::npos) traits[i] |= kOpens;
    }
    return traits;
}();

// Looks at every kLongWord-th character and back from there: at few of a usual text.
bool has_long_word(std::string_view text) {
    for (std::size_t last = kLongWord - 1; last < text.size();) {
        std::size_t letters = 0;
        while (letters < kLongWord && base::is_alpha(text[last - letters]))
            ++letters;
        if (letters == kLongWord) return true;
        last += kLongWord - letters;
    }
    return false;
}

// aB: a capital behind a small letter.
bool has_capital_inside(std::string_view text) {
    for (std::size_t i = 1; i < text.size(); ++i) {
        if (base::is_upper(text[i]) && base::is_lower(text[i - 1])) return true;
    }
    return false;
}

// "s3cr3t", "ab-1": a digit beside a letter or what joins words. One is enough for a credential.
bool has_digit_in_word(std::string_view text) {
    constexpr unsigned kOfWord = kLower | kUpper | kHyphen | kJoins;
    unsigned before = 0;
    for (const char c : text) {
        const unsigned trait = kTraits[static_cast<unsigned char>(c)];
        if ((trait & kDigit) != 0 && (before & kOfWord) != 0) return true;
        if ((before & kDigit) != 0 && (trait & kOfWord) != 0) return true;
        before = trait;
    }
    return false;
}

}  // namespace

TextTraits look_at(std::string_view text) {
    constexpr unsigned kOfWord = kLower | kUpper | kDigit;
    unsigned seen = 0;
    unsigned before = 0;
    bool secret = false;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const unsigned trait = kTraits[static_cast<unsigned char>(text[i])];
        seen |= trait;
        if ((trait & kOpens) != 0 && (before & kOfWord) == 0) secret |= begins_secret(text, i);
        before = trait;
    }
    const auto has = [seen](unsigned trait) { return (seen & trait) != 0; };
    const auto digits = has(kDigit) ? std::ranges::count_if(text, base::is_digit) : 0;
    return {.printable_ascii = !has(kNotPrintable),
            .may_hold_secret = secret || digits >= kMinDigits || has(kMark) ||
                               (has(kUpper) && has(kLower) && has_capital_inside(text)) ||
                               has_long_word(text) || (digits > 0 && has_digit_in_word(text)) ||
                               (has(kUpper) && has(kHyphen) && text.find(kPemBegin) != text.npos)};
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
