// Card numbers in text: how one is recognised, and where in a text it begins and ends.
#pragma once

#include <array>
#include <cstddef>
#include <optional>
#include <string_view>

namespace errgate::errors {

inline constexpr std::size_t kMinCardDigits = 13;
inline constexpr std::size_t kMaxCardDigits = 19;

// 13 to 19 digits and nothing else, with a valid Luhn digit and the prefix and length of an issuer.
// Luhn alone would also take every tenth random number.
bool looks_like_card_number(std::string_view digits);

struct CardMatch {
    std::size_t end;                // first byte after it
    std::array<char, 4> last_four;  // what may be shown (PCI DSS 3.4.1)
};

// The card number whose first digit is text[at], which must be a digit that no digit precedes.
// Groups of digits may have up to three separators between: spaces, hyphens, dashes, '+', and what
// stands for a blank in a URL, in JSON or on a page (%20, \u0020, &nbsp;); groups of four to six
// digits also a dot, a comma or another mark. What stands right before and behind does not matter:
// a number written close to letters is still one.
std::optional<CardMatch> match_card(std::string_view text, std::size_t at);

// The same where `~0` and `~1` stand for '~' and '/', as in a JSON pointer (RFC 6901 section 3):
// the 1 of "4242~14242" is no digit of the number. Nothing when there is no such escape close by.
std::optional<CardMatch> match_card_in_pointer(std::string_view text, std::size_t at);

// Bytes of the separator (one character or one escape) at the front of `text`; 0: none.
std::size_t separator_length(std::string_view text);

}  // namespace errgate::errors
