// Bodies without markup: form fields, `name=value` lines, and plain text.
#pragma once

#include "mapping/tree.hpp"

#include <string_view>

namespace errgate::mapping {

// `a=1&b=2`, percent-decoded into a flat object, the last of a repeated name wins. False, and an
// untouched tree, unless the whole text looks so, with at least one `&`.
bool parse_form(std::string_view text, Tree& tree);

// At least two lines, all of them `name=value`: a flat object.
bool parse_lines(std::string_view text, Tree& tree);

// {text}: blanks collapsed.
void read_text(std::string_view text, Tree& tree);

}  // namespace errgate::mapping
