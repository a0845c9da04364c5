#include "run_cli.hpp"
#include "sim/server.hpp"
#include "temp_file.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace errgate::cli {
namespace {

using testing::HasSubstr;

// Port 1 is nobody's.
constexpr const char* kNobody = "127.0.0.1:1";

TEST(Reload, NoAnswerIsExitCode1) {
    const Ran run = run_cli({"reload", "--admin", kNobody});
    EXPECT_EQ(run.exit_code, 1);
    EXPECT_EQ(run.out, "");
    EXPECT_EQ(run.err, "errgate: no answer from http://127.0.0.1:1: connect: Connection refused\n");
}

TEST(Reload, AServerThatIsNoGatewayGivesNoVerdict) {
    for (const std::string body : {"{}", "[]", "hello", R"({"result": 1, "hash": 2})"}) {
        const sim::Provider other{
            .name = "other",
            .shape = "",
            .cases = {{"reload", {200, {}, body, sim::Delivery::whole}}},
            .implied_case = [](const sim::Request&) { return std::string(); },
            .success = [](const sim::Request&) { return sim::Response{}; },
            .case_name = [](std::string_view asked,
                            const sim::Request&) { return std::string(asked); },
        };
        sim::Server server(other);
        ASSERT_EQ(server.listen(), "");
        const std::string address = "127.0.0.1:" + std::to_string(server.port());
        const Ran run = run_cli({"reload", "--admin", address});
        EXPECT_EQ(run.exit_code, 1) << body;
        EXPECT_EQ(run.err, "errgate: http://" + address + " answered 200, not with a verdict\n");
    }
}

TEST(Reload, AnAdminPartThatIsWrongIsReportedAndNothingElse) {
    const TempDir dir;
    const std::string file =
        dir.write("errgate.yaml", "admin: {address: here, token_file: none}\nroutes: 5\n");
    const Ran run = run_cli({"reload", "--config", file});
    EXPECT_EQ(run.exit_code, 1);
    EXPECT_THAT(run.err, HasSubstr(file + ":1:18: admin.address: expected a literal address"));
    EXPECT_THAT(run.err, HasSubstr(file + ":1:36: admin.token_file: "));
    EXPECT_THAT(run.err, testing::Not(HasSubstr("routes")));
}

TEST(Reload, AFileThatIsGoneIsReported) {
    const Ran run = run_cli({"reload", "--config", "/nowhere/errgate.yaml"});
    EXPECT_EQ(run.exit_code, 1);
    EXPECT_EQ(run.err, "/nowhere/errgate.yaml: cannot be read: No such file or directory\n");
}

TEST(Reload, AProcessThatIsNotThereCannotBeSignalled) {
    const Ran run = run_cli({"reload", "--admin", kNobody, "--pid", "4194304"});
    EXPECT_EQ(run.exit_code, 1);
    EXPECT_THAT(run.err, HasSubstr("cannot send SIGHUP to process 4194304: No such process\n"));
}

}  // namespace
}  // namespace errgate::cli
