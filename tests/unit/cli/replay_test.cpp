#include "run_cli.hpp"
#include "temp_file.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <string>
#include <vector>

namespace errgate::cli {
namespace {

using nlohmann::json;

std::vector<json> results(const std::string& out) {
    std::vector<json> list;
    std::istringstream in(out);
    for (std::string line; std::getline(in, line);)
        list.push_back(json::parse(line));
    return list;
}

Ran replay(const std::string& lines) {
    return run_cli({"explain", "--jsonl", "-"}, lines);
}

TEST(Replay, WritesOneResultALineInOrder) {
    const Ran run = replay(
        R"({"id":"a","dialect":"kira","status":500,"body":"{\"code\":\"internal_error\",\"message\":\"x\"}"})"
        "\n"
        R"({"id":"b","dialect":"kiotapay","status":200,"body":"{}"})"
        "\n");
    EXPECT_EQ(run.exit_code, kFine) << run.err;
    const auto list = results(run.out);
    ASSERT_EQ(list.size(), 2u);
    EXPECT_EQ(list[0]["id"], "a");
    EXPECT_EQ(list[0]["is_error"], true);
    EXPECT_EQ(list[0]["envelope"]["code"], "internal_error");
    EXPECT_TRUE(list[0]["format"].is_string());
    EXPECT_TRUE(list[0]["rule"].is_string());
    EXPECT_EQ(list[1]["id"], "b");
    EXPECT_EQ(list[1]["is_error"], false);
    EXPECT_TRUE(list[1]["envelope"].is_null());
}

TEST(Replay, ALineThatIsWrongIsNamedAndTheRestGoesOn) {
    const Ran run = replay(
        "{\"id\":1,\"dialect\":\"kira\",\"status\":500}\n"
        "\n"
        "{broken\n"
        "{\"id\":4,\"dialect\":\"nobody\",\"status\":500}\n"
        "{\"id\":5,\"status\":500}\n"
        "{\"id\":6,\"dialect\":\"kira\",\"status\":404}\n");
    EXPECT_EQ(run.exit_code, kInvalidConfiguration);
    EXPECT_THAT(run.err, testing::StartsWith("errgate: line 3: not valid JSON\n"
                                             "errgate: line 4: there is no dialect \"nobody\""));
    EXPECT_THAT(run.err, testing::EndsWith("errgate: line 5: \"dialect\" is missing\n"));
    const auto list = results(run.out);
    ASSERT_EQ(list.size(), 2u);
    EXPECT_EQ(list[0]["id"], 1);
    EXPECT_EQ(list[1]["id"], 6);
}

TEST(Replay, TheOptionNamesTheDialectOfLinesThatNameNone) {
    const Ran run =
        run_cli({"explain", "--dialect", "kira", "--jsonl", "-"}, "{\"id\":5,\"status\":404}\n");
    EXPECT_EQ(run.exit_code, kFine) << run.err;
    EXPECT_EQ(results(run.out).at(0)["envelope"]["code"], "not_found");
}

TEST(Replay, ReadsRawBytes) {
    // {"errorCode":"INSUFFICIENT_FUNDS","message":"<0xFF>"}
    const Ran run =
        replay(R"({"id":1,"dialect":"kiotapay","status":402,"body_encoding":"base64",)"
               R"("body":"eyJlcnJvckNvZGUiOiJJTlNVRkZJQ0lFTlRfRlVORFMiLCJtZXNzYWdlIjoi/yJ9"})");
    EXPECT_EQ(results(run.out).at(0)["envelope"]["code"], "insufficient_funds");
}

TEST(Replay, RetryableFollowsTheRecordedRequest) {
    const Ran run =
        replay(R"({"dialect":"kira","status":500,"request":{"method":"POST","replay_safe":true}})"
               "\n"
               R"({"dialect":"kira","status":500,"request":{"method":"POST"}})"
               "\n"
               R"({"dialect":"kira","status":500,"request":{"method":"GET"}})"
               "\n");
    std::vector<bool> retryable;
    for (const json& result : results(run.out))
        retryable.push_back(result["envelope"]["retryable"]);
    EXPECT_EQ(retryable, (std::vector<bool>{true, false, true}));
}

TEST(Replay, ReadsAFile) {
    const TempDir dir;
    const std::string file =
        dir.write("recorded.jsonl", "{\"dialect\":\"kira\",\"status\":404}\r\n");
    EXPECT_EQ(results(run_cli({"explain", "--jsonl", file}).out).size(), 1u);
}

TEST(Replay, SaysWhichFileCannotBeRead) {
    const Ran run = run_cli({"explain", "--jsonl", "/nowhere/r.jsonl"});
    EXPECT_EQ(run.exit_code, kInvalidConfiguration);
    EXPECT_EQ(run.err, "errgate: cannot read /nowhere/r.jsonl\n");
}

}  // namespace
}  // namespace errgate::cli
