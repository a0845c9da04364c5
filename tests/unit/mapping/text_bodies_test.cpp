// HTML, form and plain-text bodies.
#include "answers.hpp"
#include "mapping/html_body.hpp"
#include "mapping/plain_body.hpp"

namespace errgate::mapping {
namespace {

TEST(Html, TitleHeadingAndText) {
    const Body body = decode(
        "<HTML><head><TITLE>502 Bad</TITLE><style>p{}</style></head>"
        "<body><h1 class='x'>Bad <b>Gateway</b></h1><script>var a = '<p>';</script>\n nginx "
        "</body></HTML>");
    EXPECT_EQ(at(body, "/title"), "502 Bad");
    EXPECT_EQ(at(body, "/h1"), "Bad Gateway");
    EXPECT_EQ(at(body, "/text"), "502 Bad Bad Gateway nginx");
}

TEST(Html, UnclosedElementsSayNothing) {
    const Body body = decode("<html><title>502</title><h1>Bad gatew");
    EXPECT_EQ(at(body, "/title"), "502");
    EXPECT_EQ(at(body, "/h1"), "(absent)");
    EXPECT_EQ(at(body, "/text"), "502 Bad gatew");
}

TEST(Html, UnclosedScriptIsNotShown) {
    EXPECT_EQ(at(decode("<html>hi<script>secret()"), "/text"), "hi");
}

TEST(Html, HeadingIsNotAHeader) {
    EXPECT_EQ(at(decode("<html><header>no</header><h1>yes</h1>"), "/h1"), "yes");
}

TEST(StripTags, LeavesWhatIsNoTag) {
    EXPECT_EQ(strip_tags("a<b>c</b> 1 < 2", ""), "ac 1 < 2");
    EXPECT_EQ(strip_tags("<>", ""), "<>");
    EXPECT_EQ(strip_tags("", " "), "");
}

TEST(CollapseBlanks, OneBlankBetweenWords) {
    EXPECT_EQ(collapse_blanks(" a \t\n b ", 100), "a b");
    EXPECT_EQ(collapse_blanks("aé", 2), "a");
}

TEST(Form, DecodesNamesAndValues) {
    const Body body = decode("L_ERRORCODE0=10417&m%5B0%5D=a%20b+c&empty=&last=%zz&x=1&x=2");
    EXPECT_EQ(body.kind, BodyKind::form);
    EXPECT_EQ(at(body, "/L_ERRORCODE0"), "10417");
    EXPECT_EQ(at(body, "/m[0]"), "a b c");
    EXPECT_EQ(at(body, "/empty"), "(absent)");
    EXPECT_EQ(at(body, "/last"), "%zz");
    EXPECT_EQ(at(body, "/x"), "2");
}

TEST(Form, InvalidUtf8InAValueIsRepaired) {
    EXPECT_EQ(at(decode("a=%ff&b=1"), "/a"), "\xEF\xBF\xBD");
}

TEST(Form, SentencesAreNotForms) {
    for (const char* text : {"see a=1 & b=2", "a&b=1", "a=1&&b=2", "price=<b>&x=1"})
        EXPECT_EQ(decode(text).kind, BodyKind::text) << text;
}

TEST(Lines, NameAndValue) {
    const Body body = decode("Response Code=05\n\nx_message = Do not honor = really\n");
    EXPECT_EQ(body.kind, BodyKind::lines);
    EXPECT_EQ(at(body, "/Response Code"), "05");
    EXPECT_EQ(at(body, "/x_message"), "Do not honor = really");
}

TEST(Lines, OneOtherLineMakesItText) {
    EXPECT_EQ(decode("a=1\nb=2\nsome text\n").kind, BodyKind::text);
}

}  // namespace
}  // namespace errgate::mapping
