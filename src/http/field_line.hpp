// One field line of a head (RFC 9112 section 5).
#pragma once

#include "http/head.hpp"
#include "http/violation.hpp"

#include <string_view>

namespace errgate::http {

// Appends the field that `line` (without its CRLF) holds, as views into it, or says what is wrong.
// The name is a token that the colon follows at once, the value has no control character but HTAB
// (RFC 9110 section 5.5), and a Connection field is a list of tokens (7.6.1).
Violation take_field_line(std::string_view line, Fields& fields);

}  // namespace errgate::http
