// ${NAME}: what is replaced, what is not, and that values stay out of problems.
#include "config/environment.hpp"

#include "routes_file.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace errgate::config {
namespace {

using testing::ElementsAre;

Value substituted(const std::string& text, std::vector<std::string>* said = nullptr) {
    std::vector<Problem> problems;
    Value root = parse_document(text, "f", problems);
    substitute_environment(root, "f", environment({{"A", "one"}, {"EMPTY", ""}, {"D", "$"}}),
                           problems);
    for (const Problem& problem : problems) {
        if (said == nullptr) ADD_FAILURE() << to_string(problem);
        if (said != nullptr) said->push_back(to_string(problem));
    }
    return root;
}

TEST(Environment, ReplacesReferencesInEveryText) {
    const Value root = substituted("a: 'x${A}y${A}'\nb: [\"${A}\", {c: 'z${EMPTY}'}]\n");
    EXPECT_EQ(root.find("a")->text, "xoneyone");
    EXPECT_EQ(root.find("b")->items[0].text, "one");
    EXPECT_EQ(root.find("b")->items[1].find("c")->text, "z");
    EXPECT_TRUE(root.find("a")->from_environment);
}

TEST(Environment, LeavesEverythingElseAlone) {
    const Value root = substituted("a: $A\nb: 'cost $5 {A}'\n'${A}': k\n");
    EXPECT_EQ(root.find("a")->text, "$A");
    EXPECT_EQ(root.find("b")->text, "cost $5 {A}");
    EXPECT_EQ(root.find("${A}")->text, "k");
    EXPECT_FALSE(root.find("a")->from_environment);
}

TEST(Environment, TwoDollarsStandForOne) {
    const Value root = substituted("a: 'x$${A}'\nb: '${D}${A}'\n");
    EXPECT_EQ(root.find("a")->text, "x${A}");
    EXPECT_FALSE(root.find("a")->from_environment);
    EXPECT_EQ(root.find("b")->text, "$one") << "a dollar that came from a value escapes nothing";
}

TEST(Environment, NamesWhatIsWrong) {
    std::vector<std::string> said;
    substituted("a: '${NOPE}'\nb: ['${A']\nc: '${A B}'\nd: '${}'\n", &said);
    EXPECT_THAT(
        said,
        ElementsAre("f:1:4: a: environment variable NOPE is not set",
                    "f:2:5: b[0]: \"${\" without a \"}\"; write $${ for a literal one",
                    "f:3:4: c: \"${A B}\": the name of a variable has letters, digits and _ only",
                    "f:4:4: d: \"${}\": the name of a variable has letters, digits and _ only"));
}

TEST(Environment, AnUnsetVariableIsOneProblem) {
    EXPECT_THAT(problems_of(minimal("threads: ${THREADS}")),
                ElementsAre("f:10:10: threads: environment variable THREADS is not set"));
}

TEST(Environment, GivesNumbersToo) {
    const auto result =
        load_text(minimal("threads: ${THREADS}"), "f", environment({{"THREADS", "4"}}));
    ASSERT_TRUE(result.snapshot);
    EXPECT_EQ(result.snapshot->threads, 4U);
}

TEST(Environment, ValuesNeverAppearInProblems) {
    const auto env = environment({{"S", "s3cret"}, {"N", "sk_s3cret\n"}});
    const std::string text =
        "version: 1\n"
        "listen: [{address: '${S}'}]\n"
        "threads: ${S}\n"
        "limits: {header_bytes: '${S}', headers: '${S}'}\n"
        "client: {header_timeout: '${S}'}\n"
        "dialects: ['${S}']\n"
        "upstreams: {u: {url: '${S}', dialect: '${S}', pool: '${S}'}}\n"
        "routes:\n"
        "  - {name: '${S}', upstream: '${S}', match: {path_prefix: '${S}', methods: ['${S}']}}\n"
        "  - {name: '${S}', upstream: u, errors: {mode: '${S}'}, headers: {request: {set: {a: "
        "'${N}'}}}}\n";
    const auto said = problems_of(text, env);
    EXPECT_GE(said.size(), 13U);
    for (const std::string& problem : said)
        EXPECT_EQ(problem.find("s3cret"), problem.npos) << problem;
}

TEST(ProcessEnvironment, ReadsThisProcess) {
    ASSERT_EQ(setenv("ERRGATE_CONFIG_TEST", "yes", 1), 0);
    EXPECT_EQ(process_environment()("ERRGATE_CONFIG_TEST"), "yes");
    EXPECT_EQ(process_environment()("ERRGATE_CONFIG_TEST_UNSET"), std::nullopt);
}

}  // namespace
}  // namespace errgate::config
