// Values that their name gives away: cvv=123, "password":"x", account number 12345678.
#pragma once

#include "errors/mask.hpp"

#include <optional>
#include <string_view>

namespace errgate::errors {

// The secret value that follows the name whose last word is `last`, when the name is one of those
// that announce one and the value has a form that fits. `CVC check failed` and `token: required` do
// not.
std::optional<Mask> match_named_value(std::string_view text, Token last);

// Does a member of this name hold card data or a secret: `number`, `cardCvc`, `client_secret`?
bool is_sensitive_name(std::string_view name);

}  // namespace errgate::errors
