#include "cli/cli.hpp"

#include "run_cli.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

namespace errgate::cli {
namespace {

using testing::HasSubstr;
using testing::StartsWith;

TEST(CommandLine, HelpGoesToStdout) {
    const Ran run = run_cli({"--help"});
    EXPECT_EQ(run.exit_code, kFine);
    EXPECT_EQ(run.err, "");
    for (const std::string_view command : {"run", "check", "explain", "codes", "demo", "simulate",
                                           "health", "reload", "completion"}) {
        EXPECT_THAT(run.out, HasSubstr("\n  " + std::string(command) + " "));
    }
}

TEST(CommandLine, EveryHelpHasAnExample) {
    for (const std::string command : {"run", "check", "explain", "codes", "demo", "simulate",
                                      "health", "reload", "completion"}) {
        const Ran run = run_cli({command, "--help"});
        EXPECT_EQ(run.exit_code, kFine) << command;
        EXPECT_THAT(run.out, HasSubstr("  errgate " + command)) << command;
    }
    EXPECT_THAT(run_cli({"--help"}).out, HasSubstr("Example:"));
}

TEST(CommandLine, SaysItsVersion) {
    const Ran run = run_cli({"--version"});
    EXPECT_EQ(run.exit_code, kFine);
    EXPECT_THAT(run.out, StartsWith("errgate "));
}

TEST(CommandLine, SaysWhatItWasBuiltFrom) {
    const std::string version = run_cli({"--version"}).out;
    for (const std::string_view fact :
         {"\nbuilt: ", "\nlibraries: Boost 1.", "OpenSSL 3.", "zlib "})
        EXPECT_THAT(version, HasSubstr(std::string(fact)));
}

struct Misuse {
    std::string_view name;
    std::vector<std::string> arguments;
};

TEST(CommandLine, WrongUsageIsOneLineOnStderrAndExitCode2) {
    const Misuse kCases[] = {
        {"no command", {}},
        {"unknown command", {"serve"}},
        {"unknown option", {"run", "--conf", "x"}},
        {"missing option", {"run"}},
        {"missing file", {"check"}},
        {"unknown format", {"codes", "--format", "xml"}},
        {"port out of range", {"demo", "--port", "70000"}},
        {"address that is a name", {"simulate", "--address", "localhost"}},
        {"status out of range", {"explain", "--dialect", "kira", "--status", "42"}},
        {"neither dialect nor recording", {"explain"}},
        {"header without a colon", {"explain", "--dialect", "kira", "--header", "nocolon"}},
        {"config and mapping",
         {"explain", "--dialect", "kira", "--config", "a.yaml", "--mapping", "b.yaml"}},
    };
    for (const Misuse& one : kCases) {
        const Ran run = run_cli(one.arguments);
        EXPECT_EQ(run.exit_code, kWrongUsage) << one.name;
        EXPECT_EQ(run.out, "") << one.name;
        EXPECT_THAT(run.err, StartsWith("errgate: ")) << one.name;
        EXPECT_EQ(std::count(run.err.begin(), run.err.end(), '\n'), 1) << one.name << run.err;
    }
}

TEST(CommandLine, NamesTheWordItDoesNotKnow) {
    const auto said = [](const std::vector<std::string>& arguments) {
        return run_cli(arguments).err;
    };
    EXPECT_EQ(said({"rnu"}),
              "errgate: unknown command rnu; did you mean run? (see errgate --help)\n");
    EXPECT_EQ(said({"serve"}), "errgate: unknown command serve (see errgate --help)\n");
    EXPECT_EQ(said({"run", "--confg", "x"}),
              "errgate: unknown option --confg; did you mean --config? (see errgate run --help)\n");
    EXPECT_EQ(said({"run"}), "errgate: --config is required (see errgate run --help)\n");
    EXPECT_EQ(said({"run", "errgate.yaml"}),
              "errgate: --config is required (see errgate run --help)\n");
}

}  // namespace
}  // namespace errgate::cli
