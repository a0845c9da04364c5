#include "cli/man_page.hpp"
#include "run_cli.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace errgate::cli {
namespace {

using testing::HasSubstr;
using testing::Not;

std::string man_page(const std::vector<CommandFacts>& tree) {
    std::ostringstream out;
    write_man_page(tree, out);
    return out.str();
}

CommandFacts command(const std::string& name, std::vector<OptionFacts> options = {}) {
    return {name, "Does " + name, "", std::move(options)};
}

TEST(ManPage, ShowsWhatTheOptionTakesAndItsDefault) {
    OptionFacts option;
    option.flags = {"-p", "--port"};
    option.argument = "UINT";
    option.initial = "8080";
    option.description = "Port of the gateway";
    EXPECT_THAT(man_page({command("errgate"), command("demo", {option})}),
                HasSubstr(".TP\n\\fB\\-p\\fR, \\fB\\-\\-port\\fR \\fIUINT\\fR\n"
                          "Port of the gateway (default: 8080)\n"));
}

TEST(ManPage, TextIsNeverTakenForARequest) {
    CommandFacts one = command("errgate");
    one.description = ".so /etc/passwd\n'br \\n";
    EXPECT_THAT(man_page({one}), HasSubstr("\n\\&.so /etc/passwd\n\\&\\(aqbr \\en\n"));
}

TEST(ManPage, HasEveryVisibleCommand) {
    const Ran run = run_cli({"man"});
    EXPECT_EQ(run.exit_code, kFine);
    for (const std::string_view name :
         {"run", "check", "explain", "codes", "demo", "health", "reload"}) {
        EXPECT_THAT(run.out, HasSubstr("\n.SS " + std::string(name) + "\n"));
    }
    EXPECT_THAT(run.out, Not(HasSubstr("\n.SS man\n")));
}

TEST(Completion, KnowsTheClosedSets) {
    const std::string bash = run_cli({"completion", "bash"}).out;
    EXPECT_THAT(bash, HasSubstr("'codes --format') _errgate_words 'table json markdown"));
    EXPECT_THAT(bash, HasSubstr("completion) if [[ $cur == -* ]]; then _errgate_words '-h --help'; "
                                "else _errgate_words 'bash zsh'; fi ;;"));
}

TEST(Completion, ZshDescriptionsAreQuoted) {
    EXPECT_THAT(run_cli({"completion", "zsh"}).out,
                HasSubstr("'*--status[The provider'\\''s status]:INT: '"));
}

TEST(Completion, KnowsNoOtherShell) {
    const Ran run = run_cli({"completion", "fish"});
    EXPECT_EQ(run.exit_code, kWrongUsage);
    EXPECT_THAT(run.err, HasSubstr("fish"));
}

}  // namespace
}  // namespace errgate::cli
