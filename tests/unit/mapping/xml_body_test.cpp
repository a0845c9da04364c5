// XML as a tree.
#include "mapping/xml_body.hpp"

#include "answers.hpp"

namespace errgate::mapping {
namespace {

struct XmlCase {
    const char* name;
    const char* xml;
    const char* pointer;
    const char* text;
};

class Xml : public testing::TestWithParam<XmlCase> {};

TEST_P(Xml, ReadsAs) {
    const Body body = decode(GetParam().xml);
    EXPECT_EQ(body.kind, BodyKind::xml);
    EXPECT_EQ(at(body, GetParam().pointer), GetParam().text);
}

const XmlCase kCases[] = {
    {"root_name_first", "<error><code>5</code></error>", "/error/code", "5"},
    {"attribute", "<error code='5'/>", "/error/@code", "5"},
    {"text_beside_attribute", "<error code='5'>bad</error>", "/error/#text", "bad"},
    {"element_with_attribute_as_text", "<e><m l='en'>bad</m></e>", "/e/m", "bad"},
    {"element_with_text_alone", "<e><m> bad </m></e>", "/e/m", "bad"},
    {"cdata", "<e><m><![CDATA[a < b]]></m></e>", "/e/m", "a < b"},
    {"predefined_entities", "<e><m>a &lt; b &amp; c &#65;</m></e>", "/e/m", "a < b & c A"},
    {"namespaces", "<s:Envelope xmlns:s='u'><s:Fault s:id='1'/></s:Envelope>",
     "/Envelope/Fault/@id", "1"},
    {"namespace_is_no_attribute", "<e xmlns='u'>x</e>", "/e", "x"},
    {"repeated_is_an_array", "<e><i>1</i><j>0</j><i>2</i></e>", "/e/i/1", "2"},
    {"one_is_a_list_of_one", "<e><i>1</i></e>", "/e/i/*", "1"},
    {"one_at_index_zero", "<e><i><c>7</c></i></e>", "/e/i/0/c", "7"},
    {"doctype_skipped", "<!DOCTYPE r SYSTEM 'x.dtd'><r><c>1</c></r>", "/r/c", "1"},
    {"declaration_skipped", "<?xml version='1.0' encoding='UTF-8'?><r>1</r>", "/r", "1"},
    {"mixed_text", "<r>a<b>x</b>c</r>", "/r/#text", "a c"},
    {"empty_element", "<r><c/></r>", "/r/c", "(absent)"},
};

INSTANTIATE_TEST_SUITE_P(Shapes, Xml, testing::ValuesIn(kCases),
                         [](const auto& each) { return std::string(each.param.name); });

TEST(Xml, RefusesWhatIsNotWellFormed) {
    for (const char* text : {"<a>", "<a></b>", "<a b=c/>", "<a>&own;</a>", "<"}) {
        Tree tree;
        EXPECT_FALSE(parse_xml(text, false, tree)) << text;
        EXPECT_EQ(tree.size(), 1U) << text;
    }
}

TEST(Xml, KeepsWhatCameBeforeACut) {
    const std::string whole = "<r><code>7</code><message>no lu";
    const Body cut = decode(whole, "application/xml", "", false);
    EXPECT_EQ(cut.kind, BodyKind::xml);
    EXPECT_EQ(at(cut, "/r/code"), "7");
    EXPECT_EQ(decode(whole, "application/xml").kind, BodyKind::html);
}

}  // namespace
}  // namespace errgate::mapping
