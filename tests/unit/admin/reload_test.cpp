// If-Match of POST /reload, and its answer.
#include "admin/endpoints.hpp"

#include <gtest/gtest.h>

namespace errgate::admin {
namespace {

TEST(Reload, IfMatchIsAListOfHashes) {
    struct Case {
        const char* field;
        bool matches;
    };
    const Case cases[] = {{"", true},          {"*", true},      {"\"abc\"", true},
                          {"abc", true},       {"\"x\"", false}, {"\"x\", \"abc\"", true},
                          {"\"abcd\"", false}, {"\"", false},    {",", false}};
    for (const Case& c : cases)
        EXPECT_EQ(matches(c.field, "abc"), c.matches) << c.field;
}

TEST(Reload, AnswersWithItsProblems) {
    const Answer answer = reload_answer({.kind = ReloadResult::Kind::invalid,
                                         .reason = "1 problem",
                                         .hash = "a",
                                         .previous_hash = "a",
                                         .problems = {{"f.yaml", {2, 3}, "routes", "\xff"}}});
    EXPECT_EQ(answer.status, 422U);
    EXPECT_EQ(answer.body,
              "{\"result\":\"failure\",\"hash\":\"a\",\"previous_hash\":\"a\",\"changed\":false,"
              "\"ms\":0,\"reason\":\"1 problem\",\"problems\":[{\"file\":\"f.yaml\",\"line\":2,"
              "\"column\":3,\"path\":\"routes\",\"message\":\"\xef\xbf\xbd\"}],\"notices\":[]}\n");
}

TEST(Reload, TellsTheLastVerdict) {
    EXPECT_EQ(last_reload_answer({}).body, "{\"last\":null}\n");
    const Answer answer = last_reload_answer(
        LastReload{.trigger = "SIGHUP",
                   .at = 1700000000,
                   .result = {.kind = ReloadResult::Kind::impossible, .reason = "no"}});
    EXPECT_EQ(answer.status, 200U);
    EXPECT_EQ(answer.body,
              "{\"last\":{\"trigger\":\"SIGHUP\",\"at\":1700000000,\"result\":\"failure\","
              "\"hash\":\"\",\"previous_hash\":\"\",\"changed\":false,\"ms\":0,\"reason\":\"no\","
              "\"problems\":[],\"notices\":[]}}\n");
}

}  // namespace
}  // namespace errgate::admin
