// The JSON Schemas of config/schema, inside the binary.
#pragma once

#include <string_view>

namespace errgate::cli {

std::string_view routes_schema();   // of the routes file
std::string_view mapping_schema();  // of a mapping file

}  // namespace errgate::cli
