// Prose and ids are told eight bytes at a time; every other text is read until something in it
// could be a secret.
#include "errors/quick_look.hpp"

#include "base/ascii.hpp"
#include "base/ascii_scan.hpp"
#include "errors/card_number.hpp"
#include "errors/secrets.hpp"
#include "errors/uuid.hpp"

#include <array>
#include <bit>
#include <cstdint>

namespace errgate::errors {

namespace {

constexpr std::size_t kShortestFind = 5;  // "://a@"
constexpr std::size_t kMinDigits = 3;     // a security code
constexpr std::size_t kLongWord = 20;     // longer than words are: a key in lower case

enum Trait : unsigned {
    kLower = 1,
    kUpper = 2,
    kDigit = 4,
    kMark = 8,  // ':', '=', '@' and '%': between a name and its secret
    kHyphen = 16,
    kNotPrintable = 32,
    kJoins = 64,  // "+/.$~": with a digit beside it, part of a word
};
constexpr unsigned kLetter = kLower | kUpper;

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
    }
    return traits;
}();

unsigned trait_of(char c) {
    return kTraits[static_cast<unsigned char>(c)];
}

bool is_path_mark(char c) {
    return c == '/' || c == '-' || c == '.';
}

// How much at the front is nothing but words and punctuation, and no word that could be a key or
// begin one: all of it, or up to the word in which that ends.
std::size_t prose_length(std::string_view text) {
    if (may_begin_secret(text, 0)) return 0;
    std::size_t word_begin = 0;
    for (std::size_t at = 0; at < text.size(); at += 8) {
        const std::uint64_t word = base::load_filled(text, at, 'a');
        std::uint64_t others = ~base::lower_bytes(word) & base::kHighBits;
        for (; others != 0; others &= others - 1) {
            const std::size_t i = at + static_cast<std::size_t>(std::countr_zero(others)) / 8;
            const unsigned trait = trait_of(text[i]);
            if ((trait & (kDigit | kMark | kNotPrintable)) != 0) return word_begin;
            if (trait == kUpper) {
                if (i > 0 && base::is_lower(text[i - 1])) return word_begin;
                continue;
            }
            if (trait == kHyphen && text.substr(i).starts_with("--")) return word_begin;
            if (i - word_begin >= kLongWord || may_begin_secret(text, i + 1)) return word_begin;
            word_begin = i + 1;
        }
    }
    return text.size() - word_begin < kLongWord ? text.size() : word_begin;
}

// `text` can be printed. Anything at all that a rule could match, behind `prose` bytes of it?
bool may_hold_secret(std::string_view text, std::size_t prose) {
    unsigned before = prose > 0 ? trait_of(text[prose - 1]) : 0;
    std::size_t digits = 0;
    std::size_t letters = 0;  // in a row
    for (std::size_t i = prose; i < text.size(); ++i) {
        const unsigned trait = trait_of(text[i]);
        // "s3cr3t", "ab-1": a digit beside a letter or what joins words. One is enough for a
        // credential.
        constexpr unsigned kOfWord = kLetter | kHyphen | kJoins;
        if ((trait & kDigit) != 0 && ((before & kOfWord) != 0 || ++digits == kMinDigits))
            return true;
        if ((trait & kOfWord) != 0 && (before & kDigit) != 0) return true;
        if (trait == kMark || (trait == kUpper && before == kLower)) return true;
        if (trait == kHyphen && text.substr(i).starts_with(kPemBegin)) return true;
        if ((trait & kLetter) == 0) {
            letters = 0;
        } else if (++letters == kLongWord || (letters == 1 && may_begin_secret(text, i))) {
            return true;
        }
        before = trait;
    }
    return false;
}

// An id, a path, a URL or a program with its version: words of letters, digits and underscores with
// '/', '-' and '.' between, none of which leads from a name to its value, too few digits for a card
// and no key's opening or mark? The scan would find nothing in it either, at three times the price.
bool is_plain_path(std::string_view text) {
    constexpr std::string_view kScheme = "https://";
    const std::size_t begin = text.starts_with(kScheme) ? kScheme.size() : 0;
    const bool has_uuid = text.size() >= begin + kUuidLength &&
                          starts_with_uuid(text.substr(text.size() - kUuidLength));
    // A UUID may stand at the end; digits before it could make a card number together with its own.
    const std::size_t end = has_uuid ? text.size() - kUuidLength : text.size();
    const std::size_t too_many_digits = has_uuid ? 1 : kMinCardDigits;
    if (may_begin_secret(text, begin)) return false;
    std::size_t digits = 0;  // that a number reaching into the next word may have had
    for (std::size_t at = begin; at < end; at += 8) {
        const std::uint64_t word = base::load_filled(text.substr(0, end), at, 'a');
        const std::uint64_t letters = base::letter_bytes(word);
        const std::uint64_t numerals = base::digit_bytes(word);
        const std::size_t count = base::count_bytes(numerals);
        if (digits + count >= too_many_digits) return false;
        digits = letters != 0 ? count : digits + count;
        std::uint64_t others = ~(letters | numerals) & base::kHighBits;
        for (; others != 0; others &= others - 1) {
            const std::size_t i = at + static_cast<std::size_t>(std::countr_zero(others)) / 8;
            const bool harmless = text[i] == '_'
                                      ? !is_inner_mark(text, i)
                                      : is_path_mark(text[i]) && !may_begin_secret(text, i + 1);
            if (!harmless) return false;
        }
    }
    return true;
}

// Apart from look_at(), which most texts leave sooner.
[[gnu::noinline]] TextTraits look_closer(std::string_view text, std::size_t prose) {
    if (is_plain_path(text)) return {};
    if (!base::is_printable_ascii(text)) return {.printable_ascii = false, .may_hold_secret = true};
    return {.may_hold_secret = may_hold_secret(text, prose)};
}

}  // namespace

TextTraits look_at(std::string_view text) {
    if (text.size() < kShortestFind) return {.printable_ascii = base::is_printable_ascii(text)};
    const std::size_t prose = prose_length(text);
    return prose == text.size() ? TextTraits{} : look_closer(text, prose);
}

}  // namespace errgate::errors
