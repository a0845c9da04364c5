// Bodies made to hurt: every one of them must give a tree, in bounded time and memory.
#include "answers.hpp"
#include "mapping/html_body.hpp"

namespace errgate::mapping {
namespace {

std::string repeat(std::string_view piece, std::size_t times) {
    std::string out;
    out.reserve(piece.size() * times);
    for (std::size_t i = 0; i < times; ++i)
        out += piece;
    return out;
}

TEST(HostileBody, JsonNested100000Levels) {
    const Body closed = decode(repeat("[", 100'000) + repeat("]", 100'000));
    EXPECT_EQ(closed.kind, BodyKind::json);
    EXPECT_LE(closed.tree.size(), kMaxDepth + 1);
    EXPECT_EQ(decode(repeat("{\"a\":", 100'000)).kind, BodyKind::json);
}

TEST(HostileBody, OneMillionMembersStopAtTheNodeLimit) {
    const Body body = decode("{\"code\":\"x\"," + repeat("\"k\":1,", 1'000'000) + "\"z\":1}");
    EXPECT_EQ(body.kind, BodyKind::json);
    EXPECT_EQ(at(body, "/code"), "x");
    EXPECT_LE(body.tree.size(), kMaxNodes);
}

TEST(HostileBody, ManyDistinctMembersAreMadeUniqueInLinearTime) {
    std::string json = "{";
    for (int i = 0; i < 19'000; ++i)
        json += "\"member" + std::to_string(i) + "\":0,";
    const Body body = decode(json + "\"code\":\"x\"}");
    EXPECT_EQ(at(body, "/code"), "x");
}

TEST(HostileBody, SeveralDescendantsInOnePointerStayBounded) {
    const Body body = decode(repeat("[[1],", 2000) + "1" + repeat("]", 2000));
    EXPECT_LE(ptr("/**/**/**/**").all(body.tree).size(), kMaxMatches + 1);
}

TEST(HostileBody, LoneSurrogatesBecomeTheReplacementCharacter) {
    EXPECT_EQ(at(decode(R"({"m":"a\ud800b","n":"\udc00","o":"\ud83d\ude00"})"), "/m"),
              "a\xEF\xBF\xBD"
              "b");
    EXPECT_EQ(at(decode(R"({"m":"\ud800","o":"\ud83d\ude00"})"), "/o"), "\xF0\x9F\x98\x80");
    EXPECT_EQ(at(decode(R"({"m":"\ud800\ud800"})"), "/m"), repeat("\xEF\xBF\xBD", 2));
}

TEST(HostileBody, RawControlCharactersInsideStringsAreBlanks) {
    EXPECT_EQ(at(decode("{\"m\":\"two\nlines\"}"), "/m"), "two lines");
    EXPECT_EQ(at(decode(std::string("{\"m\":\"nul\0\"}", 12)), "/m"), "nul");
}

TEST(HostileBody, NumbersBeyondADoubleDoNotCostTheOtherMembers) {
    const Body body = decode(R"({"a":1e999,"b":[-1e400],"code":"x","c":)" + repeat("9", 400) + "}");
    EXPECT_EQ(at(body, "/code"), "x");
    EXPECT_EQ(at(body, "/a"), "(absent)");
    EXPECT_EQ(at(body, "/c"), "(absent)");
}

TEST(HostileBody, PagesOfOpenTags) {
    EXPECT_EQ(decode(repeat("<h1", 100'000)).kind, BodyKind::html);
    EXPECT_EQ(decode(repeat("<script>", 50'000)).kind, BodyKind::html);
    EXPECT_EQ(decode("<html>" + repeat("<b>x", 100'000)).kind, BodyKind::html);
}

TEST(HostileBody, TextsAreCutAtACharacter) {
    const Body body = decode("x" + repeat("é", 5000));
    const std::string text = at(body, "/text");
    EXPECT_EQ(text.size(), kMaxPageText - 1);
    EXPECT_TRUE(text.ends_with("é"));
}

TEST(HostileBody, XmlNestedDeeply) {
    const Body body = decode(repeat("<a>", 5000) + "x" + repeat("</a>", 5000));
    EXPECT_EQ(body.kind, BodyKind::xml);
    EXPECT_LE(body.tree.size(), kMaxDepth + 4);
}

TEST(HostileBody, XmlEntitiesAreNeverExpanded) {
    const Body body = decode(
        "<!DOCTYPE a [<!ENTITY x 'boom'><!ENTITY f SYSTEM 'file:///etc/passwd'>]>"
        "<a><code>&f;</code><m>&x;</m></a>");
    EXPECT_EQ(body.kind, BodyKind::html);
    EXPECT_EQ(at(body, "/text").find("root:"), std::string::npos);
    EXPECT_EQ(at(body, "/a/code"), "(absent)");
}

TEST(HostileBody, XmlNested100000Levels) {
    const Body body = decode(repeat("<a>", 100'000) + repeat("</a>", 100'000));
    EXPECT_LE(body.tree.size(), kMaxDepth + 4);
}

TEST(HostileBody, BinaryIsNoTextForAnybody) {
    const Body image = decode(std::string("\x89PNG\r\n\x1a\n\0\0\0\rIHDR", 16), "image/png");
    EXPECT_EQ(image.kind, BodyKind::text);
    EXPECT_EQ(at(image, "/text"), "(absent)");
    EXPECT_EQ(at(decode("PK\x03\x04\x14 a.json"), "/text"), "(absent)");
    EXPECT_EQ(at(decode("\x1b[31mred\x1b[0m"), "/text"), "[31mred[0m");
}

TEST(HostileBody, OverlongAndForeignEncodingsAreTextAtMost) {
    const Body overlong = decode("{\"m\":\"a\xC0\xAF\"}");
    EXPECT_EQ(at(overlong, "/m"), "a\xC3\x80\xC2\xAF");
    EXPECT_EQ(at(decode("{\"m\":\"+ADw-b+AD4-\"}", "application/json; charset=utf-7"), "/m"),
              "+ADw-b+AD4-");
}

TEST(HostileBody, ExpressionsOnALongTextStayLinear) {
    const std::string text = repeat("a", 200'000);
    EXPECT_FALSE(regex("(a+)+$b").found_in(text));
    EXPECT_FALSE(regex("(a|aa)*c").group(text, 1));
}

}  // namespace
}  // namespace errgate::mapping
