// Credentials that give themselves away by their form: API keys, JWTs, bearer tokens and the like.
#pragma once

#include "errors/mask.hpp"
#include "errors/run_reader.hpp"

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

namespace errgate::errors {

// The two letters a secret may begin with, in either case.
inline constexpr std::string_view kSecretOpenings =
    "ac ak ap aq ba be ea ek ey fl gh li pk rk rz se sh sk sq te wh xo";

// By the slot of the first letter, a bit for the slot of each that may stand behind it.
inline constexpr auto kSecondLetters = [] {
    std::array<std::uint32_t, 32> seconds{};
    for (std::size_t i = 0; i < kSecretOpenings.size(); i += 3)
        seconds[letter_slot(kSecretOpenings[i])] |= 1U << letter_slot(kSecretOpenings[i + 1]);
    return seconds;
}();

// Does text[at] begin with two such letters? The cheap part of the question below: a yes may be
// wrong.
constexpr bool has_secret_opening(std::string_view text, std::size_t at) {
    return at + 2 < text.size() &&
           (kSecondLetters[letter_slot(text[at])] >> letter_slot(text[at + 1]) & 1U) != 0;
}
bool opens_like_secret(std::string_view text, std::size_t at);

// May a secret begin at text[at], the start of a word or behind an underscore? Looks at its opening
// alone, so that a text of nothing but openings costs no more than any other.
inline bool may_begin_secret(std::string_view text, std::size_t at) {
    return has_secret_opening(text, at) && opens_like_secret(text, at);
}

inline constexpr std::string_view kClientSecretMark = "_secret_";

// Does the underscore at text[at] belong to what a secret inside a word is told by: "_secret_", or
// the end of sk_, rk_, pk_ and ek_?
inline bool is_inner_mark(std::string_view text, std::size_t at) {
    return (at > 0 && text[at - 1] == 'k') || text.substr(at).starts_with(kClientSecretMark);
}

// API keys (sk_live_..., whsec_...), JWTs, `..._secret_...`, and what follows `Bearer` or `Basic`.
class SecretMatcher {
  public:
    explicit SecretMatcher(std::string_view text);

    // The secret that a token starts or has inside, when it begins at `limit` at the latest. Tokens
    // come from left to right.
    std::optional<Mask> match(Token token, std::size_t limit) {
        if (inner_mark_ < token.begin) find_inner_mark(token.begin);
        // Neither, of nearly every word.
        if (inner_mark_ >= limit && !has_secret_opening(text_, token.begin)) return std::nullopt;
        return match_closely(token, limit);
    }

    std::size_t characters_read() const { return keys_.characters_read(); }

  private:
    void find_inner_mark(std::size_t at);
    std::optional<Mask> match_closely(Token token, std::size_t limit);
    std::optional<Mask> match_key_at(std::size_t begin);
    std::optional<Mask> match_inside(Token token, std::size_t limit);
    std::optional<Mask> match_key_inside(Token token, std::size_t limit);
    std::optional<Mask> match_credentials(Token token);
    bool is_key_tail(std::string_view prefix, std::string_view written, Token tail) const;

    std::string_view text_;
    RunReader keys_;
    std::size_t inner_mark_ = 0;  // the next one
};

// user:password@ of the URL whose "://" is at text[at].
std::optional<Mask> match_user_info(std::string_view text, std::size_t at);

inline constexpr std::string_view kPemBegin = "-----BEGIN ";

// A PEM block whose "-----BEGIN " is at text[at], to its end or the text's.
std::optional<Mask> match_pem(std::string_view text, std::size_t at);

}  // namespace errgate::errors
