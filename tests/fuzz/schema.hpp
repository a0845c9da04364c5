// As much of JSON Schema as the published description of the envelope uses.
#pragma once

#include <nlohmann/json_fwd.hpp>

namespace errgate::fuzz {

// Does the value fit the schema? `document` is what a `$ref` points into. Aborts at a keyword it
// does not know: an assertion that nobody checks would pass for one that holds.
bool fits(const nlohmann::ordered_json& value, const nlohmann::ordered_json& schema,
          const nlohmann::ordered_json& document);

}  // namespace errgate::fuzz
