// A document's value written as JSON.
#pragma once

#include "config/document.hpp"

#include <string>

namespace errgate::config {

// Unquoted scalars that are JSON's own (numbers, true, false, null) stay what they are; every other
// one becomes a string.
void append_json(std::string& out, const Value& value);

}  // namespace errgate::config
