// Where a value comes from: a compiled selector with its ordered pipe.
#pragma once

#include "mapping/context.hpp"
#include "mapping/pipe.hpp"
#include "mapping/pointer.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace errgate::mapping {

struct Selector {
    enum class Source : std::uint8_t {
        pointer,        // from the place the context is at
        root_pointer,   // from the whole body
        header,         // name in `text`
        status,         // the response's
        literal,        // `text`
        key,            // name of the present `details` entry
        self,           // the present `details` element
        first_of,       // `parts`, the first that is not absent
        concatenation,  // `parts` in a row, absent when one of them is
        join,           // every scalar of `pointers`, `text` between them
    };

    Source source = Source::literal;
    std::string text;
    std::vector<Pointer> pointers;
    std::vector<Selector> parts;
    std::vector<PipeOp> pipe;
    std::optional<std::string> fallback;  // when the rest gives nothing

    // Nothing when absent; never an empty text. Points into the context's body, arena or response,
    // or into this selector.
    Text value(const Context& context) const;
};

}  // namespace errgate::mapping
