// The inside of a JSON string, piece by piece, for whatever the caller appends to.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace errgate::base {

// The next piece of `text` as RFC 8259 section 7 wants it: either a run of the input that needs no
// change, or the escape (or U+FFFD) for what stands at its front.
struct JsonPiece {
    std::size_t consumed;   // bytes of the input it stands for, at least 1
    std::string_view text;  // into the input or into static storage
};
// `text` must not be empty.
JsonPiece next_json_piece(std::string_view text);

// Appends `text` as a JSON string with its quotes. Always valid JSON and UTF-8.
void append_json_string(std::string& out, std::string_view text);

}  // namespace errgate::base
