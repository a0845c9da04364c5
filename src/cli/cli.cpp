#include "cli/cli.hpp"

#include "cli/build_facts.hpp"
#include "cli/commands.hpp"
#include "cli/exit_codes.hpp"

#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>

#include <exception>
#include <ostream>

namespace errgate::cli {

int run_command_line(int argc, const char* const* argv, const Io& io) {
    CLI::App app(
        "One error envelope for every payment provider: a reverse proxy beside your "
        "application.",
        "errgate");
    app.set_version_flag("--version", build_facts());
    app.require_subcommand(1);
    app.footer(
        "Example:\n  errgate demo --tour\n\n`errgate COMMAND --help` explains a command.\n"
        "Exit codes: " +
        exit_code_list() + '.');
    Command chosen;
    for (auto* add : {add_run, add_check, add_explain, add_codes, add_schema, add_demo,
                      add_simulate, add_health, add_completion, add_man})
        add(app, chosen);
    try {
        app.parse(argc, argv);
    } catch (const CLI::Success& request) {  // --help, --version
        return app.exit(request, io.out, io.err);
    } catch (const CLI::ParseError& error) {
        io.err << "errgate: " << error.what() << " (see errgate --help)\n";
        return kWrongUsage;
    }
    try {
        return chosen(io);
    } catch (const std::exception& error) {
        io.err << "errgate: " << error.what() << '\n';
        return kCannotStart;
    }
}

}  // namespace errgate::cli
