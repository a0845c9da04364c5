// Text without the characters that only serve to deceive a reader, a terminal or a scanner.
#pragma once

#include <string>
#include <string_view>

namespace errgate::errors {

// Line breaks and tabs become spaces, other control characters and invisible ones (zero-width,
// direction overrides) are dropped, Unicode spaces and hyphens, the digits of every script and
// full-width letters become ASCII, so that neither number nor key can hide behind them, and
// ill-formed UTF-8 becomes U+FFFD. Two digits that something was dropped between get a space: they
// were no neighbours.
std::string plain_text(std::string_view text);

}  // namespace errgate::errors
