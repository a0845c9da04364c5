// Colour for people, and problems as people read them.
#pragma once

#include "config/document.hpp"

#include <iosfwd>
#include <string_view>
#include <vector>

namespace errgate::cli {

// Control sequences (ECMA-48 SGR), all empty where there must be none.
struct Style {
    std::string_view bold{};
    std::string_view good{};
    std::string_view bad{};
    std::string_view plain{};  // ends any of them
};

// Coloured only if `stream` is the process's stdout or stderr, that is a terminal, and neither
// NO_COLOR nor TERM=dumb asks for none.
Style style_of(const std::ostream& stream);

// One line each, the place first.
void print_problems(const std::vector<config::Problem>& problems, std::ostream& err);

}  // namespace errgate::cli
