// The first line of a head: taken apart, or what exactly is wrong with it (RFC 9112 sections 3, 4).
#pragma once

#include "http/head.hpp"
#include "http/violation.hpp"

#include <string_view>

namespace errgate::http {

// Both take the line without its CRLF and fill the head with views into it; what they leave there
// is only sound when they answer Violation::none.

// The target's characters are visible ASCII; target.hpp decides which forms are allowed.
Violation take_request_line(std::string_view line, RequestHead& head);

// Any three digits are a status here; framing.hpp decides which mean something. A line that ends
// right behind the code is taken, because servers in use send it and nginx and HAProxy take it.
Violation take_status_line(std::string_view line, ResponseHead& head);

}  // namespace errgate::http
