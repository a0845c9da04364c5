// Credentials that give themselves away by their form: API keys, JWTs, bearer tokens and the like.
#pragma once

#include "errors/mask.hpp"

#include <optional>
#include <string_view>

namespace errgate::errors {

// Does a word look like it came from a generator? Error texts are full of words such as
// `client_secret_mismatch` or `Bearer authentication`, which must stay readable.
bool looks_random(std::string_view word);

// API keys (sk_live_..., whsec_...), JWTs, `..._secret_...`, and what follows `Bearer` or `Basic`;
// the token starts the match.
std::optional<Mask> match_secret(std::string_view text, Token token);

// May such a secret begin at text[at], the start of a word or behind an underscore? Looks at its
// opening alone, so that a text of nothing but openings costs no more than any other.
bool may_begin_secret(std::string_view text, std::size_t at);

// The letters one may begin with, in either case.
inline constexpr std::string_view kSecretInitials = "abefglprstwx";

// user:password@ of the URL whose "://" is at text[at].
std::optional<Mask> match_user_info(std::string_view text, std::size_t at);

inline constexpr std::string_view kPemBegin = "-----BEGIN ";

// A PEM block whose "-----BEGIN " is at text[at], to its end or the text's.
std::optional<Mask> match_pem(std::string_view text, std::size_t at);

}  // namespace errgate::errors
