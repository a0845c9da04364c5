// Which text a client reads: the provider's, where it is meant for people, else the code's own.
#pragma once

#include "errors/codes.hpp"
#include "mapping/body.hpp"

#include <string>
#include <string_view>

namespace errgate::mapping {

// Text that was written for a developer's screen: markup, stack traces, database errors, and data
// that could not be parsed.
bool looks_like_debug_output(std::string_view text);

// For codes below 500 the provider's text, redacted; for the others, for HTML pages, for debug
// output and where the provider said nothing, the code's. Never empty.
std::string client_message(const errors::CodeInfo& code, BodyKind kind, Text said);

}  // namespace errgate::mapping
