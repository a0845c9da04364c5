// Pointers: RFC 6901, `*`, `**`, lists of one; and fields written in other ways.
#include "mapping/pointer.hpp"

#include "answers.hpp"

namespace errgate::mapping {
namespace {

const char* const kDocument = R"({
  "a": {"b": ["x", {"c": 1}], "": 0, "m/n": 8, "t~u": 9},
  "list": [{"v": 1}, {"v": null}, {"v": 3}],
  "one": {"v": 5}, "nothing": null, "blank": "", "01": "zero-one"})";

// Every match, "null" for what is no scalar.
std::string all(std::string_view pointer) {
    const Body body = decode(kDocument);
    std::string out;
    for (const NodeId id : ptr(pointer).all(body.tree))
        (out += out.empty() ? "" : ",") += body.tree.scalar(id).value_or("null");
    return out;
}

struct PointerCase {
    const char* name;
    const char* pointer;
    const char* matches;
};

class Pointers : public testing::TestWithParam<PointerCase> {};

TEST_P(Pointers, Find) {
    EXPECT_EQ(all(GetParam().pointer), GetParam().matches);
}

INSTANTIATE_TEST_SUITE_P(
    Syntax, Pointers,
    testing::Values(PointerCase{"whole", "", "null"}, PointerCase{"member", "/one/v", "5"},
                    PointerCase{"index", "/a/b/0", "x"},
                    PointerCase{"below_index", "/a/b/1/c", "1"},
                    PointerCase{"index_past_the_end", "/a/b/2", ""},
                    PointerCase{"index_with_a_sign", "/a/b/-1", ""},
                    PointerCase{"huge_index", "/a/b/99999999999999999999", ""},
                    PointerCase{"empty_name", "/a/", "0"}, PointerCase{"slash", "/a/m~1n", "8"},
                    PointerCase{"tilde", "/a/t~0u", "9"}, PointerCase{"absent", "/zz/y", ""},
                    PointerCase{"digits_are_a_name_too", "/01", "zero-one"},
                    PointerCase{"each_item", "/list/*/v", "1,null,3"},
                    PointerCase{"each_of_a_single_value", "/one/*/v", "5"},
                    PointerCase{"each_of_null", "/nothing/*", ""},
                    PointerCase{"each_of_an_empty_text", "/blank/*", ""},
                    PointerCase{"zero_of_a_single_value", "/one/0/v", "5"},
                    PointerCase{"zero_of_a_text", "/a/b/0/0", "x"},
                    PointerCase{"one_of_a_single_value", "/one/1", ""},
                    PointerCase{"descendants", "/one/**", "null,5"},
                    PointerCase{"named_descendants", "/**/v", "5,1,null,3"}),
    [](const auto& each) { return std::string(each.param.name); });

TEST(Pointers, RefuseWhatIsNone) {
    for (const char* text : {"a", "a/b", "/a~", "/a~2", "#/a"})
        EXPECT_FALSE(Pointer::parse(text)) << text;
}

TEST(Pointers, ScalarSkipsWhatIsNone) {
    EXPECT_EQ(ptr("/list/*/v").scalar(decode(R"({"list":[{"v":null},{"v":""},{"v":2}]})").tree),
              "2");
}

TEST(Pointers, FirstIsTheFirstMatchEvenWhenItIsNull) {
    const Body body = decode(R"({"list":[{"v":null},{"v":2}]})");
    const auto first = ptr("/list/*/v").first(body.tree);
    ASSERT_TRUE(first);
    EXPECT_EQ(body.tree[*first].kind, Node::Kind::null);
}

struct FieldCase {
    const char* name;
    const char* field;
    const char* pointer;
};

class Fields : public testing::TestWithParam<FieldCase> {};

TEST_P(Fields, BecomePointers) {
    EXPECT_EQ(field_pointer(GetParam().field), GetParam().pointer);
}

INSTANTIATE_TEST_SUITE_P(
    Syntax, Fields,
    testing::Values(FieldCase{"plain", "amount", "/amount"}, FieldCase{"dots", "a.b.c", "/a/b/c"},
                    FieldCase{"brackets", "a.b[0].c", "/a/b/0/c"},
                    FieldCase{"rails", "order[items][0][price]", "/order/items/0/price"},
                    FieldCase{"json_path", "$.a['b']", "/a/b"},
                    FieldCase{"json_path_quotes", "$[\"a\"][0]", "/a/0"},
                    FieldCase{"pointer", "/a/b~1c", "/a/b~1c"},
                    FieldCase{"fragment", "#/a/b", "/a/b"},
                    FieldCase{"slash_in_a_name", "a/b.c", "/a~1b/c"},
                    FieldCase{"tilde_in_a_name", "a~b", "/a~0b"}, FieldCase{"empty", "", ""},
                    FieldCase{"dots_alone", "..a..", "/a"},
                    FieldCase{"open_bracket", "a[b", "/a/[b"},
                    FieldCase{"closed_only", "a]b", "/a]b"},
                    FieldCase{"dot_in_brackets", "a['b.c']", "/a/b.c"}),
    [](const auto& each) { return std::string(each.param.name); });

}  // namespace
}  // namespace errgate::mapping
