// Globs and expressions.
#include "mapping/pattern.hpp"

#include "answers.hpp"

namespace errgate::mapping {
namespace {

struct GlobCase {
    const char* glob;
    const char* text;
    bool matches;
};

TEST(Glob, MatchesTheWholeText) {
    const GlobCase cases[] = {
        {"AUTH_*", "AUTH_X", true},
        {"AUTH_*", "AUTH_", true},
        {"AUTH_*", "XAUTH_", false},
        {"??0107", "010107", true},
        {"??0107", "0107", false},
        {"??0107", "1010107", false},
        {"a", "A", false},
        {"", "", true},
        {"*", "", true},
        {"a*b*c", "a-b-b-c", true},
        {"a*b*c", "a-b-b-", false},
        {"?", "é", true},
        {"caf?s", "cafés", true},
        {"??", "é", false},
        {"*é", "aéé", true},
        {"[a]", "a", false},
        {"/v?/*", "/v1/a/b", true},
        {"a.c", "abc", false},
    };
    for (const auto& c : cases)
        EXPECT_EQ(glob_match(c.glob, c.text), c.matches) << c.glob << " on " << c.text;
}

TEST(Glob, CoversNarrowerGlobs) {
    const GlobCase cases[] = {
        {"*", "anything*", true},   {"????00", "??0200", true}, {"??0200", "????00", false},
        {"AUTH_*", "AUTH_X", true}, {"A?", "A*", false},        {"A*", "A?", true},
        {"A?", "AB", true},         {"A", "A", true},           {"A*", "*", false},
    };
    for (const auto& c : cases)
        EXPECT_EQ(glob_covers(c.glob, c.text), c.matches) << c.glob << " over " << c.text;
}

TEST(Glob, ManyStarsStayFast) {
    EXPECT_FALSE(glob_match("*a*a*a*a*a*a*a*a*b", std::string(10'000, 'a')));
}

TEST(Pattern, SaysWhyItDoesNotCompile) {
    std::string error;
    EXPECT_FALSE(Pattern::compile("(a", false, error));
    EXPECT_EQ(error, "missing ): (a");
    EXPECT_FALSE(Pattern::compile("(?=a)", false, error)) << "RE2 has no look-ahead";
}

TEST(Pattern, RefusesExpressionsThatAreTooMuchWorkForEachCharacter) {
    std::string error;
    EXPECT_FALSE(Pattern::compile("(a|aa|aaa){500}.{500}b", false, error));
    EXPECT_EQ(error,
              "too large: it compiles to 7505 instructions, at most 2000 are allowed; repeat fewer "
              "times");
    EXPECT_TRUE(Pattern::compile("(a|aa){100}b", false, error));
    EXPECT_TRUE(Pattern::compile(R"(^\p{Lu}\p{L}+$)", false, error)) << error;
}

TEST(Pattern, FindsAnywhere) {
    EXPECT_TRUE(regex("not found").found_in("user not found!"));
    EXPECT_FALSE(regex("Not").found_in("not"));
    EXPECT_TRUE(regex("Not", true).found_in("not"));
    EXPECT_FALSE(regex("^found").found_in("not found"));
}

TEST(Pattern, Groups) {
    EXPECT_EQ(regex("(a)(b)?").group("a", 1), "a");
    EXPECT_EQ(regex("(a)(b)?").group("a", 2), std::nullopt) << "took no part";
    EXPECT_EQ(regex("(a)(b)?").group("x", 1), std::nullopt);
    EXPECT_EQ(regex("a+").group("xaay", 0), "aa");
    EXPECT_EQ(regex("a").group("a", 1), std::nullopt) << "no such group";
    EXPECT_EQ(regex("(a*)").group("b", 1), "") << "matched nothing, but matched";
}

// Expressions that are only words are looked for without RE2: both must say the same.
TEST(Pattern, WordsAreFoundWhereTheExpressionIs) {
    for (const char* expression :
         {"expired", "^customer not found", "claims|invalid", "^a|b$", "a|^b|c c", "x.y", "Case",
          "did not provide|missing", "^", "|a", "a|", "k", "caf\u00e9", "a-b", "#1", "\\d"}) {
        for (const bool ignore_case : {false, true}) {
            const Pattern pattern = regex(expression, ignore_case);
            for (const char* text : {"",
                                     "expired",
                                     "Token EXPIRED!",
                                     "Customer not found: 1",
                                     "no customer not found",
                                     "claim",
                                     "claims",
                                     "INVALID",
                                     "a",
                                     "ba",
                                     "b",
                                     "xb",
                                     "c",
                                     "C C",
                                     "xzy",
                                     "case",
                                     "did not",
                                     "is missing",
                                     "\u212a",
                                     "caf\u00e9",
                                     "CAF\u00c9",
                                     "a-b",
                                     "#1",
                                     "7"}) {
                EXPECT_EQ(pattern.found_in(text), pattern.group(text, 0).has_value())
                    << expression << " in " << text << (ignore_case ? ", any case" : "");
            }
        }
    }
}

}  // namespace
}  // namespace errgate::mapping
