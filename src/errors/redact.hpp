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
// whose last four may stay. UUIDs and values that are masked already are left alone; a number glued
// to letters or underscores is not. Line breaks and tabs become spaces, other control characters
// are dropped, invalid UTF-8 becomes U+FFFD, and the result is cut at `max_bytes` on a character
// boundary. Its own output comes through it unchanged, so a text may be redacted again on its way
// to the log.
std::string redact(std::string_view text, std::size_t max_bytes = 500);

// The same as a view: into `text` when there is nothing to mask, which copies nothing, else into
// `store`.
std::string_view redact_into(std::string& store, std::string_view text,
                             std::size_t max_bytes = 500);

// The same to a text that is there already: the usual one, with nothing to mask, stays where it is.
void redact_in_place(std::string& text, std::size_t max_bytes = 500);

// The value of a member with that name: hidden whole when the name is one that announces card data
// or a secret (`cvc`, `card_number`, `client_secret` ...), whatever the value looks like.
std::string redact_value(std::string_view name, std::string value, std::size_t max_bytes);

// Is that the pointer of card data or of a secret (/card/cvc, /cvc/0)?
bool names_secret(std::string_view pointer);

// A sentence about the member at that pointer. When it is card data or a secret, a provider that
// quotes what it was sent gives it away: quoted pieces and numbers of three digits or more go too.
std::string redact_about(std::string_view pointer, std::string sentence, std::size_t max_bytes);

// A member that is declared to be an id. Many of them look like card numbers, which they are not;
// a credential that a provider echoes there goes like everywhere.
std::string redact_id(std::string id);

}  // namespace errgate::errors
