// The subcommands: each adds itself to the parser and sets `chosen` when it is the one.
#pragma once

#include "cli/io.hpp"

#include <CLI/App.hpp>

namespace errgate::cli {

void add_run(CLI::App& app, Command& chosen);
void add_check(CLI::App& app, Command& chosen);
void add_explain(CLI::App& app, Command& chosen);
void add_codes(CLI::App& app, Command& chosen);
void add_schema(CLI::App& app, Command& chosen);
void add_demo(CLI::App& app, Command& chosen);
void add_simulate(CLI::App& app, Command& chosen);
void add_health(CLI::App& app, Command& chosen);
void add_reload(CLI::App& app, Command& chosen);
void add_completion(CLI::App& app, Command& chosen);
void add_man(CLI::App& app, Command& chosen);

}  // namespace errgate::cli
