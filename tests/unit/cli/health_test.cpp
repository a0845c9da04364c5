#include "run_cli.hpp"
#include "sim/server.hpp"
#include "temp_file.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace errgate::cli {
namespace {

using testing::HasSubstr;
using testing::StartsWith;

// A port that was free a moment ago.
std::string closed_port() {
    sim::Server server(sim::providers().front());
    EXPECT_EQ(server.listen(), "");
    return std::to_string(server.port());
}

TEST(Health, NoAnswerIsExitCode1) {
    const Ran run = run_cli({"health", "--admin", "127.0.0.1:" + closed_port()});
    EXPECT_EQ(run.exit_code, 1);
    EXPECT_THAT(run.err, StartsWith("errgate: no answer from http://127.0.0.1:"));
}

TEST(Health, AnyOtherAnswerThan200IsExitCode1) {
    sim::Server server(sim::providers().front());
    ASSERT_EQ(server.listen(), "");
    const Ran run =
        run_cli({"health", "--admin", "127.0.0.1:" + std::to_string(server.port()), "--live"});
    EXPECT_EQ(run.exit_code, 1);
    EXPECT_EQ(run.err, "");
}

TEST(Health, TheAddressCanComeFromARoutesFile) {
    const TempDir dir;
    const std::string port = closed_port();
    const std::string file =
        dir.write("errgate.yaml", "admin: {address: '127.0.0.1:" + port +
                                      "'}\nthe rest: is wrong, and does not matter\n");
    const Ran run = run_cli({"health", "--config", file});
    EXPECT_EQ(run.exit_code, 1);
    EXPECT_THAT(run.err, HasSubstr("no answer from http://127.0.0.1:" + port));
}

TEST(Health, AnAddressNeedsAPort) {
    const Ran run = run_cli({"health", "--admin", "127.0.0.1"});
    EXPECT_EQ(run.exit_code, kWrongUsage);
    EXPECT_THAT(run.err, StartsWith("errgate: --admin must be a literal address and port"));
}

}  // namespace
}  // namespace errgate::cli
