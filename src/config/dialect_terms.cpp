#include "config/dialect_terms.hpp"

#include "http/syntax.hpp"

#include <algorithm>
#include <array>

namespace errgate::config {
namespace {

constexpr std::string_view kPointerRule =
    "a pointer: empty, or parts each behind a '/', with ~1 for '/' and ~0 for '~' inside a part";

bool is_digits(std::string_view text) {
    return !text.empty() && text.find_first_not_of("0123456789") == std::string_view::npos;
}

// Three digits, 100 to 599.
std::optional<int> parse_status(std::string_view text) {
    if (text.size() != 3 || !is_digits(text) || text[0] < '1' || text[0] > '5') return std::nullopt;
    return (text[0] - '0') * 100 + (text[1] - '0') * 10 + (text[2] - '0');
}

std::optional<mapping::StatusRange> parse_status_range(std::string_view text) {
    if (text.size() == 3 && text.ends_with("xx") && text[0] >= '1' && text[0] <= '5') {
        const int first = (text[0] - '0') * 100;
        return mapping::StatusRange{first, first + 99};
    }
    const std::size_t dash = text.find('-');
    const auto first = parse_status(text.substr(0, dash));
    const auto last = dash == text.npos ? first : parse_status(text.substr(dash + 1));
    if (!first || !last || *first > *last) return std::nullopt;
    return mapping::StatusRange{*first, *last};
}

// What YAML 1.1 readers (and editors) make a number, a boolean or nothing of when it is not quoted.
bool needs_quotes(const Value& value) {
    if (value.quoted) return false;
    constexpr std::array<std::string_view, 14> kWords{"yes",  "no",    "on",    "off",  "y",
                                                      "n",    "true",  "false", "null", "~",
                                                      ".inf", "+.inf", "-.inf", ".nan"};
    std::string lower = value.text;
    std::transform(lower.begin(), lower.end(), lower.begin(), [](char c) {
        return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    });
    const bool number = lower.find_first_of("0123456789") != lower.npos &&
                        !lower.starts_with('e') &&  // E00003 is a code to everybody
                        lower.find_first_not_of("0123456789+-._e:") == lower.npos;
    return number || lower.starts_with("0x") ||
           std::find(kWords.begin(), kWords.end(), lower) != kWords.end();
}

Mismatch quote_it(const Value& value) {
    return {"a quoted text", "write '" + value.text +
                                 "': unquoted, YAML readers take it for a number, "
                                 "a boolean or nothing, and leading zeros are lost"};
}

// Every YAML reader takes it for the same thing, and its text is what we compare with: 5, -1.5,
// true.
bool is_plain_scalar(std::string_view text) {
    if (text == "true" || text == "false" || text == "null") return true;
    if (text.starts_with('-')) text.remove_prefix(1);
    const std::size_t point = text.find('.');
    const std::string_view whole = text.substr(0, point);
    const bool leading_zero = whole.size() > 1 && whole.starts_with('0');
    return is_digits(whole) && !leading_zero &&
           (point == std::string_view::npos || is_digits(text.substr(point + 1)));
}

}  // namespace

Convert<mapping::Pointer> pointer() {
    return [](const Value& value) -> Converted<mapping::Pointer> {
        if (value.kind == Value::Kind::scalar) {
            if (auto parsed = mapping::Pointer::parse(value.text)) return std::move(*parsed);
        }
        return Mismatch{std::string(kPointerRule)};
    };
}

Convert<mapping::Pattern> pattern(bool ignore_case) {
    return [=](const Value& value) -> Converted<mapping::Pattern> {
        std::string error;
        if (value.kind == Value::Kind::scalar) {
            auto compiled = mapping::Pattern::compile(value.text, ignore_case, error);
            if (compiled) return std::move(*compiled);
        }
        return Mismatch{"a regular expression (RE2 syntax)", error};
    };
}

Convert<mapping::StatusRange> status_range() {
    return [](const Value& value) -> Converted<mapping::StatusRange> {
        if (value.kind == Value::Kind::scalar) {
            if (const auto range = parse_status_range(value.text)) return *range;
        }
        return Mismatch{"a status (404), a class (5xx) or a range (400-499)"};
    };
}

Convert<std::string> header_name() {
    return [](const Value& value) -> Converted<std::string> {
        if (value.kind == Value::Kind::scalar && http::is_token(value.text)) return value.text;
        return Mismatch{"a header name"};
    };
}

Convert<std::string> glob() {
    return [](const Value& value) -> Converted<std::string> {
        if (value.kind != Value::Kind::scalar || value.text.empty())
            return Mismatch{"a text that is not empty"};
        if (needs_quotes(value)) return quote_it(value);
        return value.text;
    };
}

Convert<std::string> path_glob() {
    return [](const Value& value) -> Converted<std::string> {
        const bool fits = value.kind == Value::Kind::scalar &&
                          (value.text.starts_with('/') || value.text.starts_with('*'));
        if (fits) return value.text;
        return Mismatch{"a path that begins with / or *"};
    };
}

Convert<std::string> compared_text() {
    return [](const Value& value) -> Converted<std::string> {
        if (value.kind != Value::Kind::scalar || value.text.empty())
            return Mismatch{"a text that is not empty"};
        if (needs_quotes(value) && !is_plain_scalar(value.text)) return quote_it(value);
        return value.text;
    };
}

Convert<std::string> scalar_text() {
    return [](const Value& value) -> Converted<std::string> {
        if (value.kind == Value::Kind::scalar) return value.text;
        return Mismatch{"a text"};
    };
}

std::optional<mapping::Pointer> read_pointer_key(Report& report, Mark mark, const std::string& path,
                                                 const std::string& text) {
    auto parsed = mapping::Pointer::parse(text);
    if (!parsed) report.add(mark, path, "expected " + std::string(kPointerRule));
    return parsed;
}

std::string compact(const Value& value) {
    std::string out;
    switch (value.kind) {
        case Value::Kind::null:
            return "null";
        case Value::Kind::scalar:
            return value.text;
        case Value::Kind::sequence:
            for (const Value& item : value.items)
                out += (out.empty() ? "" : "|") + compact(item);
            return out;
        case Value::Kind::mapping:
            for (const auto& [key, member] : value.members)
                out += (out.empty() ? "" : " ") + key + "=" + compact(member);
            return out;
    }
    return out;
}

}  // namespace errgate::config
