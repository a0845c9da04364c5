// JSON text into a tree, by events: no document object in between.
#pragma once

#include "mapping/tree.hpp"

#include <string>
#include <string_view>

namespace errgate::mapping {

enum class JsonResult : std::uint8_t {
    complete,
    partial,  // the tree holds what came before the text broke off or the node limit was reached
    invalid,  // the tree is as it was
};

// Fills `at` of the tree, which keeps a copy. `text` must be UTF-8. `keep_partial`: a text that is
// cut short is not invalid. json_scanner.hpp says what is let pass.
JsonResult parse_json(std::string_view text, bool keep_partial, Tree& tree, NodeId at = kRoot);

// The JSON inside of what keeps other sites from running it or is run itself: behind `)]}',`,
// `while(1);` or `for(;;);`, or in `callback(...);`. Empty when the text is nothing of the kind.
std::string_view wrapped_json(std::string_view text);

}  // namespace errgate::mapping
