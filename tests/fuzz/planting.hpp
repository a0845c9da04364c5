// What a fuzz target hides in an answer that must not come out of it, and how to look for it.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace errgate::fuzz {

inline constexpr std::size_t kCardForms = 10;  // ways in which a card number is written

// Every '$' becomes the card number and every '`' the key, held apart from what would make another
// number or key of them.
std::string planted(std::string_view text, std::size_t card_form);

// Where the text is an object, an element or a form: with a member that no mapping names and that
// holds the unmapped word. With `everywhere`, in every object inside too.
std::string with_unmapped(std::string text, bool everywhere);

// Whatever stands between the digits, letters apart; whatever the case of the letters.
bool shows_card(std::string_view text);
bool shows_key(std::string_view text);
bool shows_unmapped(std::string_view text);

}  // namespace errgate::fuzz
