// `errgate completion` and `errgate man`: the command line described for shells and for man(1).
#include "cli/commands.hpp"
#include "cli/completion.hpp"
#include "cli/man_page.hpp"

#include <memory>

namespace errgate::cli {

void add_completion(CLI::App& app, Command& chosen) {
    auto* command = app.add_subcommand("completion", "Print the completion script of a shell");
    auto shell = std::make_shared<std::string>();
    command->add_option("shell", *shell, "bash or zsh")
        ->required()
        ->check(CLI::IsMember({"bash", "zsh"}));
    command->footer(
        "Examples:\n"
        "  source <(errgate completion bash)\n"
        "  errgate completion zsh > \"${fpath[1]}/_errgate\"");
    command->callback([&app, &chosen, shell] {
        chosen = [&app, shell](const Io& io) {
            const auto write = *shell == "bash" ? write_bash_completion : write_zsh_completion;
            write(command_tree(app), io.out);
            return kFine;
        };
    });
}

void add_man(CLI::App& app, Command& chosen) {
    auto* command = app.add_subcommand("man", "Print the manual page, for packagers");
    command->group("");  // hidden
    command->footer("Example:\n  errgate man | man -l -");
    command->callback([&app, &chosen] {
        chosen = [&app](const Io& io) {
            write_man_page(command_tree(app), io.out);
            return kFine;
        };
    });
}

}  // namespace errgate::cli
