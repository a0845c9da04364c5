#include "cli/tour.hpp"

#include "errors/codes.hpp"
#include "sim/provider.hpp"

#include <gtest/gtest.h>

#include <set>

namespace errgate::cli {
namespace {

TEST(TourSteps, VisitEveryProvider) {
    std::set<std::string> visited;
    for (const Step& step : tour_steps())
        visited.insert(step.provider);
    for (const auto& provider : sim::providers())
        EXPECT_EQ(visited.count(provider.name), 1u);
}

TEST(TourSteps, ExpectCodesOfTheCatalogue) {
    for (const Step& step : tour_steps()) {
        EXPECT_TRUE(step.code.empty() || errors::find_code(step.code)) << step.remark;
    }
}

TEST(WrapMembers, KeepsAShortObjectOnOneLine) {
    EXPECT_EQ(wrap_members(R"({"a":1,"b":[2, 3]})", 2, 40), R"(  {"a":1,"b":[2,3]})");
}

TEST(WrapMembers, BreaksBetweenOuterMembersOnly) {
    EXPECT_EQ(wrap_members(R"({"first":"aaaa","second":{"x":1,"y":2},"third":3})", 2, 30),
              "  {\"first\":\"aaaa\",\n"
              "   \"second\":{\"x\":1,\"y\":2},\n"
              "   \"third\":3}");
}

TEST(WrapMembers, LetsAMemberThatIsTooLongStandAlone) {
    EXPECT_EQ(wrap_members(R"({"a":"0123456789","b":1})", 0, 8),
              "{\"a\":\"0123456789\",\n \"b\":1}");
}

TEST(WrapMembers, IsEmptyForEverythingElse) {
    for (const std::string_view text : {"", "<html>", "[1]", "{}", "{\"a\":"}) {
        EXPECT_EQ(wrap_members(text, 2, 40), "") << text;
    }
}

}  // namespace
}  // namespace errgate::cli
