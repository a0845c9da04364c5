// Members of a JSON object, each written behind its opening as it stands in the text.
#pragma once

#include "base/writer.hpp"

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace errgate::base {

// A member up to its value: `,"code":"` of a text, `,"status":` of a number. A literal, whose size
// the compiler knows: it is copied in place.
template <std::size_t Size>
using Opening = const char (&)[Size];

template <std::size_t Size>
void put_text_member(Writer& out, Opening<Size> opening, std::string_view text) {
    out.put_all(opening);
    out.put_json_escaped(text);
    out.put('"');
}

// Nothing for an empty text.
template <std::size_t Size>
void put_text_if_known(Writer& out, Opening<Size> opening, std::string_view text) {
    if (!text.empty()) put_text_member(out, opening, text);
}

// For what is JSON text as it is: our own words, names of the configuration, ids, addresses.
template <std::size_t Size>
void put_word_member(Writer& out, Opening<Size> opening, std::string_view word) {
    out.put_all(opening, word, '"');
}

template <std::size_t Size>
void put_number_member(Writer& out, Opening<Size> opening, std::int64_t value) {
    out.put_all(opening);
    out.put_dec(value);
}

}  // namespace errgate::base
