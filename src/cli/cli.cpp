#include "cli/cli.hpp"

#include "app/version.hpp"
#include "cli/commands.hpp"

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
    app.set_version_flag("--version", "errgate " + std::string(app::kVersion));
    app.require_subcommand(1);
    app.footer(
        "Example:\n  errgate demo --tour\n\n`errgate COMMAND --help` explains a command.\n"
        "Exit codes: 0 fine, 1 invalid configuration, 2 wrong usage, 3 cannot start.");
    Command chosen;
    for (auto* add : {add_run, add_check, add_explain, add_codes, add_demo})
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
