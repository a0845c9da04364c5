// XML text into a tree; DTDs are skipped and entities never expanded.
#pragma once

#include "mapping/tree.hpp"

#include <string_view>

namespace errgate::mapping {

// The root element's local name is the first key, attributes are `@name`, text beside children or
// attributes is `#text`, a repeated element becomes an array, an element with text alone a string.
// False, and an untouched tree, when the text is not well-formed or uses an entity of its own.
// `keep_partial`: of a text that is cut short, what came before the cut.
bool parse_xml(std::string_view text, bool keep_partial, Tree& tree);

}  // namespace errgate::mapping
