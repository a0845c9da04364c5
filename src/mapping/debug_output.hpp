// Text that was written for a developer's screen, not for people who pay.
#pragma once

#include <string_view>

namespace errgate::mapping {

// Markup, stack traces, database errors, and data that could not be parsed. Needs the text as it
// was sent: a trace is known by its line breaks, too.
bool looks_like_debug_output(std::string_view text);

}  // namespace errgate::mapping
