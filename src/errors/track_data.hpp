// What surrounds a card number on a magnetic stripe or in a dump of card data.
#pragma once

#include "errors/mask.hpp"

#include <cstddef>
#include <optional>
#include <string_view>

namespace errgate::errors {

// ISO/IEC 7813: the end of the track data that a card number ending at text[at] belongs to
// (4242...=2512101..., ...^DOE/JOHN^2512...?), or `at` when it stands alone.
std::size_t track_end(std::string_view text, std::size_t at);

// A whole track with its start sentinel (`;4242...=2512...?`, `%B4242...^...?`), which gives it
// away even when the number is not a valid one.
std::optional<Mask> match_track(std::string_view text, std::size_t at);

// A security code right behind a card number, perhaps with the expiry date between:
// `4242424242424242|12|2027|123`.
std::optional<Mask> match_code_after_card(std::string_view text, std::size_t at);

}  // namespace errgate::errors
