// Rules that can never be reached.
#include "config/dialect_lint.hpp"

#include "mapping_file.hpp"

namespace errgate::config {
namespace {

struct ShadowCase {
    const char* name;
    const char* first;  // conditions of two rules
    const char* second;
    bool shadowed;
};

class Shadow : public testing::TestWithParam<ShadowCase> {};

TEST_P(Shadow, TheSecondRule) {
    const auto& c = GetParam();
    const std::string text = std::string("    rules:\n") + "      - {match: " + c.first +
                             ", to: not_found}\n      - {match: " + c.second + ", to: conflict}\n";
    const auto problems = problems_of_dialect(text);
    EXPECT_EQ(problems.size(), c.shadowed ? 1U : 0U);
    if (c.shadowed && !problems.empty()) {
        EXPECT_EQ(problems[0].substr(0, 54), "f:6:9: dialects.d.rules[1]: never reached: rules[0]" +
                                                 std::string(problems[0].substr(51, 3)));
    }
}

INSTANTIATE_TEST_SUITE_P(
    Pairs, Shadow,
    testing::Values(
        ShadowCase{"same_code", "{code: A}", "{code: A}", true},
        ShadowCase{"other_code", "{code: A}", "{code: B}", false},
        ShadowCase{"everything_first", "{}", "{code: A}", true},
        ShadowCase{"everything_last", "{code: A}", "{}", false},
        ShadowCase{"glob_first", "{code: 'A*'}", "{code: AB}", true},
        ShadowCase{"glob_last", "{code: AB}", "{code: 'A*'}", false},
        ShadowCase{"glob_over_glob", "{code: '????00'}", "{code: '??0200'}", true},
        ShadowCase{"list_covers_one", "{code: [A, B]}", "{code: B}", true},
        ShadowCase{"list_covers_part", "{code: A}", "{code: [A, B]}", false},
        ShadowCase{"list_in_other_order", "{code: [A, B]}", "{code: [B, A]}", true},
        ShadowCase{"narrower_by_message", "{code: A, message: x}", "{code: A}", false},
        ShadowCase{"broader_than_message", "{code: A}", "{code: A, message: x}", true},
        ShadowCase{"same_message", "{code: A, message: x}", "{message: x, code: A}", true},
        ShadowCase{"other_message", "{message: x}", "{message: y}", false},
        ShadowCase{"status_class_over_status", "{status: 4xx}", "{status: 404, code: A}", true},
        ShadowCase{"status_over_class", "{status: 404}", "{status: 4xx}", false},
        ShadowCase{"status_against_none", "{status: 404}", "{code: A}", false},
        ShadowCase{"same_condition", "{exists: /a}", "{exists: /a, code: A}", true},
        ShadowCase{"other_condition", "{exists: /a}", "{exists: /b}", false},
        ShadowCase{"type_and_code", "{type: T}", "{type: T, code: A}", true},
        ShadowCase{"type_against_code", "{type: T}", "{code: T}", false},
        ShadowCase{"method", "{method: POST}", "{method: POST, status: 403}", true}),
    [](const auto& each) { return std::string(each.param.name); });

TEST(Lint, NamesTheRuleThatTakesItAll) {
    EXPECT_EQ(problem_of_dialect("    rules:\n      - {match: {code: 'A*'}, to: not_found}\n"
                                 "      - {match: {code: AB}, to: conflict}\n"),
              "f:6:9: dialects.d.rules[1]: never reached: rules[0] code=A* at line 5 takes all it "
              "matches");
}

TEST(Lint, PresetRulesMayBeOverruled) {
    EXPECT_EQ(
        problem_of_dialect("    rules: [{match: {code: slow_down}, to: conflict}, use: oauth2]\n"),
        "");
}

TEST(Lint, OwnRulesBehindAPresetMayNotBeShadowed) {
    EXPECT_EQ(
        problems_of_dialect(
            "    rules: [use: oauth2, {match: {code: temporarily_unavailable}, to: conflict}]\n")
            .size(),
        1U);
}

TEST(Lint, ThousandsOfRulesAreCheckedQuickly) {
    std::string rules = "    rules:\n";
    for (int i = 0; i < 5000; ++i)
        rules += "      - {match: {code: C" + std::to_string(i) + "}, to: not_found}\n";
    EXPECT_EQ(problem_of_dialect(rules), "");
}

}  // namespace
}  // namespace errgate::config
