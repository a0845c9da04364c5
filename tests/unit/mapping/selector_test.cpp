// Selectors and their pipes.
#include "mapping/selector.hpp"

#include "answers.hpp"

namespace errgate::mapping {
namespace {

using Source = Selector::Source;

Selector make(Source source, std::string text = "") {
    Selector selector;
    selector.source = source;
    selector.text = std::move(text);
    return selector;
}

Selector pointer(std::string_view text) {
    Selector selector = make(Source::pointer);
    selector.pointers.push_back(ptr(text));
    return selector;
}

std::string shown(const Selector& selector, const Context& context) {
    return std::string(selector.value(context).value_or("(absent)"));
}

TEST(Selector, ReadsEverySource) {
    const Answer answer{R"({"a":{"b":"x"},"list":["1","",null,"2"]})", 402,
                        fields({{"X-Code", " 7 "}, {"X-Empty", ""}})};
    EXPECT_EQ(shown(pointer("/a/b"), answer.context), "x");
    EXPECT_EQ(shown(pointer("/a/z"), answer.context), "(absent)");
    EXPECT_EQ(shown(make(Source::header, "x-code"), answer.context), "7");
    EXPECT_EQ(shown(make(Source::header, "X-Empty"), answer.context), "(absent)");
    EXPECT_EQ(shown(make(Source::status), answer.context), "402");
    EXPECT_EQ(shown(make(Source::literal, "word"), answer.context), "word");
}

TEST(Selector, InsideAnElement) {
    const Answer answer{R"({"errors":{"email":["bad"]},"code":"c"})"};
    const NodeId element = *ptr("/errors/email/0").first(answer.body.tree);
    const Context inside = answer.context.inside(element, "email");
    EXPECT_EQ(shown(make(Source::key), inside), "email");
    EXPECT_EQ(shown(make(Source::self), inside), "bad");
    EXPECT_EQ(shown(pointer("/code"), inside), "(absent)");
    Selector root = make(Source::root_pointer);
    root.pointers.push_back(ptr("/code"));
    EXPECT_EQ(shown(root, inside), "c");
}

TEST(Selector, FirstThatIsNotAbsent) {
    const Answer answer{R"({"a":"","b":null,"c":0})"};
    Selector first = make(Source::first_of);
    first.parts = {pointer("/a"), pointer("/b"), pointer("/c")};
    EXPECT_EQ(shown(first, answer.context), "0");
}

TEST(Selector, JoinSkipsWhatIsAbsent) {
    const Answer answer{R"({"list":["1","",null,"2"],"x":"3"})"};
    Selector join = make(Source::join, "; ");
    join.pointers = {ptr("/list/*"), ptr("/x"), ptr("/y")};
    EXPECT_EQ(shown(join, answer.context), "1; 2; 3");
}

TEST(Selector, ConcatenationNeedsEveryPart) {
    const Answer answer{R"({"a":"x"})"};
    Selector text = make(Source::concatenation);
    text.parts = {make(Source::literal, "code "), pointer("/a")};
    EXPECT_EQ(shown(text, answer.context), "code x");
    text.parts.push_back(pointer("/b"));
    EXPECT_EQ(shown(text, answer.context), "(absent)");
}

TEST(Selector, PipeRunsInOrder) {
    const Answer answer{R"({"code":10207})"};
    Selector selector = pointer("/code");
    selector.pipe = {TextOp::pad6, Capture{regex(R"(^(\d\d))"), 1}, Translate{{{"01", "POST"}}}};
    EXPECT_EQ(shown(selector, answer.context), "POST");
}

TEST(Selector, FallbackStandsForWhateverFails) {
    const Answer answer{R"({"code":"x"})"};
    Selector selector = pointer("/code");
    selector.pipe = {Capture{regex("(y)"), 1}};
    EXPECT_EQ(shown(selector, answer.context), "(absent)");
    selector.fallback = "none";
    EXPECT_EQ(shown(selector, answer.context), "none");
}

struct OpCase {
    TextOp op;
    const char* from;
    const char* to;
};

std::string piped(const PipeOp& op, std::string_view text) {
    Arena arena;
    return std::string(apply(op, text, arena).value_or("(absent)"));
}

TEST(Pipe, TextOperations) {
    const OpCase cases[] = {
        {TextOp::lower, "AbC", "abc"},
        {TextOp::upper, "AbC", "ABC"},
        {TextOp::trim, "  a ", "a"},
        {TextOp::snake, "Card declined!", "card_declined"},
        {TextOp::snake, "--A--b", "a_b"},
        {TextOp::pad6, "10207", "010207"},
        {TextOp::pad6, "1234567", "1234567"},
        {TextOp::pad6, "-5", "-00005"},
        {TextOp::pad6, "café", "00café"},
        {TextOp::strip_tags, "a<b>c</b>", "ac"},
        {TextOp::urn_tail, "urn:problem:out-of-stock", "out-of-stock"},
        {TextOp::urn_tail, "https://x/errors/validation/", "validation"},
        {TextOp::urn_tail, "plain", "plain"},
    };
    for (const auto& c : cases)
        EXPECT_EQ(piped(c.op, c.from), c.to) << c.from;
}

TEST(Pipe, AnOperationThatLeavesNothingMakesTheValueAbsent) {
    EXPECT_EQ(piped(TextOp::snake, "!!!"), "(absent)");
    EXPECT_EQ(piped(TextOp::urn_tail, "///"), "(absent)");
    EXPECT_EQ(piped(Capture{regex("(a*)"), 1}, "b"), "(absent)");
}

TEST(Pipe, TranslationFallsToItsStar) {
    const Translate words{{{"05", "declined"}, {"*", "other"}}};
    EXPECT_EQ(piped(words, "05"), "declined");
    EXPECT_EQ(piped(words, "99"), "other");
    EXPECT_EQ(piped(Translate{{{"05", "declined"}}}, "99"), "99") << "without a star it stays";
}

}  // namespace
}  // namespace errgate::mapping
