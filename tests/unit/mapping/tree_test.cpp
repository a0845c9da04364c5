// Trees: scalars as text, duplicate members, limits.
#include "mapping/tree.hpp"

#include "answers.hpp"

namespace errgate::mapping {
namespace {

struct ScalarCase {
    const char* name;
    const char* json;
    const char* text;
};

class Scalar : public testing::TestWithParam<ScalarCase> {};

TEST_P(Scalar, IsOneLineOfText) {
    EXPECT_EQ(at(decode(GetParam().json), "/v"), GetParam().text);
}

INSTANTIATE_TEST_SUITE_P(
    Kinds, Scalar,
    testing::Values(ScalarCase{"text", R"({"v":"a"})", "a"},
                    ScalarCase{"blanks_around", R"({"v":"  a b\n"})", "a b"},
                    ScalarCase{"empty", R"({"v":""})", "(absent)"},
                    ScalarCase{"only_blanks", R"({"v":" \t "})", "(absent)"},
                    ScalarCase{"control_characters", R"({"v":"a\u0000\u0007b\u001f"})", "ab"},
                    ScalarCase{"inner_line_feed_stays", R"({"v":"a\nb"})", "a\nb"},
                    ScalarCase{"null", R"({"v":null})", "(absent)"},
                    ScalarCase{"yes", R"({"v":true})", "true"},
                    ScalarCase{"no", R"({"v":false})", "false"},
                    ScalarCase{"number", R"({"v":-12})", "-12"},
                    ScalarCase{"whole_fraction", R"({"v":10.0})", "10"},
                    ScalarCase{"whole_exponent", R"({"v":1e3})", "1000"},
                    ScalarCase{"fraction_as_written", R"({"v":1.50})", "1.50"},
                    ScalarCase{"beyond_64_bits", R"({"v":123456789012345678901234567890})",
                               "123456789012345678901234567890"},
                    ScalarCase{"beyond_a_double", R"({"v":1e999})", "(absent)"},
                    ScalarCase{"array", R"({"v":["a"]})", "(absent)"},
                    ScalarCase{"object", R"({"v":{"a":1}})", "(absent)"},
                    ScalarCase{"text_of_an_element", R"({"v":{"@a":"1","#text":"t"}})", "t"}),
    [](const auto& each) { return std::string(each.param.name); });

std::string member_names(const Tree& tree) {
    std::string names;
    for (NodeId id = tree.root().first_child; id != kNoNode; id = tree[id].next_sibling)
        names += std::string(tree[id].key) + " ";
    return names;
}

TEST(Tree, LastOfRepeatedMembersWinsInTheFirstOnesPlace) {
    const Body body = decode(R"({"a":1,"b":2,"a":{"c":3},"b":4,"d":5})");
    EXPECT_EQ(member_names(body.tree), "a b d ");
    EXPECT_EQ(at(body, "/a/c"), "3");
    EXPECT_EQ(at(body, "/b"), "4");
}

TEST(Tree, RepeatedMembersOfALargeObjectAreFoundToo) {
    std::string json = "{";
    for (int i = 0; i < 60; ++i)
        json += "\"k" + std::to_string(i % 30) + "\":" + std::to_string(i) + ",";
    json += "\"last\":1}";
    const Body body = decode(json);
    for (int i = 0; i < 30; ++i)
        EXPECT_EQ(at(body, "/k" + std::to_string(i)), std::to_string(i + 30));
    EXPECT_EQ(at(body, "/last"), "1");
}

TEST(Tree, PutMemberReplacesOneOfTheSameName) {
    Body body = decode(R"({"a":{"b":1},"c":2})");
    TreeBuilder(body.tree, body.tree.put_member(kRoot, "a")).string("new");
    TreeBuilder(body.tree, body.tree.put_member(kRoot, "d")).string("added");
    EXPECT_EQ(at(body, "/a"), "new");
    EXPECT_EQ(at(body, "/d"), "added");
    EXPECT_EQ(member_names(body.tree), "a c d ");
}

// More names than there are bits to remember them by.
TEST(Tree, NamesThatShareABitAreToldApart) {
    std::string json = "{";
    for (int i = 0; i < 40; ++i) {
        json += "\"name" + std::to_string(i) + "\":" + std::to_string(i) + ",";
        const Body body = decode(json + "\"last\":{\"inner\":1}}");
        for (int k = 0; k < 80; ++k) {
            const std::string name = "name" + std::to_string(k);
            EXPECT_EQ(at(body, "/" + name), k <= i ? std::to_string(k) : "(absent)") << i;
            EXPECT_EQ(at(body, "/last/" + name), "(absent)");
        }
    }
}

TEST(Tree, AScalarHasNoMembersWhateverItWasBefore) {
    Body body = decode(R"({"a":{"b":1,"c":{"d":2}}})");
    const NodeId a = body.tree.member(kRoot, "a");
    body.tree[a].become(Node::Kind::string, "hidden");
    EXPECT_EQ(at(body, "/a"), "hidden");
    EXPECT_EQ(body.tree.member(a, "b"), kNoNode);
    EXPECT_EQ(body.tree.member(a, "c"), kNoNode);
}

TEST(Tree, ValuesBelowTheDepthLimitAreLeftOut) {
    std::string json =
        R"({"deep":)" + std::string(200, '[') + "1" + std::string(200, ']') + R"(,"code":"after"})";
    const Body body = decode(json);
    EXPECT_EQ(body.kind, BodyKind::json);
    EXPECT_EQ(at(body, "/code"), "after");
    EXPECT_LE(body.tree.size(), kMaxDepth + 4);
}

}  // namespace
}  // namespace errgate::mapping
