// YAML or JSON text as values that remember where they stood, so that every problem has a place.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace errgate::config {

struct Mark {
    int line = 0;    // from 1
    int column = 0;  // from 1
};

// One thing wrong with a file. Printed as `file:line:column: path: message`.
struct Problem {
    std::string file;
    Mark mark;
    std::string path;     // "routes[2].retry.attempts", empty for the document itself
    std::string message;  // what is wrong and what is allowed
};
std::string to_string(const Problem& problem);

// A plain value tree. Scalars keep their source text; YAML's own guessing (octal numbers, NO as
// false) never happens: the reader that knows the wanted type converts.
struct Value {
    enum class Kind { null, scalar, sequence, mapping } kind = Kind::null;
    Mark mark;
    std::string text;     // scalar: as written, unescaped
    bool quoted = false;  // scalar: was in quotes, so it is a string whatever it looks like
    bool from_environment = false;  // scalar: part of it came from ${NAME}, so it is never shown
    std::vector<Value> items;       // sequence
    std::vector<std::pair<std::string, Value>> members;  // mapping
    std::vector<Mark> member_marks;                      // of the keys, same order

    // Out of line: the members are pairs with this very type, incomplete up to here for clang 14.
    Value();
    Value(const Value&);
    Value(Value&&) noexcept;
    Value& operator=(const Value&);
    Value& operator=(Value&&) noexcept;
    ~Value();

    const Value* find(std::string_view key) const;  // nullptr when absent
};

// Parses one document (YAML 1.2 or JSON, one parser). Syntax errors, duplicate keys, anchors that
// expand past 100 000 values and nesting past 64 levels are added to `problems`; then the value
// returned is null or partial and must not be used.
Value parse_document(std::string_view text, const std::string& file,
                     std::vector<Problem>& problems);

// The value at a path such as "routes[2].retry.attempts", or the nearest one around it that is
// there.
const Value& nearest(const Value& root, std::string_view path);

// `text` is at most two edits away from one of `allowed`: that one; else empty. For "did you mean".
std::string did_you_mean(std::string_view text, const std::vector<std::string_view>& allowed);

}  // namespace errgate::config
