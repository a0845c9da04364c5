// Where a value comes from: a compiled selector with its ordered pipe.
#pragma once

#include "mapping/context.hpp"
#include "mapping/pattern.hpp"
#include "mapping/pointer.hpp"

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace errgate::mapping {

// One step of a pipe. A step that finds nothing makes the value absent.
enum class TextOp : std::uint8_t { lower, upper, trim, snake, pad6, strip_tags, urn_tail };
struct Capture {
    Pattern pattern;
    int group = 1;
};
struct Translate {
    std::map<std::string, std::string, std::less<>> words;  // "*" stands for every other text
};
using PipeOp = std::variant<TextOp, Capture, Translate>;

std::optional<TextOp> find_text_op(std::string_view name);
const std::vector<std::string_view>& text_op_names();

struct Selector {
    enum class Source : std::uint8_t {
        pointer,       // from the place the context is at
        root_pointer,  // from the whole body
        header,        // name in `text`
        status,
        literal,        // `text`
        key,            // name of the present `details` entry
        self,           // the present `details` element
        first_of,       // `parts`, the first that is not absent
        concatenation,  // `parts`, absent when one of them is
        join,           // every scalar of `pointers`, `text` between them
    };

    Source source = Source::literal;
    std::string text;
    std::vector<Pointer> pointers;
    std::vector<Selector> parts;
    std::vector<PipeOp> pipe;
    std::optional<std::string> fallback;

    // Nothing when absent; never an empty text.
    std::optional<std::string> value(const Context& context) const;
};

}  // namespace errgate::mapping
