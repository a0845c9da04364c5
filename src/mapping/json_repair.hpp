// Makes JSON text that a strict parser refuses, but a reader understands, acceptable.
#pragma once

#include <string>
#include <string_view>

namespace errgate::mapping {

// Escaped lone surrogates become \ufffd; control characters inside strings (raw line feeds, NUL
// bytes) become blanks; numbers beyond the range of a double become null.
std::string repair_json(std::string_view text);

}  // namespace errgate::mapping
