// JSON as providers write it: what is read, what is forgiven, what is refused.
#include "answers.hpp"
#include "mapping/json_body.hpp"

#include <nlohmann/json.hpp>

namespace errgate::mapping {
namespace {

JsonResult parse(std::string_view text, bool keep_partial = false) {
    Tree tree;
    return parse_json(text, keep_partial, tree);
}

std::string value(std::string_view json) {
    return at(decode(R"({"v":)" + std::string(json) + "}"), "/v");
}

TEST(Json, EscapesAreUndone) {
    EXPECT_EQ(value(R"("a\"b\\c\/d")"), "a\"b\\c/d");
    EXPECT_EQ(value(R"("1\n2\r3\t4")"), "1\n2\r3\t4");
    EXPECT_EQ(value(R"("a\bb\fc1\b")"), "abc1") << "control characters are no text";
    EXPECT_EQ(value(R"("1\b\f2")"), "1 2") << "what they parted is not one number";
    EXPECT_EQ(value(R"("\u00e9\u20AC\ud83d\ude00")"), "\u00e9\u20ac\U0001F600");
    EXPECT_EQ(value(R"("a long plain run, then \u0041 and another long plain run")"),
              "a long plain run, then A and another long plain run");
    EXPECT_EQ(at(decode(R"({"n\u0061me":"x"})"), "/name"), "x");
}

TEST(Json, WhatIsNoJsonIsRefusedWhereverItEnds) {
    for (const char* text :
         {"{,}",   "[,]",  "[1,]",  R"({"a":1,})", R"({"a" 1})",  "{a:1}", "{'a':1}", "[1 2]",
          "[1}",   "01",   "+1",    ".5",          "1.",          "1.e1",  "1e",      "--1",
          "tru e", "nul1", "True",  R"("\x")",     R"("\u12g4")", "[]]",   "{}{}",    "1 2",
          "",      " ",    "[NaN]", R"(["a":1])",  R"({"a":1:2})"})
        EXPECT_EQ(parse(text), JsonResult::invalid) << text;
    EXPECT_EQ(parse(R"({"a":1,,)", true), JsonResult::invalid);
}

TEST(Json, ACutTextGivesWhatWasCertain) {
    constexpr std::string_view kText = R"({"code":"x","list":[1,{"a":true}],"n":1234,"t":"end"})";
    for (std::size_t size = 0; size < kText.size(); ++size) {
        const Body body = decode(kText.substr(0, size), "", "", false);
        if (body.kind != BodyKind::json) {
            EXPECT_LT(size, std::string_view(R"({"code":"x")").size()) << size;
            continue;
        }
        EXPECT_EQ(at(body, "/code"), "x") << size;
        const std::string number = at(body, "/n");
        EXPECT_TRUE(number == "1234" || number == "(absent)") << "half a number: " << number;
        EXPECT_NE(at(body, "/t"), "en") << "half a text";
    }
}

// A strict parser and ours take the same texts, but for what is forgiven on purpose, none of which
// a change of one of these characters can make.
TEST(Json, AgreesWithAStrictParserOnEveryChangeOfOneCharacter) {
    constexpr std::string_view kText =
        R"({"a":[1,-2.5e+3,true,null,{}],"b\n":"\u00e9 \\ x","c":{"d":[],"e":0}})";
    constexpr std::string_view kOthers = "\"\\{}[]:,019eE.+-tnu/ a";
    const auto agrees = [](const std::string& text) {
        EXPECT_EQ(parse(text) == JsonResult::complete, nlohmann::json::accept(text)) << text;
    };
    for (std::size_t i = 0; i < kText.size(); ++i) {
        std::string without(kText);
        agrees(without.erase(i, 1));
        agrees(std::string(kText.substr(0, i)));
        for (const char c : kOthers) {
            std::string changed(kText);
            changed[i] = c;
            agrees(changed);
            agrees(std::string(kText).insert(i, 1, c));
        }
    }
}

}  // namespace
}  // namespace errgate::mapping
