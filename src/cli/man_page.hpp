// The command line as a manual page.
#pragma once

#include "cli/command_tree.hpp"

#include <iosfwd>

namespace errgate::cli {

// errgate(1) in the man(7) macros, from the same facts as --help.
void write_man_page(const std::vector<CommandFacts>& tree, std::ostream& out);

}  // namespace errgate::cli
