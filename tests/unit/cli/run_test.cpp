#include "run_cli.hpp"
#include "sim/server.hpp"
#include "temp_file.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace errgate::cli {
namespace {

TEST(RunCommand, AnInvalidFileIsExitCode1) {
    const TempDir dir;
    const std::string routes = dir.write("errgate.yaml", "version: 7\n");
    const Ran run = run_cli({"run", "--config", routes});
    EXPECT_EQ(run.exit_code, kInvalidConfiguration);
    EXPECT_THAT(run.err, testing::StartsWith(routes + ":1:"));
}

TEST(RunCommand, AnAddressInUseIsExitCode3) {
    sim::Server other(*sim::find_provider("kira"));
    ASSERT_EQ(other.listen(), "");
    const TempDir dir;
    const std::string routes =
        dir.write("errgate.yaml",
                  "version: 1\n"
                  "listen: [{address: 127.0.0.1:" +
                      std::to_string(other.port()) +
                      "}]\n"
                      "admin: {address: 127.0.0.1:0}\n"
                      "upstreams: {a: {url: http://127.0.0.1:9, dialect: kira}}\n"
                      "routes: [{name: a, match: {path_prefix: /}, upstream: a}]\n");
    const Ran run = run_cli({"run", "--config", routes});
    EXPECT_EQ(run.exit_code, kCannotStart) << run.err;
    EXPECT_THAT(run.err, testing::HasSubstr("cannot listen on"));
    EXPECT_THAT(run.err, testing::HasSubstr(std::to_string(other.port())));
}

}  // namespace
}  // namespace errgate::cli
