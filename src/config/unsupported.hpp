// What the grammar knows and this version does not do yet: one table, refused at load.
#pragma once

#include "config/document.hpp"
#include "config/reader.hpp"

#include <string_view>

namespace errgate::config {

// Reports every use, in the file, of a key or value of the table. A key that only repeats the
// default is no use, and a value that could not be read is reported already.
void report_unsupported(const Value& root, Report& report);

// Is there a row for this very path?
bool is_unsupported(std::string_view path);

}  // namespace errgate::config
