// Rules between the values of a routes file: names resolve, timeouts nest, nothing is shadowed.
#pragma once

#include "config/model.hpp"
#include "config/reader.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace errgate::config {

// `root` is the document the model was read from (for the places of problems); `dialects` the
// names that exist, sorted. Where the reader already reported a value, rules on it are skipped.
void validate(const Model& model, const Value& root, const std::vector<std::string_view>& dialects,
              Report& report);

// What may be the admin listener's bearer token.
bool is_admin_token(std::string_view text);
inline constexpr std::string_view kAdminTokenRule =
    "a token of at least 16 visible ASCII characters without spaces";

// What is legal and probably not meant, one sentence each.
std::vector<std::string> notices(const Model& model);

}  // namespace errgate::config
