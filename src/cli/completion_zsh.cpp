// The zsh half of the completions.
#include "cli/completion.hpp"

#include <ostream>

namespace errgate::cli {
namespace {

// A description inside a single-quoted spec of _arguments or _describe.
std::string escaped(std::string_view text) {
    std::string out;
    for (const char c : text) {
        if (c == '\'') {
            out += "'\\''";
            continue;
        }
        if (c == '[' || c == ']' || c == ':' || c == '\\') out += '\\';
        out += c;
    }
    return out;
}

// ":FILE:_files", ":FORMAT:(table json)", ": :"
std::string action(const OptionFacts& option) {
    std::string text = ":" + escaped(option.argument.empty() ? option.name : option.argument) + ':';
    if (option.choices.empty()) return text + (option.argument == "FILE" ? "_files" : " ");
    text += '(';
    for (std::size_t i = 0; i < option.choices.size(); ++i)
        text += (i == 0 ? "" : " ") + option.choices[i];
    return text + ')';
}

// One spec for each spelling; "*" because several options may be repeated.
void write_specs(const OptionFacts& option, std::ostream& out) {
    if (option.flags.empty()) out << " \\\n        '1" << action(option) << '\'';
    for (const auto& flag : option.flags)
        out << " \\\n        '*" << flag << '[' << escaped(option.description) << ']'
            << (option.argument.empty() ? "" : action(option)) << '\'';
}

void write_arguments(const CommandFacts& command, std::ostream& out) {
    for (const auto& option : command.options)
        write_specs(option, out);
}

}  // namespace

void write_zsh_completion(const std::vector<CommandFacts>& tree, std::ostream& out) {
    out << "#compdef errgate\n"
           "# zsh completion of errgate, made by `errgate completion zsh`.\n"
           "_errgate() {\n"
           "    local context state state_descr line\n"
           "    typeset -A opt_args\n"
           "    local -a commands=(\n";
    for (std::size_t i = 1; i < tree.size(); ++i)
        out << "        '" << tree[i].name << ':' << escaped(tree[i].description) << "'\n";
    out << "    )\n    _arguments -C";
    write_arguments(tree.front(), out);
    out << " \\\n        '1:command:->command' '*::argument:->argument'\n"
           "    case $state in\n"
           "        command) _describe -t commands command commands ;;\n"
           "        argument) case $words[1] in\n";
    for (std::size_t i = 1; i < tree.size(); ++i) {
        out << "        " << tree[i].name << ") _arguments";
        write_arguments(tree[i], out);
        out << " ;;\n";
    }
    out << "        esac ;;\n    esac\n}\n"
           "if [[ $funcstack[1] == _errgate ]]; then _errgate \"$@\"; else compdef _errgate "
           "errgate; "
           "fi\n";
}

}  // namespace errgate::cli
