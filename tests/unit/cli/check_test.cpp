#include "run_cli.hpp"
#include "temp_file.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

namespace errgate::cli {
namespace {

using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

constexpr std::string_view kRoutes = R"(version: 1
listen: [{address: 127.0.0.1:8080}]
dialects: [acme.yaml]
upstreams:
  acme: {url: http://127.0.0.1:9, dialect: acme}
routes:
  - {name: acme, match: {path_prefix: /}, upstream: acme}
)";

std::string mapping_expecting(const std::string& code) {
    return "version: 1\n"
           "dialects:\n"
           "  acme:\n"
           "    formats: [{id: main, when: {exists: /e}, code: /e, message: /m}]\n"
           "    rules: [{match: {code: 'E1'}, to: insufficient_funds}]\n"
           "    examples:\n"
           "      - id: broke\n"
           "        status: 402\n"
           "        body: '{\"e\":\"E1\",\"m\":\"No.\"}'\n"
           "        expect: {code: " +
           code + "}\n";
}

TEST(Check, AValidFileIsOneLine) {
    const TempDir dir;
    dir.write("acme.yaml", mapping_expecting("insufficient_funds"));
    const std::string routes = dir.write("errgate.yaml", kRoutes);
    const Ran run = run_cli({"check", routes});
    EXPECT_EQ(run.exit_code, kFine) << run.err;
    EXPECT_EQ(run.out, "ok: " + routes + ": 1 route, 1 upstream, 1 dialect, 1 example\n");
    EXPECT_EQ(run.err, "");
}

TEST(Check, RunsTheExamplesOfTheShippedDialectsInUse) {
    const TempDir dir;
    const std::string routes = dir.write("errgate.yaml",
                                         "version: 1\n"
                                         "listen: [{address: 127.0.0.1:8080}]\n"
                                         "upstreams:\n"
                                         "  a: {url: 'http://127.0.0.1:1', dialect: kira}\n"
                                         "  b: {url: 'http://127.0.0.1:2', dialect: kira}\n"
                                         "routes:\n"
                                         "  - {name: a, match: {path_prefix: /a/}, upstream: a}\n"
                                         "  - {name: b, match: {path_prefix: /b/}, upstream: b}\n");
    const Ran run = run_cli({"check", routes});
    EXPECT_EQ(run.exit_code, kFine) << run.err;
    EXPECT_THAT(run.out, StartsWith("ok: " + routes + ": 2 routes, 2 upstreams, 1 dialect, "));
    EXPECT_THAT(run.out, Not(HasSubstr(" 0 examples")));
}

// Only the mapping files of a configuration have examples, not all of its files.
TEST(Check, TakesNoTokenForAMappingFile) {
    const TempDir dir;
    dir.write("acme.yaml", mapping_expecting("insufficient_funds"));
    dir.write("token", "0123456789abcdef0123456789abcdef\n");
    const std::string admin = "admin: {address: 127.0.0.1:9464, token_file: token}\n";
    const Ran run = run_cli({"check", dir.write("errgate.yaml", std::string(kRoutes) + admin)});
    EXPECT_EQ(run.exit_code, kFine) << run.err;
    EXPECT_EQ(run.err, "");
}

TEST(Check, AnExampleThatFailsIsShownWithItsDifference) {
    const TempDir dir;
    const std::string mapping = dir.write("acme.yaml", mapping_expecting("timeout"));
    const Ran run = run_cli({"check", dir.write("errgate.yaml", kRoutes)});
    EXPECT_EQ(run.exit_code, kInvalidConfiguration);
    EXPECT_EQ(run.out, "");
    EXPECT_THAT(run.err, StartsWith(mapping + ":7:"));
    EXPECT_THAT(run.err, HasSubstr("dialect acme, example broke"));
    EXPECT_THAT(run.err, HasSubstr("expected timeout, got insufficient_funds"));
}

TEST(Check, EveryProblemIsALineOfItsOwn) {
    const TempDir dir;
    const std::string routes = dir.write("errgate.yaml",
                                         "version: 1\n"
                                         "listen: [{address: 127.0.0.1:8080}]\n"
                                         "upstream: {}\n"
                                         "thread: 4\n");
    const Ran run = run_cli({"check", routes});
    EXPECT_EQ(run.exit_code, kInvalidConfiguration);
    EXPECT_THAT(run.err, HasSubstr(routes + ":3:"));
    EXPECT_THAT(run.err, HasSubstr(routes + ":4:"));
}

TEST(Check, AFileThatIsNotThereIsAProblem) {
    const Ran run = run_cli({"check", "/nowhere/errgate.yaml"});
    EXPECT_EQ(run.exit_code, kInvalidConfiguration);
    EXPECT_THAT(run.err, HasSubstr("/nowhere/errgate.yaml"));
}

}  // namespace
}  // namespace errgate::cli
