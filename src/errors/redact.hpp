// Card data and secrets out of any string that leaves the gateway: envelope, log, journal, page.
#pragma once

#include "errors/card_number.hpp"  // looks_like_card_number, for members declared to be ids

#include <cstddef>
#include <string>
#include <string_view>

namespace errgate::errors {

// `text` with everything masked that must not leave: bearer and basic credentials, API keys
// (sk_live_...), JWTs, client secrets, passwords in URLs, PEM blocks, values with a telling name
// (cvv=123, "password":"x"), track data, and card numbers (13 to 19 digits, up to three separators
// between groups, Luhn and an issuer range). The mask is `[redacted]`, or `****4242` for a number
// whose last four may stay. UUIDs, ids of letters and digits, and values that are masked already
// are left alone. Line breaks and tabs become spaces, other control characters are dropped,
// invalid UTF-8 becomes U+FFFD, and the result is cut at `max_bytes` on a character boundary.
// Its own output comes through it unchanged, so a text may be redacted again on its way to the log.
std::string redact(std::string_view text, std::size_t max_bytes = 500);

}  // namespace errgate::errors
