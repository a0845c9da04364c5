// Digit groups are gathered from left to right; the first end at which they make a card wins.
#include "errors/card_number.hpp"

#include "base/ascii.hpp"
#include "errors/issuer.hpp"

#include <algorithm>

namespace errgate::errors {

namespace {

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

// One blank or hyphen as a URL carries it, encoded once or several times (%20, %2520); 0: none.
std::size_t escape_length(std::string_view text) {
    constexpr std::array<std::string_view, 6> kEscaped{"20", "2d", "2b", "09", "0a", "0d"};
    if (!text.starts_with('%')) return 0;
    std::size_t at = 1;
    while (text.substr(at).starts_with("25"))
        at += 2;
    const std::string_view code = text.substr(at, 2);
    const bool known = std::ranges::any_of(
        kEscaped, [&](auto escaped) { return base::equals_ignoring_case(code, escaped); });
    return known ? at + 2 : 0;
}

// Dots and underscores only stand between groups as they are printed on cards: elsewhere they
// belong to amounts, versions and names.
bool is_printed_group(std::size_t digits) {
    return digits >= 4 && digits <= 6;
}

std::size_t skip_separators(std::string_view text, std::size_t at, std::size_t group) {
    const bool mark = at < text.size() && (text[at] == '.' || text[at] == '_');
    if (mark && is_printed_group(group)) return at + 1;
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
    if (text[0] == '%') return escape_length(text);
    if (text.size() < 3) return 0;
    const std::string_view three = text.substr(0, 3);
    // U+2012 to U+2015: figure dash to horizontal bar.
    const auto third = static_cast<unsigned char>(three[2]);
    return three.starts_with("\xE2\x80") && third >= 0x92 && third <= 0x95 ? 3 : 0;
}

std::optional<CardMatch> match_card(std::string_view text, std::size_t at) {
    Digits digits;
    while (true) {
        const std::size_t end = add_group(text, at, digits);
        if (end == 0) return std::nullopt;
        if (looks_like_card_number(digits.view())) return matched(digits, end);
        const std::size_t next = skip_separators(text, end, end - at);
        if (next == end || next >= text.size() || !is_digit(text[next])) return std::nullopt;
        at = next;
    }
}

}  // namespace errgate::errors
