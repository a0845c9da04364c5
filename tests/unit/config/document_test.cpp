// Documents: kinds, marks, quoting, JSON, and every way a text can be refused.
#include "config/document.hpp"

#include <gtest/gtest.h>

namespace errgate::config {
namespace {

Value parse(std::string_view text) {
    std::vector<Problem> problems;
    Value value = parse_document(text, "f", problems);
    for (const Problem& problem : problems)
        ADD_FAILURE() << to_string(problem);
    return value;
}

std::vector<std::string> problems_in(std::string_view text) {
    std::vector<Problem> problems;
    parse_document(text, "f", problems);
    std::vector<std::string> out;
    for (const Problem& problem : problems)
        out.push_back(to_string(problem));
    return out;
}

std::string text_of(std::string_view json) {
    return parse(json).find("a")->text;
}

TEST(Document, ScalarsKeepTheirTextAndQuotes) {
    const Value root = parse("a: 010207\nb: '010207'\nc: NO\nd: |\n  two\n  lines\n");
    EXPECT_EQ(root.find("a")->text, "010207");
    EXPECT_FALSE(root.find("a")->quoted);
    EXPECT_TRUE(root.find("b")->quoted);
    EXPECT_EQ(root.find("c")->text, "NO");
    EXPECT_EQ(root.find("d")->text, "two\nlines\n");
    EXPECT_TRUE(root.find("d")->quoted);
}

TEST(Document, KeysAndValuesKnowTheirPlace) {
    const Value root = parse("a: 1\nlist:\n  - x\n  - {k: v}\nempty:\nlast: 2\n");
    EXPECT_EQ(root.member_marks[1].line, 2);
    EXPECT_EQ(root.member_marks[1].column, 1);
    const Value& item = root.find("list")->items[1];
    EXPECT_EQ(item.mark.line, 4);
    EXPECT_EQ(item.mark.column, 5);
    EXPECT_EQ(item.find("k")->mark.column, 9);
    EXPECT_EQ(root.find("empty")->kind, Value::Kind::null);
    EXPECT_EQ(root.find("empty")->mark.line, 5) << "a missing value stands where its key does";
}

TEST(Document, MembersKeepTheirOrder) {
    const Value root = parse("z: 1\na: 2\nm: 3\n");
    EXPECT_EQ(root.members[0].first, "z");
    EXPECT_EQ(root.members[2].first, "m");
    EXPECT_EQ(root.find("nope"), nullptr);
}

TEST(Document, ReadsJson) {
    const Value root = parse("{\n\t\"a\": [1, \"1\", null, true],\n\t\"b\": {}\n}\n");
    const auto& items = root.find("a")->items;
    EXPECT_EQ(items[0].text, "1");
    EXPECT_FALSE(items[0].quoted);
    EXPECT_TRUE(items[1].quoted);
    EXPECT_EQ(items[2].kind, Value::Kind::null);
    EXPECT_EQ(items[3].text, "true");
    EXPECT_EQ(root.find("b")->kind, Value::Kind::mapping);
    EXPECT_EQ(root.find("b")->mark.line, 3);
}

TEST(Document, UnderstandsJsonEscapes) {
    EXPECT_EQ(text_of(R"({"a":"\u0041\/\"\\"})"), "A/\"\\");
    EXPECT_EQ(text_of(R"({"a":"\n\t\r\b\f"})"), "\n\t\r\b\f");
    EXPECT_EQ(text_of(R"({"a":"\u00e9\u20AC"})"), "\xC3\xA9\xE2\x82\xAC");
    EXPECT_EQ(text_of(R"({"a":"x\ud83d\uDE00y"})"), "x\xF0\x9F\x98\x80y");
    EXPECT_EQ(text_of(R"({"a":"\\ud83d\\ude00"})"), R"(\ud83d\ude00)");
}

TEST(Document, SkipsAByteOrderMarkAndReadsCrLf) {
    const Value root = parse(
        "\xEF\xBB\xBF"
        "a: 1\r\nb: 2\r\n");
    EXPECT_EQ(root.find("a")->text, "1");
    EXPECT_EQ(root.find("b")->text, "2");
}

TEST(Document, ExpandsAliases) {
    const Value root = parse("a: &x {k: [1, 2]}\nb: *x\n");
    EXPECT_EQ(root.find("b")->find("k")->items[1].text, "2");
}

TEST(Document, RefusesWhatCannotBeTrusted) {
    struct Case {
        const char* name;
        std::string text;
        std::string problem;
    };
    const Case cases[] = {
        {"empty", "", "f:1:1: the file is empty"},
        {"comments only", "\n  # a\n#b\n", "f:1:1: the file is empty"},
        {"two documents", "a: 1\n---\nb: 2\n", "f:2:1: the file has more than one document"},
        {"two JSON documents", "{}\n{}\n", "f:2:1: the file has more than one document"},
        {"duplicate key", "a: 1\nb: {c: 1, d: 2, c: 3}\n",
         "f:2:17: b.c: duplicate key, first at line 2, column 5"},
        {"duplicate in a list", "- {a: 1}\n- {a: 1, a: 2}\n",
         "f:2:10: [1].a: duplicate key, first at line 2, column 4"},
        {"list as key", "? [a]\n: b\n", "f:1:3: a key must be a plain or quoted text"},
        {"null as key", "~: b\n", "f:1:1: a key must be a plain or quoted text"},
        {"alias as key", "a: &x 1\n*x : 2\n", "f:2:1: a key must be a plain or quoted text"},
        {"unknown anchor", "a: *x\n",
         "f:1:4: not valid YAML or JSON: the referenced anchor is not defined"},
        {"anchor in itself", "&a [*a]\n", "f:1:5: an anchor cannot contain itself"},
        {"tag", "a: !!int 1\n",
         "f:1:4: a: YAML tags are not supported; quote a text to keep it one"},
        {"NUL", std::string("a: \0b\n", 6), "f:1:4: control character 0x00 is not allowed"},
        {"end-of-file byte", "a: 1\nb: \x04\nc: 3\n",
         "f:2:4: control character 0x04 is not allowed"},
        {"bad UTF-8", "a: \xC0\xAF\n", "f:1:4: byte 0xc0 is not valid UTF-8"},
        {"UTF-16",
         std::string("\xFF\xFE"
                     "a\0",
                     4),
         "f:1:1: byte 0xff is not valid UTF-8"},
        {"tab as indentation", "a:\n\t- b\n",
         "f:2:2: not valid YAML or JSON: illegal block entry; a tab indents this line, YAML allows "
         "only spaces"},
        {"tab in JSON", "{\n\t\"a\": ]}", "f:2:7: not valid YAML or JSON: illegal flow end"},
        {"flow end", "a: b\n}\n", "f:2:1: not valid YAML or JSON: illegal flow end"},
        {"lone surrogate", R"({"a":"\ud83d"})",
         "f:1:13: not valid YAML or JSON: invalid unicode: 55357"},
        {"quote never closed", "a: 'x\nb: 2\n",
         "f:1:1: not valid YAML or JSON: a quote or bracket opened here or later is never closed"},
        {"bracket never closed", "{\"a\": 1",
         "f:1:7: not valid YAML or JSON: a quote or bracket opened here or later is never closed"},
    };
    for (const Case& c : cases)
        EXPECT_EQ(problems_in(c.text), std::vector{c.problem}) << c.name;
}

TEST(Document, RefusesWhatCostsTooMuch) {
    std::string deep = std::string(65, '[') + std::string(65, ']');
    EXPECT_EQ(problems_in(deep), std::vector<std::string>{"f:1:65: nested deeper than 64 levels"});

    std::string aliases_nest =
        "- &a [" + std::string(60, '[') + std::string(60, ']') + "]\n- [[[*a]]]\n";
    EXPECT_EQ(problems_in(aliases_nest),
              std::vector<std::string>{"f:2:6: nested deeper than 64 levels"});

    std::string bomb = "- &a [x, x, x, x, x, x, x, x, x, x]\n";
    for (char name = 'b'; name < 'i'; ++name) {
        bomb += std::string("- &") + name + " [";
        for (int i = 0; i < 10; ++i)
            bomb += std::string("*") + static_cast<char>(name - 1) + ", ";
        bomb += "]\n";
    }
    EXPECT_EQ(problems_in(bomb),
              std::vector<std::string>{"f:5:35: more than 100000 values, aliases expanded"});

    std::string text_bomb = "- &a " + std::string(1'000'000, 'x') + "\n- [";
    for (int i = 0; i < 20; ++i)
        text_bomb += "*a, ";
    EXPECT_EQ(problems_in(text_bomb + "]\n"),
              std::vector<std::string>{"f:2:64: more than 16 MiB of text, aliases expanded"});

    EXPECT_EQ(problems_in(std::string(8 * 1024 * 1024 + 1, ' ')),
              std::vector<std::string>{"f: the file has 8388609 bytes; at most 8 MiB are read"});
}

TEST(Document, SixtyFourLevelsAreFine) {
    parse(std::string(64, '[') + std::string(64, ']'));
}

TEST(Document, ReportsEveryDuplicateAtOnce) {
    EXPECT_EQ(problems_in("a: 1\na: 2\nb: {c: 1, c: 2}\n").size(), 2U);
}

TEST(Problem, PrintsWhatIsKnown) {
    EXPECT_EQ(to_string({"f", {3, 7}, "a.b", "is wrong"}), "f:3:7: a.b: is wrong");
    EXPECT_EQ(to_string({"f", {3, 0}, "", "is wrong"}), "f:3: is wrong");
    EXPECT_EQ(to_string({"f", {}, "a", "is wrong"}), "f: a: is wrong");
    EXPECT_EQ(to_string({"", {}, "", "is wrong"}), "is wrong");
}

TEST(DidYouMean, FindsTheNearestWithinTwoEdits) {
    const std::vector<std::string_view> keys{"path_prefix", "methods", "host", "headers", "to"};
    EXPECT_EQ(did_you_mean("path_prefx", keys), "path_prefix");
    EXPECT_EQ(did_you_mean("path-Prefix", keys), "path_prefix");
    EXPECT_EQ(did_you_mean("mehtods", keys), "methods");
    EXPECT_EQ(did_you_mean("method", keys), "methods");
    EXPECT_EQ(did_you_mean("hots", keys), "host");
    EXPECT_EQ(did_you_mean("prefix", keys), "");
    EXPECT_EQ(did_you_mean("xy", keys), "") << "two edits of a two-letter word are another word";
    EXPECT_EQ(did_you_mean(std::string(1000, 'x'), keys), "");
}

TEST(Nearest, FindsValuesAndTheirSurroundings) {
    const Value root = parse("a.b: {c: [1, {d: 2}]}\na: {b: 3}\n");
    EXPECT_EQ(nearest(root, "a.b.c[1].d").text, "2");
    EXPECT_EQ(nearest(root, "a.b.c[1].x").mark.column, 14) << "the mapping around it";
    EXPECT_EQ(nearest(root, "a.b.c[7]").kind, Value::Kind::sequence);
    EXPECT_EQ(&nearest(root, "nope"), &root);
    EXPECT_EQ(&nearest(root, ""), &root);
}

}  // namespace
}  // namespace errgate::config
