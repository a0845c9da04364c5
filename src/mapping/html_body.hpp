// What a person would read on an HTML page: its title, its first heading, its text.
#pragma once

#include "mapping/tree.hpp"

#include <string>
#include <string_view>

namespace errgate::mapping {

inline constexpr std::size_t kMaxPageText = 2000;  // bytes kept of a page's or a plain text

// {title, h1, text}: tags and scripts stripped, blanks collapsed. Any bytes will do; one pass each.
void read_html(std::string_view text, Tree& tree);

// Without its tags (`<...>`); each becomes `with`. A '<' that is never closed stays.
std::string strip_tags(std::string_view text, std::string_view with);

// Every run of blanks as one, none at the ends, cut at `max_bytes` on a character boundary.
std::string collapse_blanks(std::string_view text, std::size_t max_bytes);

}  // namespace errgate::mapping
