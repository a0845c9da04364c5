// What this program was built from, for bug reports.
#pragma once

#include <string>

namespace errgate::cli {

// "errgate 0.1.0", then a line on the compiler and one on the libraries.
std::string build_facts();

}  // namespace errgate::cli
