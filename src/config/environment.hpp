// ${NAME} in the routes file.
#pragma once

#include "config/document.hpp"

#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace errgate::config {

// Where ${NAME} is looked up; tests pass a map.
using Environment = std::function<std::optional<std::string>(const std::string& name)>;
Environment process_environment();

// Replaces ${NAME} in every scalar under `root` (never in keys) and "$${" by a literal "${".
// Unset variables and malformed references are problems; no value read is ever part of one.
void substitute_environment(Value& root, const std::string& file, const Environment& environment,
                            std::vector<Problem>& problems);

}  // namespace errgate::config
