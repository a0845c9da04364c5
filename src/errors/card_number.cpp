// Digit groups are gathered from left to right; the first end at which they make a card wins.
#include "errors/card_number.hpp"

#include "base/ascii.hpp"
#include "errors/issuer.hpp"

#include <algorithm>

namespace errgate::errors {

namespace {

using base::is_alpha;
using base::is_digit;

constexpr std::size_t kMaxSeparators = 3;  // "4242 - 4242"

bool passes_luhn(std::string_view digits) {
    int sum = 0;
    bool doubled = false;
    for (std::size_t i = digits.size(); i-- > 0; doubled = !doubled) {
        const int digit = (digits[i] - '0') * (doubled ? 2 : 1);
        sum += digit > 9 ? digit - 9 : digit;
    }
    return sum % 10 == 0;
}

// Expiry and service code of track 2 in its EMV form (tag 57), whose separator is a D.
bool is_track_tail(std::string_view text, std::size_t at) {
    constexpr std::size_t kMinTail = 7;
    if (text[at] != 'D' || text.size() - at <= kMinTail) return false;
    return std::ranges::all_of(text.substr(at + 1, kMinTail), is_digit);
}

// A number that runs on into more letters and digits is part of an id (3Q14242...x7), one that runs
// on into plain letters is a number written close to a word (4242...declined). What follows an
// underscore does not matter.
bool ends_at_word(std::string_view text, std::size_t end) {
    std::size_t at = end;
    while (at < text.size() && is_alpha(text[at]))
        ++at;
    if (at >= text.size() || !is_digit(text[at])) return true;
    return is_track_tail(text, end);
}

std::size_t skip_separators(std::string_view text, std::size_t at) {
    for (std::size_t count = 0; count < kMaxSeparators; ++count) {
        const std::size_t length = separator_length(text.substr(at));
        if (length == 0) break;
        at += length;
    }
    return at;
}

struct Digits {
    std::array<char, kMaxCardDigits> value;
    std::size_t count = 0;

    std::string_view view() const { return {value.data(), count}; }
};

// Adds the digits at text[at] to `digits`; returns where they end, or 0 when they are too many.
std::size_t add_group(std::string_view text, std::size_t at, Digits& digits) {
    for (; at < text.size() && is_digit(text[at]); ++at) {
        if (digits.count == kMaxCardDigits) return 0;
        digits.value[digits.count++] = text[at];
    }
    return at;
}

CardMatch matched(const Digits& digits, std::size_t end) {
    CardMatch match{end, {}};
    std::copy_n(digits.view().end() - 4, 4, match.last_four.begin());
    return match;
}

}  // namespace

bool looks_like_card_number(std::string_view digits) {
    return digits.size() >= kMinCardDigits && digits.size() <= kMaxCardDigits &&
           std::ranges::all_of(digits, is_digit) && has_issuer_range(digits) && passes_luhn(digits);
}

std::size_t separator_length(std::string_view text) {
    if (text.empty()) return 0;
    if (text[0] == ' ' || text[0] == '-' || text[0] == '+') return 1;
    if (text.size() < 3) return 0;
    const std::string_view three = text.substr(0, 3);
    if (three == "%20" || three == "%2D" || three == "%2d" || three == "%2B" || three == "%2b") {
        return 3;
    }
    // U+2012 to U+2015: figure dash to horizontal bar.
    const auto third = static_cast<unsigned char>(three[2]);
    return three.starts_with("\xE2\x80") && third >= 0x92 && third <= 0x95 ? 3 : 0;
}

std::optional<CardMatch> match_card(std::string_view text, std::size_t at) {
    Digits digits;
    while (true) {
        const std::size_t end = add_group(text, at, digits);
        if (end == 0) return std::nullopt;
        if (looks_like_card_number(digits.view()) && ends_at_word(text, end)) {
            return matched(digits, end);
        }
        const std::size_t next = skip_separators(text, end);
        if (next == end || next >= text.size() || !is_digit(text[next])) return std::nullopt;
        at = next;
    }
}

}  // namespace errgate::errors
