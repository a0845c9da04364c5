// Values that their name gives away: cvv=123, "password":"x", account number 12345678.
#pragma once

#include "errors/mask.hpp"
#include "errors/run_reader.hpp"

#include <optional>
#include <string_view>

namespace errgate::errors {

// Finds the secret value that follows a name, when the name is one of those that announce one and
// the value has a form that fits. `CVC check failed` and `token: required` do not.
class NamedValueMatcher {
  public:
    explicit NamedValueMatcher(std::string_view text);

    // The value of the name whose last word is `last`. Words come from left to right.
    std::optional<Mask> match(Token last);

    std::size_t characters_read() const { return memory_.values.characters_read(); }

    // What was read for one name and serves the next.
    struct Memory {
        RunReader values;
        Token fillers{1, 0};  // words between a name and its value; none yet
    };

  private:
    std::optional<Mask> match_name(Token last);

    std::string_view text_;
    Memory memory_;
};

}  // namespace errgate::errors
