// Is a text one JSON number?
#pragma once

#include <string_view>

namespace errgate::errors {

// RFC 8259 section 6: [-] int [frac] [exp], and nothing around it.
bool is_json_number(std::string_view text);

}  // namespace errgate::errors
