// The command line as data: what --help prints, for the man page and the shell completions.
#pragma once

#include <CLI/App.hpp>

#include <string>
#include <vector>

namespace errgate::cli {

struct OptionFacts {
    std::vector<std::string> flags;    // "-c", "--config"; empty for a positional
    std::string name;                  // of a positional, "file"
    std::string argument;              // "FILE", "INT"; empty for a flag that takes none
    std::string initial;               // the default, as --help prints it; empty when there is none
    std::vector<std::string> choices;  // the only values it takes; empty when that is open
    std::string description;
    bool required = false;
};

struct CommandFacts {
    std::string name;  // "run"; the program's own entry has its name, "errgate"
    std::string description;
    std::string footer;  // examples
    std::vector<OptionFacts> options;
};

// The program first, then its commands in the order of --help; hidden ones are left out.
std::vector<CommandFacts> command_tree(const CLI::App& program);

}  // namespace errgate::cli
