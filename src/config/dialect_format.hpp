// Formats of a mapping file -> compiled formats.
#pragma once

#include "config/reader.hpp"
#include "mapping/format.hpp"

#include <string>

namespace errgate::config {

mapping::Format read_format(Report& report, const Value& value, const std::string& path);

}  // namespace errgate::config
