#include "config/convert.hpp"

#include "config/address.hpp"
#include "http/syntax.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <optional>

namespace errgate::config {
namespace {

bool is_plain(const Value& value) {
    return value.kind == Value::Kind::scalar && !value.quoted;
}

struct Unit {
    std::string_view text;
    std::uint64_t factor;
};
constexpr std::array<Unit, 4> kTimeUnits{
    {{"h", 3'600'000}, {"m", 60'000}, {"s", 1'000}, {"ms", 1}}};
constexpr std::array<Unit, 4> kSizeUnits{
    {{"GiB", 1024ULL * 1024 * 1024}, {"MiB", 1024 * 1024}, {"KiB", 1024}, {"", 1}}};

// Digits and one of the units, multiplied; nothing on any other text or past 64 bits.
std::optional<std::uint64_t> scaled(std::string_view text, const std::array<Unit, 4>& units) {
    std::uint64_t count = 0;
    const auto [stop, error] = std::from_chars(text.data(), text.data() + text.size(), count);
    if (error != std::errc{}) return std::nullopt;
    const std::string_view rest = text.substr(static_cast<std::size_t>(stop - text.data()));
    for (const Unit& unit : units) {
        if (rest != unit.text) continue;
        if (count > std::numeric_limits<std::uint64_t>::max() / unit.factor) return std::nullopt;
        return count * unit.factor;
    }
    return std::nullopt;
}

bool is_digits(std::string_view text) {
    return !text.empty() && std::all_of(text.begin(), text.end(), http::is_digit);
}

std::string size_text(std::size_t bytes) {
    for (const Unit& unit : kSizeUnits) {
        if (bytes >= unit.factor && bytes % unit.factor == 0) {
            return std::to_string(bytes / unit.factor) + std::string(unit.text);
        }
    }
    return "0";
}

std::optional<double> decimal(const Value& value) {
    if (!is_plain(value)) return std::nullopt;
    double out = 0;
    const char* end = value.text.data() + value.text.size();
    const auto [stop, error] = std::from_chars(value.text.data(), end, out);
    if (error != std::errc{} || stop != end || !std::isfinite(out)) return std::nullopt;
    return out;
}

std::string shortest(double value) {
    std::array<char, 32> out{};
    const auto result = std::to_chars(out.data(), out.data() + out.size(), value);
    return {out.data(), result.ptr};
}

// Accepts the text when `fits`, else says what is wanted.
template <class Predicate>
Convert<std::string> text_that(Predicate fits, const Mismatch& otherwise) {
    return [=](const Value& value) -> Converted<std::string> {
        if (value.kind == Value::Kind::scalar && fits(std::string_view(value.text)))
            return value.text;
        return otherwise;
    };
}

}  // namespace

Convert<bool> boolean() {
    return [](const Value& value) -> Converted<bool> {
        if (is_plain(value) && value.text == "true") return true;
        if (is_plain(value) && value.text == "false") return false;
        return Mismatch{"true or false"};
    };
}

Convert<double> ratio() {
    return [](const Value& value) -> Converted<double> {
        const auto out = decimal(value);
        if (out && *out > 0 && *out <= 1) return *out;
        return Mismatch{"a number above 0 and at most 1"};
    };
}

Convert<double> number(double min, double max) {
    return [=](const Value& value) -> Converted<double> {
        const auto out = decimal(value);
        if (out && *out >= min && *out <= max) return *out;
        return Mismatch{"a number from " + shortest(min) + " to " + shortest(max)};
    };
}

Convert<Millis> duration(Millis min, Millis max) {
    return [=](const Value& value) -> Converted<Millis> {
        const auto count = scaled(value.text, kTimeUnits);
        const auto in_range = [&](std::uint64_t ms) {
            return ms >= static_cast<std::uint64_t>(min.count()) &&
                   ms <= static_cast<std::uint64_t>(max.count());
        };
        if (value.kind == Value::Kind::scalar && count && in_range(*count)) return Millis(*count);
        Mismatch mismatch{"a duration from " + to_text(min) + " to " + to_text(max) +
                          " such as 250ms, 2s, 5m or 1h"};
        if (is_digits(value.text)) mismatch.hint = "say the unit: ms, s, m or h";
        return mismatch;
    };
}

Convert<std::size_t> byte_size(std::size_t min, std::size_t max) {
    return [=](const Value& value) -> Converted<std::size_t> {
        const auto bytes = scaled(value.text, kSizeUnits);
        if (value.kind == Value::Kind::scalar && bytes && *bytes >= min && *bytes <= max)
            return *bytes;
        return Mismatch{"a size from " + size_text(min) + " to " + size_text(max) +
                        " such as 65536, 64KiB or 1MiB"};
    };
}

Convert<std::string> text() {
    return text_that([](std::string_view text) { return !text.empty(); }, {"a text"});
}

bool is_name(std::string_view text) {
    const auto fits = [](char c) {
        return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || http::is_digit(c) || c == '_' ||
               c == '.' || c == '-';
    };
    return !text.empty() && text.size() <= 64 && std::all_of(text.begin(), text.end(), fits);
}

Convert<std::string> name_text() {
    return text_that(is_name, {std::string(kNameRule)});
}

Convert<std::string> method() {
    std::vector<Choice<std::string>> methods;
    for (const char* name : {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE"}) {
        methods.push_back({name, name});
    }
    return choice(std::move(methods));
}

Convert<std::string> path_prefix() {
    return text_that(is_path, {"a path that begins with \"/\", of visible ASCII characters without "
                               "query, fragment or dot segments"});
}

Convert<std::string> host_name() {
    return text_that(is_host, {"a host name or literal address, without scheme and port"});
}

Convert<std::string> field_value() {
    const auto clean = [](std::string_view text) {
        const auto visible = [](char c) { return (c >= 0x20 && c < 0x7F) || c == '\t'; };
        return std::all_of(text.begin(), text.end(), visible) && http::trim_ows(text) == text;
    };
    return text_that(clean,
                     {"visible ASCII characters without line breaks and outer spaces", "", true});
}

std::string to_text(Millis duration) {
    const auto ms = static_cast<std::uint64_t>(duration.count());
    for (const Unit& unit : kTimeUnits) {
        if (ms > 0 && ms % unit.factor == 0)
            return std::to_string(ms / unit.factor) + std::string(unit.text);
    }
    return "0s";
}

}  // namespace errgate::config
