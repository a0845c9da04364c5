#include "cli/man_page.hpp"

#include "app/version.hpp"
#include "cli/exit_codes.hpp"

#include <cctype>
#include <ostream>
#include <sstream>

namespace errgate::cli {
namespace {

// Text as roff takes it literally: a hyphen is a minus that can be pasted, a line never a request.
std::string roff(std::string_view text) {
    std::string out;
    bool line_begins = true;
    for (const char c : text) {
        if (line_begins && (c == '.' || c == '\'')) out += "\\&";
        if (c == '\\') {
            out += "\\e";
        } else if (c == '-') {
            out += "\\-";
        } else if (c == '\'') {
            out += "\\(aq";
        } else {
            out += c;
        }
        line_begins = c == '\n';
    }
    return out;
}

std::string bold(std::string_view text) {
    return "\\fB" + roff(text) + "\\fR";
}

std::string italic(std::string_view text) {
    return "\\fI" + roff(text) + "\\fR";
}

// "-c, --config FILE"
std::string heading(const OptionFacts& option) {
    std::string text;
    for (const auto& flag : option.flags)
        text += (text.empty() ? "" : ", ") + bold(flag);
    if (option.flags.empty()) return italic(option.name);
    if (!option.argument.empty()) text += ' ' + italic(option.argument);
    return text;
}

void write_option(const OptionFacts& option, std::ostream& out) {
    out << ".TP\n" << heading(option) << '\n' << roff(option.description);
    if (option.required) out << " (required)";
    if (!option.initial.empty()) out << " (default: " << roff(option.initial) << ')';
    out << '\n';
}

void write_options(const CommandFacts& command, std::ostream& out) {
    for (const auto& option : command.options)
        write_option(option, out);
}

void write_as_is(const std::string& text, std::ostream& out) {
    if (text.empty()) return;
    out << ".PP\n.nf\n" << roff(text) << (text.ends_with('\n') ? "" : "\n") << ".fi\n";
}

std::string synopsis(const CommandFacts& command) {
    std::string text = bold("errgate " + command.name) + " [" + italic("OPTIONS") + ']';
    for (const auto& option : command.options)
        if (option.flags.empty())
            text += ' ' + (option.required ? italic(option.name) : '[' + italic(option.name) + ']');
    return text;
}

void write_command(const CommandFacts& command, std::ostream& out) {
    out << ".SS " << command.name << '\n'
        << synopsis(command) << "\n.PP\n"
        << roff(command.description) << ".\n";
    write_options(command, out);
    write_as_is(command.footer, out);
}

void write_exit_codes(std::ostream& out) {
    out << ".SH EXIT STATUS\n";
    for (const auto& code : kExitCodes)
        out << ".TP\n.B " << code.value << '\n' << roff(code.meaning) << '\n';
}

constexpr std::string_view kSignals =
    ".SH SIGNALS\n"
    ".TP\n.B SIGTERM\\fR, \\fBSIGINT\n"
    "Stop: requests under way are finished. A second one ends at once.\n"
    ".TP\n.B SIGHUP\n"
    "Read the configuration again; a bad one changes nothing.\n"
    ".TP\n.B SIGUSR1\n"
    "Open the file of the access log anew, for log rotation.\n";

constexpr std::string_view kFiles =
    ".SH FILES\n"
    ".TP\n.I /etc/errgate/errgate.yaml\n"
    "The routes file of the service.\n"
    ".TP\n.I /etc/errgate/environment\n"
    "NAME=value lines for the service: what ${NAME} in the routes file reads.\n"
    ".TP\n.I /usr/share/doc/errgate/dialects/\n"
    "The mapping files that are built into the program, to read and to copy.\n";

}  // namespace

void write_man_page(const std::vector<CommandFacts>& tree, std::ostream& out) {
    const CommandFacts& program = tree.front();
    out << ".TH ERRGATE 1 \"\" \"errgate " << app::kVersion << "\" \"User Commands\"\n"
        << ".SH NAME\nerrgate \\- one error envelope for every payment provider\n"
        << ".SH SYNOPSIS\n"
        << bold("errgate") << ' ' << italic("COMMAND") << " [" << italic("OPTIONS") << "]\n"
        << ".SH DESCRIPTION\n"
        << roff(program.description) << '\n'
        << ".SH OPTIONS\n";
    write_options(program, out);
    out << ".SH COMMANDS\n";
    for (std::size_t i = 1; i < tree.size(); ++i)
        write_command(tree[i], out);
    write_exit_codes(out);
    out << kSignals << kFiles;
}

}  // namespace errgate::cli
