// Start lines that Beast refuses: what exactly is wrong, and the one form that is taken anyway.
#pragma once

#include "http/violation.hpp"

#include <array>
#include <cstddef>
#include <string_view>

namespace errgate::http {

// Both take a whole line with its CRLF that is known to be bad.
Violation request_line_violation(std::string_view line);
Violation status_line_violation(std::string_view line);

// "HTTP/1.1 200\r\n", without the space that RFC 9112 4 asks for behind the code. nginx and
// HAProxy take it; Beast does not.
inline constexpr std::size_t kFullStatusLine = 15;
bool is_bare_status_line(std::string_view line);
// The same line with the space, in the caller's array.
std::string_view complete_status_line(std::string_view line,
                                      std::array<char, kFullStatusLine>& out);

}  // namespace errgate::http
