// The bash half of the completions.
#include "cli/completion.hpp"

#include <ostream>

namespace errgate::cli {
namespace {

std::string joined(const std::vector<std::string>& words, std::string_view separator) {
    std::string text;
    for (const auto& word : words)
        text += (text.empty() ? "" : std::string(separator)) + word;
    return text;
}

bool takes_file(const OptionFacts& option) {
    return option.argument == "FILE" && option.choices.empty();
}

// What stands behind `flag`, as one arm of a case over "COMMAND FLAG".
void write_value_arm(const CommandFacts& command, const OptionFacts& option, std::ostream& out) {
    if (option.flags.empty() || option.argument.empty()) return;
    std::vector<std::string> patterns;
    for (const auto& flag : option.flags)
        patterns.push_back("'" + command.name + ' ' + flag + "'");
    out << "        " << joined(patterns, " | ") << ") ";
    if (!option.choices.empty()) {
        out << "_errgate_words '" << joined(option.choices, " ") << "'; return ;;\n";
    } else {
        out << (takes_file(option) ? "_errgate_files; " : "") << "return ;;\n";
    }
}

void write_command_arm(const CommandFacts& command, std::ostream& out) {
    std::vector<std::string> flags;
    std::string positional = "return";
    for (const auto& option : command.options) {
        flags.insert(flags.end(), option.flags.begin(), option.flags.end());
        if (!option.flags.empty()) continue;
        if (takes_file(option)) positional = "_errgate_files";
        if (!option.choices.empty())
            positional = "_errgate_words '" + joined(option.choices, " ") + "'";
    }
    out << "        " << command.name << ") if [[ $cur == -* ]]; then _errgate_words '"
        << joined(flags, " ") << "'; else " << positional << "; fi ;;\n";
}

constexpr std::string_view kHelpers =
    R"(# bash completion of errgate, made by `errgate completion bash`.
_errgate_words() { mapfile -t COMPREPLY < <(compgen -W "$1" -- "$cur"); }
_errgate_files() {
    compopt -o filenames 2>/dev/null
    mapfile -t COMPREPLY < <(compgen -f -- "$cur")
}
_errgate() {
    local cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD - 1]} command=''
    COMPREPLY=()
    if ((COMP_CWORD > 1)); then command=${COMP_WORDS[1]}; fi
)";

}  // namespace

void write_bash_completion(const std::vector<CommandFacts>& tree, std::ostream& out) {
    std::vector<std::string> first;
    for (std::size_t i = 1; i < tree.size(); ++i)
        first.push_back(tree[i].name);
    for (const auto& option : tree.front().options)
        first.insert(first.end(), option.flags.begin(), option.flags.end());

    out << kHelpers << "    case \"$command $prev\" in\n";
    for (const auto& command : tree)
        for (const auto& option : command.options)
            write_value_arm(command, option, out);
    out << "    esac\n    case $command in\n        '') _errgate_words '" << joined(first, " ")
        << "' ;;\n";
    for (std::size_t i = 1; i < tree.size(); ++i)
        write_command_arm(tree[i], out);
    out << "    esac\n}\ncomplete -F _errgate errgate\n";
}

}  // namespace errgate::cli
