// Rules that can never be reached.
#pragma once

#include "config/dialect_rule.hpp"

#include <vector>

namespace errgate::config {

// A rule that can never be first, because an earlier one asks for the same or less, is a problem.
// Rules of presets are never blamed: they are there to be overruled.
void lint_rules(Report& report, const std::vector<LoadedRule>& rules);

}  // namespace errgate::config
