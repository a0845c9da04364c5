// Card data and secrets out of any string that leaves the gateway: envelope, log, journal, page.
#pragma once

#include <string>
#include <string_view>

namespace errgate::errors {

// Masks, in place order: bearer and basic credentials, API keys (sk_live_ ...), JWTs, client
// secrets, CVV beside its name, track data, and card numbers (13 to 19 digits, single spaces or
// hyphens between, Luhn and an issuer range), of which the last four stay. UUIDs and values that
// are masked already are left alone. Control characters are dropped, invalid UTF-8 becomes U+FFFD,
// and the result is cut at `max_bytes` on a character boundary.
std::string redact(std::string_view text, std::size_t max_bytes = 500);

// Masks card numbers only: for declared id members, which may look like anything else.
bool looks_like_card_number(std::string_view digits);

}  // namespace errgate::errors
