// The ordered steps a selected text goes through.
#pragma once

#include "mapping/pattern.hpp"
#include "mapping/tree.hpp"

#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>

namespace errgate::mapping {

enum class TextOp : std::uint8_t { lower, upper, trim, snake, pad6, strip_tags, urn_tail };
struct TextOpName {
    std::string_view name;
    TextOp op;
};
std::span<const TextOpName> text_ops();  // every operation with its name in mapping files

struct Capture {
    Pattern pattern;
    int group = 1;  // 0: the whole match
};
struct Translate {
    std::map<std::string, std::string, std::less<>> words;  // "*" stands for every other text
};
using PipeOp = std::variant<TextOp, Capture, Translate>;

// A capture that does not match makes the text absent; so does an operation that leaves it empty.
// What an operation makes is kept in `arena`.
Text apply(const PipeOp& op, std::string_view text, Arena& arena);

}  // namespace errgate::mapping
