#include "cli/cli.hpp"

#include "cli/build_facts.hpp"
#include "cli/commands.hpp"
#include "cli/exit_codes.hpp"
#include "config/document.hpp"

#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>

#include <exception>
#include <ostream>

namespace errgate::cli {
namespace {

// The first argument that `at` does not know, and what it may have been meant for. CLI11 speaks of
// what is missing before what is wrong: `run --conf x` lacks a --config.
std::string unknown_word(const CLI::App& at, bool command_missing) {
    for (const std::string& word : at.remaining(true)) {
        const bool option = word.starts_with("-");
        if (!option && !command_missing) continue;
        std::vector<std::string> known;
        for (const CLI::App* command : at.get_subcommands([](const CLI::App*) { return true; }))
            if (!option) known.push_back(command->get_name());
        for (const CLI::Option* one : at.get_options())
            for (const std::string& name : one->get_lnames())
                if (option) known.push_back("--" + name);
        const std::string meant = config::did_you_mean(word, {known.begin(), known.end()});
        return (option ? "unknown option " : "unknown command ") + word +
               (meant.empty() ? "" : "; did you mean " + meant + "?");
    }
    return {};
}

int refuse_usage(const CLI::App& app, const CLI::ParseError& error, std::ostream& err) {
    const std::vector<CLI::App*> commands = app.get_subcommands();
    const CLI::App& at = commands.empty() ? app : *commands.front();
    const std::string unknown = unknown_word(at, commands.empty());
    err << "errgate: " << (unknown.empty() ? error.what() : unknown) << " (see errgate"
        << (commands.empty() ? "" : " " + at.get_name()) << " --help)\n";
    return kWrongUsage;
}

}  // namespace

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
                      add_simulate, add_health, add_reload, add_completion, add_man})
        add(app, chosen);
    try {
        app.parse(argc, argv);
    } catch (const CLI::Success& request) {  // --help, --version
        return app.exit(request, io.out, io.err);
    } catch (const CLI::ParseError& error) {
        return refuse_usage(app, error, io.err);
    }
    try {
        return chosen(io);
    } catch (const std::exception& error) {
        io.err << "errgate: " << error.what() << '\n';
        return kCannotStart;
    }
}

}  // namespace errgate::cli
