// UTF-8 as RFC 3629 defines it: no overlong forms, no surrogates, nothing above U+10FFFF.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace errgate::base {

inline constexpr std::string_view kReplacementCharacter = "\xEF\xBF\xBD";  // U+FFFD

// What stands at the front of a text: one well-formed character, or the longest ill-formed piece
// that one U+FFFD stands for (Unicode 15, section 3.9, "maximal subpart").
struct Utf8Step {
    std::size_t length;  // bytes, 1 to 4
    bool valid;
};
// `text` must not be empty.
Utf8Step utf8_step(std::string_view text);

bool is_valid_utf8(std::string_view text);

// The text with every ill-formed piece replaced by U+FFFD; a valid text comes back as it is.
std::string repair_utf8(std::string_view text);

// The longest prefix of at most `max_bytes` that does not end inside a character. `text` must be
// valid UTF-8 for the result to be.
std::string_view truncate_utf8(std::string_view text, std::size_t max_bytes);

// The longest prefix of at most `max_characters` code points. `text` must be valid UTF-8.
std::string_view truncate_characters(std::string_view text, std::size_t max_characters);

}  // namespace errgate::base
