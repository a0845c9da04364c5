// The command line: arguments in, exit code out.
#pragma once

#include "cli/io.hpp"

namespace errgate::cli {

// Parses `argv` (argv[0] is the program) and runs the subcommand. Help and version go to io.out,
// every error to io.err, one line each.
int run_command_line(int argc, const char* const* argv, const Io& io);

}  // namespace errgate::cli
