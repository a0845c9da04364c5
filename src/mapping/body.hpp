// Bytes -> one tree: finds out what a body really is, whatever its Content-Type says.
#pragma once

#include "mapping/tree.hpp"

#include <cstdint>
#include <string>
#include <string_view>

namespace errgate::mapping {

enum class BodyKind : std::uint8_t { json, xml, html, form, lines, text, empty };
std::string_view to_string(BodyKind kind);  // "json" ...

struct Body {
    BodyKind kind = BodyKind::empty;
    Tree tree;  // the root is an object or an array
    // A text whose lines, which the tree holds as one, look like debug output.
    bool is_debug_text = false;
};

struct RawBody {
    std::string_view bytes;         // still content-coded
    std::string_view content_type;  // breaks ties only
    std::string_view content_encoding{};
    bool complete = true;  // false: keep what can be read of a cut text
};

// Total: never throws, any bytes give a body. The tree holds its own copy of everything.
Body decode_body(const RawBody& raw);

}  // namespace errgate::mapping
