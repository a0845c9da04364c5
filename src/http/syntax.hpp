// Pieces of grammar that several parts of the layer share (RFC 9110 section 5.6).
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

namespace errgate::http {

namespace detail {

constexpr std::array<bool, 256> token_table() {
    std::array<bool, 256> table{};
    for (char c : std::string_view("!#$%&'*+-.^_`|~"))
        table[static_cast<unsigned char>(c)] = true;
    for (unsigned c = '0'; c <= '9'; ++c)
        table[c] = true;
    for (unsigned c = 'A'; c <= 'Z'; ++c)
        table[c] = table[c + ('a' - 'A')] = true;
    return table;
}
inline constexpr std::array<bool, 256> kTokenChars = token_table();

}  // namespace detail

constexpr bool is_token_char(char c) {
    return detail::kTokenChars[static_cast<unsigned char>(c)];
}
// HTAB, SP, VCHAR and obs-text: what a field value (RFC 9110 5.5) and a reason phrase (RFC 9112 4)
// are made of.
constexpr bool is_text_char(char c) {
    const auto byte = static_cast<unsigned char>(c);
    return byte == '\t' || (byte >= 0x20 && byte != 0x7f);
}
constexpr bool is_digit(char c) {
    return c >= '0' && c <= '9';
}

// -1 when it is no hexadecimal digit.
constexpr int hex_value(char c) {
    if (is_digit(c)) return c - '0';
    const char lower = static_cast<char>(c | 0x20);
    return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
}

constexpr bool is_token(std::string_view text) {
    if (text.empty()) return false;
    for (char c : text) {
        if (!is_token_char(c)) return false;
    }
    return true;
}

// Drops optional whitespace, which is SP and HTAB only.
constexpr std::string_view trim_ows(std::string_view text) {
    const auto is_ows = [](char c) { return c == ' ' || c == '\t'; };
    while (!text.empty() && is_ows(text.front()))
        text.remove_prefix(1);
    while (!text.empty() && is_ows(text.back()))
        text.remove_suffix(1);
    return text;
}

// Walks a comma-separated list (RFC 9110 section 5.6.1). Empty elements are given too, because
// the strict readers want to refuse them; quoted strings are not understood.
class ListCursor {
  public:
    constexpr explicit ListCursor(std::string_view value) : rest_(value) {}

    constexpr std::optional<std::string_view> next() {
        if (done_) return std::nullopt;
        const std::size_t comma = rest_.find(',');
        const std::string_view element = rest_.substr(0, comma);
        done_ = comma == std::string_view::npos;
        if (!done_) rest_.remove_prefix(comma + 1);
        return trim_ows(element);
    }

  private:
    std::string_view rest_;
    bool done_ = false;
};

}  // namespace errgate::http
