// Which field a name is, for the few that this product treats in a way of their own.
#pragma once

#include "http/head.hpp"

#include <string_view>

namespace errgate::http {

// FieldName::unknown for every other name. ASCII case-insensitive; `name` must be a token
// (RFC 9110 section 5.6.2). A third of the work of Beast's string_to_field(), which knows 350.
FieldName field_name(std::string_view name);

}  // namespace errgate::http
