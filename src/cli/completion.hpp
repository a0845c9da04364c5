// Shell completions, from the same facts as --help.
#pragma once

#include "cli/command_tree.hpp"

#include <iosfwd>

namespace errgate::cli {

// A script to be sourced by bash, or to lie in its completions folder as `errgate`.
void write_bash_completion(const std::vector<CommandFacts>& tree, std::ostream& out);

// A function file for zsh's fpath, named `_errgate`.
void write_zsh_completion(const std::vector<CommandFacts>& tree, std::ostream& out);

}  // namespace errgate::cli
