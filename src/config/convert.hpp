// Scalars to typed values. Each function gives a conversion for MappingReader::read.
#pragma once

#include "config/params.hpp"
#include "config/reader.hpp"

#include <charconv>
#include <cstddef>
#include <functional>
#include <limits>
#include <string>
#include <string_view>
#include <vector>

namespace errgate::config {

template <class T>
using Convert = std::function<Converted<T>(const Value&)>;

// A whole number, unquoted, between the bounds.
template <class T>
Convert<T> whole_number(T min, T max) {
    return [=](const Value& value) -> Converted<T> {
        T out{};
        const char* end = value.text.data() + value.text.size();
        const auto [stop, error] = std::from_chars(value.text.data(), end, out);
        const bool number = value.kind == Value::Kind::scalar && !value.quoted &&
                            error == std::errc{} && stop == end;
        if (number && out >= min && out <= max) return out;
        if (min == max) return Mismatch{"the number " + std::to_string(min)};
        return Mismatch{"a whole number from " + std::to_string(min) + " to " +
                        std::to_string(max)};
    };
}

Convert<bool> boolean();  // true or false, nothing else
Convert<double> ratio();  // in (0, 1]
Convert<double> number(double min, double max);
Convert<Millis> duration(Millis min, Millis max);                  // 250ms 2s 5m 1h
Convert<std::size_t> byte_size(std::size_t min, std::size_t max);  // 65536 64KiB 1MiB 1GiB

Convert<std::string> text();         // any scalar that is not empty
Convert<std::string> name_text();    // [A-Za-z0-9_.-]{1,64}
Convert<std::string> method();       // GET, POST, ...
Convert<std::string> path_prefix();  // "/kira", visible ASCII without query, fragment, dot segments
Convert<std::string> host_name();    // a name or literal address without scheme and port
Convert<std::string>
field_value();  // what may stand in a header (RFC 9110 5.5, ASCII only); never shown

bool is_name(std::string_view text);
inline constexpr std::string_view kNameRule = "a name of 1 to 64 characters A-Z a-z 0-9 _ . -";

template <class E>
struct Choice {
    std::string_view text;
    E value;
};
// One of a few words.
template <class E>
Convert<E> choice(std::vector<Choice<E>> choices) {
    return [choices = std::move(choices)](const Value& value) -> Converted<E> {
        std::vector<std::string_view> texts;
        for (const auto& option : choices) {
            if (value.kind == Value::Kind::scalar && value.text == option.text) return option.value;
            texts.push_back(option.text);
        }
        const std::string meant = did_you_mean(value.text, texts);
        return Mismatch{"one of " + join(texts),
                        meant.empty() ? "" : "did you mean \"" + meant + "\"?"};
    };
}

std::string to_text(Millis duration);  // "250ms", "2s", "5m": the shortest exact form

}  // namespace errgate::config
