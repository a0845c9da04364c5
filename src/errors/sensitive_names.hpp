// Names that announce card data or a secret.
#pragma once

#include "errors/mask.hpp"

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

namespace errgate::errors {

// What such a name announces.
enum class ValueKind : std::uint8_t {
    security_code,  // 3 or 4 digits
    pin,            // 4 to 12 digits
    number,         // a card or account number, valid or not: the last four stay
    secret,         // anything, when written as an assignment
};

// By the slot of its last character but one, a bit for the slot of each that a name may end in. An
// underscore is not part of a name, which may end before it.
extern const std::array<std::uint32_t, 32> kNameEndings;

// Could a name end with this word? Asked of every one, so it must cost next to nothing; a yes may
// be wrong.
inline bool may_end_name(std::string_view word) {
    if (word.size() < 2) return true;
    const std::uint32_t endings = kNameEndings[letter_slot(word[word.size() - 2])];
    return (endings >> letter_slot(word.back()) & 1U) != 0;
}

// What the name that is written there announces; it may be several words.
std::optional<ValueKind> announced_kind(std::string_view text, Token name);

// Does a member of this name hold card data or a secret: `number`, `cardCvc`, `client_secret`?
bool is_sensitive_name(std::string_view name);

}  // namespace errgate::errors
