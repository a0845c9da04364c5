// Digit groups are gathered from left to right; the first end at which they make a card wins.
#include "errors/card_number.hpp"

#include "base/ascii.hpp"
#include "errors/issuer.hpp"
#include "errors/mask.hpp"

#include <algorithm>
#include <string>

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
// %C2%A0, which does not break, counts for two.
std::size_t percent_length(std::string_view text) {
    constexpr std::array<std::string_view, 8> kEscaped{"20", "2d", "2b", "09",
                                                       "0a", "0d", "c2", "a0"};
    if (!text.starts_with('%')) return 0;
    std::size_t at = 1;
    while (text.substr(at).starts_with("25"))
        at += 2;
    const std::string_view code = text.substr(at, 2);
    const bool known = std::ranges::any_of(
        kEscaped, [&](auto escaped) { return base::equals_ignoring_case(code, escaped); });
    return known ? at + 2 : 0;
}

// &nbsp; and the like, which a message for a page has for a blank or a dash.
std::size_t entity_length(std::string_view text) {
    constexpr std::size_t kLongest = 10;
    const std::size_t end = text.substr(0, kLongest).find(';');
    const bool named = end != std::string_view::npos && end > 1 &&
                       std::ranges::all_of(text.substr(1, end - 1),
                                           [](char c) { return base::is_alnum(c) || c == '#'; });
    return named ? end + 1 : 0;
}

// Of two and three bytes: middle dot and bullet; U+2012 to U+2015, figure dash to horizontal bar.
std::size_t mark_length(std::string_view text) {
    if (text.starts_with("\xC2\xB7")) return 2;
    if (!text.starts_with("\xE2\x80") || text.size() < 3) return 0;
    const auto third = static_cast<unsigned char>(text[2]);
    return (third >= 0x92 && third <= 0x95) || third == 0xA2 ? 3 : 0;
}

// These only stand between groups as they are printed on cards: elsewhere they belong to amounts,
// lists, dates, versions and names.
constexpr std::string_view kPrintedMarks = "._,/|:*~\\";

bool is_printed_group(std::size_t digits) {
    return digits >= 4 && digits <= 6;
}

std::size_t skip_separators(std::string_view text, std::size_t at, std::size_t group) {
    std::size_t length = separator_length(text.substr(at));
    const bool mark = at < text.size() && kPrintedMarks.find(text[at]) != std::string_view::npos;
    if (mark && length == 0 && is_printed_group(group))
        length = separator_length(text.substr(++at));
    for (std::size_t count = 0; count < kMaxSeparators && length > 0; ++count) {
        at += length;
        length = separator_length(text.substr(at));
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
    if (text.empty() || is_token_char(text[0])) return 0;
    if (text[0] == ' ' || text[0] == '-' || text[0] == '+') return 1;
    if (text[0] == '%') return percent_length(text);
    if (text[0] == '\\') return escape_length(text);
    return text[0] == '&' ? entity_length(text) : mark_length(text);
}

std::optional<CardMatch> match_card(std::string_view text, std::size_t at) {
    if (!begins_issuer_range(text[at])) return std::nullopt;
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

std::optional<CardMatch> match_card_in_pointer(std::string_view text, std::size_t at) {
    constexpr std::size_t kReach = 64;  // 19 digits, and an escape between every two and more
    const std::string_view near = text.substr(at, kReach);
    if (near.find('~') == std::string_view::npos) return std::nullopt;
    std::string plain;
    std::array<std::size_t, kReach + 1> ends{};  // of each of its characters in `text`
    for (std::size_t i = 0; i < near.size();) {
        const bool escape = is_pointer_escape(near.substr(i));
        plain.push_back(!escape ? near[i] : near[i + 1] == '0' ? '~' : '/');
        i += escape ? 2 : 1;
        ends[plain.size()] = at + i;
    }
    auto card = match_card(plain, 0);
    if (card) card->end = ends[card->end];
    return card;
}

}  // namespace errgate::errors
