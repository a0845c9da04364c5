// What a body really is, whatever its Content-Type says.
#include "mapping/body.hpp"

#include "answers.hpp"

namespace errgate::mapping {
namespace {

using namespace std::string_literals;

struct SniffCase {
    const char* name;
    std::string bytes;
    const char* content_type;
    const char* kind;
    const char* pointer;
    const char* text;
};

class Sniff : public testing::TestWithParam<SniffCase> {};

TEST_P(Sniff, ContentDecides) {
    const auto& c = GetParam();
    const Body body = decode(c.bytes, c.content_type);
    EXPECT_EQ(to_string(body.kind), c.kind);
    EXPECT_EQ(at(body, c.pointer), c.text);
}

const SniffCase kSniffCases[] = {
    {"json", R"({"code":"x"})", "application/json", "json", "/code", "x"},
    {"json_as_html", R"({"code":"x"})", "text/html", "json", "/code", "x"},
    {"json_untyped", R"( {"code":"x"} )", "", "json", "/code", "x"},
    {"json_utf16_le_unmarked", std::string("{\0\"\0c\0\"\0:\0\"\0x\0\"\0}\0", 18), "", "json", "/c",
     "x"},
    {"json_utf16_be_unmarked", std::string("\0{\0\"\0c\0\"\0:\0\"\0x\0\"\0}", 18), "", "json", "/c",
     "x"},
    {"json_cut_by_its_sender", R"({"code":"x","message":"no lu)", "", "json", "/code", "x"},
    {"json_like_text", "[ERROR] no luck", "", "text", "/text", "[ERROR] no luck"},
    {"json_behind_a_guard", ")]}',\n{\"code\":\"x\"}", "", "json", "/code", "x"},
    {"json_behind_a_loop", R"(while(1);{"code":"x"})", "", "json", "/code", "x"},
    {"json_behind_an_endless_for", R"(for(;;);[{"code":"x"}])", "", "json", "/0/code", "x"},
    {"jsonp", R"(cb({"code":"x"});)", "text/javascript", "json", "/code", "x"},
    {"jsonp_of_jquery", "/**/jQuery1_2.x( {\"code\":\"x\"} )\n", "", "json", "/code", "x"},
    {"jsonp_cut", R"(cb({"code":"x","message":"no lu)", "", "json", "/code", "x"},
    {"jsonp_of_a_text", R"(cb("oops");)", "", "text", "/text", R"(cb("oops");)"},
    {"no_jsonp", "fee (5) {x}", "", "text", "/text", "fee (5) {x}"},
    {"guard_alone", ")]}'", "", "text", "/text", ")]}'"},
    {"json_in_nul_bytes", "\0{\"code\":\"x\"}\0\0"s, "", "json", "/code", "x"},
    {"json_array", R"([{"code":"x"}])", "", "json", "/0/code", "x"},
    {"json_text", R"("oops")", "", "json", "/text", "oops"},
    {"json_number", "-4", "", "json", "/text", "-4"},
    {"json_null", "null", "", "json", "/text", "(absent)"},
    {"almost_json", R"({"code":)", "application/json", "text", "/text", R"({"code":)"},
    {"bom", "\xEF\xBB\xBF{\"code\":\"x\"}", "", "json", "/code", "x"},
    {"utf16_le", "\xFF\xFE{\0\"\0a\0\"\0:\0001\0}\0"s, "", "json", "/a", "1"},
    {"utf16_be", "\xFE\xFF\0{\0\"\0a\0\"\0:\0001\0}"s, "", "json", "/a", "1"},
    {"latin1", "{\"m\":\"caf\xE9\"}", "", "json", "/m", "café"},
    {"overlong_utf8", "{\"m\":\"\xC0\xAF\"}", "", "json", "/m", "À¯"},
    {"xml", "<e><code>x</code></e>", "application/xml", "xml", "/e/code", "x"},
    {"xml_as_json", "<e><code>x</code></e>", "application/json", "xml", "/e/code", "x"},
    {"broken_xml", "<e><code>x</e>", "application/xml", "html", "/text", "x"},
    {"html", "<html><h1>Bad</h1></html>", "", "html", "/h1", "Bad"},
    {"html_doctype", "<!DOCTYPE HTML><p>hi", "application/json", "html", "/text", "hi"},
    {"fragment_declared_html", "<p>hi</p>", "text/html; charset=x", "html", "/text", "hi"},
    {"form", "ACK=Failure&L_ERRORCODE0=10417", "text/plain", "form", "/ACK", "Failure"},
    {"lines", "code=5\r\nmessage = bad\n", "text/plain", "lines", "/message", "bad"},
    {"one_pair_is_text", "code=5", "", "text", "/text", "code=5"},
    {"text", "Service\n  Unavailable", "", "text", "/text", "Service Unavailable"},
    {"empty", "", "application/json", "empty", "/text", "(absent)"},
    {"blank", " \r\n\0"s, "", "empty", "/text", "(absent)"},
};

INSTANTIATE_TEST_SUITE_P(Bodies, Sniff, testing::ValuesIn(kSniffCases),
                         [](const auto& each) { return std::string(each.param.name); });

TEST(Body, RootIsAlwaysAnObjectOrAnArray) {
    for (const char* bytes : {"", "1", "null", "\"x\"", "true", "x", "<", "a=1&b=2"}) {
        const auto kind = decode(bytes).tree.root().kind;
        EXPECT_TRUE(kind == Node::Kind::object || kind == Node::Kind::array) << bytes;
    }
}

TEST(Body, CutJsonKeepsWhatWasReadWhenTheBodyIsKnownToBeCut) {
    const Body body = decode(R"({"code":"x","details":[{"f":"a"},{"f)", "", "", false);
    EXPECT_EQ(body.kind, BodyKind::json);
    EXPECT_EQ(at(body, "/code"), "x");
    EXPECT_EQ(at(body, "/details/0/f"), "a");
}

TEST(Body, CutInsideACharacterDoesNotMakeTheRestLatin1) {
    const Body body = decode("{\"m\":\"caf\xC3\xA9\",\"n\":\"caf\xC3", "", "", false);
    EXPECT_EQ(at(body, "/m"), "café");
}

TEST(Body, WrongJsonIsNotMendedByACut) {
    EXPECT_EQ(decode(R"({"code":"x",,)", "", "", false).kind, BodyKind::text);
}

}  // namespace
}  // namespace errgate::mapping
