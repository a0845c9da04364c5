// Conditions on a response, with and without its body.
#include "mapping/predicate.hpp"

#include "answers.hpp"

namespace errgate::mapping {
namespace {

const Answer& answer() {
    static const Answer kAnswer{
        R"({"status":"error","code":120,"ok":false,"n":null,"list":["a","b"],"o":{},"s":""})", 404,
        fields({{"Content-Type", "application/problem+json"}, {"X-Empty", ""}}), "POST",
        "/v1/refunds/7"};
    return kAnswer;
}

bool test(Test each) {
    return holds({{std::move(each)}}, answer().context);
}

TEST(Predicate, WithoutTestsAlwaysHolds) {
    EXPECT_TRUE(holds({}, answer().context));
}

TEST(Predicate, AllTestsMustHold) {
    EXPECT_TRUE(holds({{StatusTest{{{404, 404}}}, MethodTest{{"POST"}}}}, answer().context));
    EXPECT_FALSE(holds({{StatusTest{{{404, 404}}}, MethodTest{{"GET"}}}}, answer().context));
}

TEST(Predicate, StatusRanges) {
    EXPECT_TRUE(test(StatusTest{{{500, 599}, {400, 404}}}));
    EXPECT_FALSE(test(StatusTest{{{405, 499}}}));
}

TEST(Predicate, RequestAndContent) {
    EXPECT_TRUE(test(MethodTest{{"GET", "POST"}}));
    EXPECT_TRUE(test(PathTest{{"/v?/refunds/*"}}));
    EXPECT_FALSE(test(PathTest{{"/v1/refunds"}}));
    EXPECT_TRUE(test(ContentTest{{BodyKind::xml, BodyKind::json}}));
    EXPECT_FALSE(test(ContentTest{{BodyKind::empty}}));
}

TEST(Predicate, AnAbsentHeaderNeverMatches) {
    EXPECT_TRUE(test(HeaderTest{"content-type", regex(R"(problem\+json)")}));
    EXPECT_TRUE(test(HeaderTest{"x-empty", regex("^$")}));
    EXPECT_FALSE(test(HeaderTest{"x-absent", regex("^$")}));
}

TEST(Predicate, NullCountsAsAbsent) {
    EXPECT_TRUE(test(PresenceTest{ptr("/status"), true}));
    EXPECT_TRUE(test(PresenceTest{ptr("/s"), true})) << "an empty text is there";
    EXPECT_FALSE(test(PresenceTest{ptr("/n"), true}));
    EXPECT_TRUE(test(PresenceTest{ptr("/n"), false}));
    EXPECT_TRUE(test(PresenceTest{ptr("/zz"), false}));
    EXPECT_FALSE(test(PresenceTest{ptr("/code"), false}));
}

TEST(Predicate, TypesTellFormatsApart) {
    EXPECT_TRUE(test(TypeTest{ptr("/status"), Node::Kind::string}));
    EXPECT_TRUE(test(TypeTest{ptr("/code"), Node::Kind::number}));
    EXPECT_TRUE(test(TypeTest{ptr("/ok"), Node::Kind::boolean}));
    EXPECT_TRUE(test(TypeTest{ptr("/n"), Node::Kind::null}));
    EXPECT_TRUE(test(TypeTest{ptr("/list"), Node::Kind::array}));
    EXPECT_TRUE(test(TypeTest{ptr("/o"), Node::Kind::object}));
    EXPECT_FALSE(test(TypeTest{ptr("/zz"), Node::Kind::null})) << "absent has no type";
}

TEST(Predicate, ValuesCompareAsText) {
    EXPECT_TRUE(test(EqualTest{ptr("/status"), "error"}));
    EXPECT_TRUE(test(EqualTest{ptr("/code"), "120"}));
    EXPECT_TRUE(test(EqualTest{ptr("/ok"), "false"}));
    EXPECT_TRUE(test(EqualTest{ptr("/n"), std::nullopt}));
    EXPECT_FALSE(test(EqualTest{ptr("/status"), std::nullopt}));
    EXPECT_FALSE(test(EqualTest{ptr("/list/*"), "b"})) << "only the first match";
    EXPECT_TRUE(test(OneOfTest{ptr("/list/*"), {"x", "b"}})) << "any match";
    EXPECT_FALSE(test(OneOfTest{ptr("/zz"), {"x"}}));
    EXPECT_TRUE(test(MatchTest{ptr("/list/*"), regex("^b$")}));
    EXPECT_FALSE(test(MatchTest{ptr("/s"), regex("^$")})) << "an empty text is no scalar";
}

TEST(Predicate, AtLeastComparesDigitsAsNumbers) {
    EXPECT_TRUE(test(AtLeastTest{ptr("/code"), 100}));
    EXPECT_TRUE(test(AtLeastTest{ptr("/code"), 120}));
    EXPECT_FALSE(test(AtLeastTest{ptr("/code"), 121}));
    EXPECT_FALSE(test(AtLeastTest{ptr("/status"), 0})) << "no digits";
    const Answer redsys{R"({"a":"0099","b":"0100","c":"99999999999999999999999999","d":"0"})"};
    EXPECT_FALSE(holds({{AtLeastTest{ptr("/a"), 100}}}, redsys.context));
    EXPECT_TRUE(holds({{AtLeastTest{ptr("/b"), 100}}}, redsys.context));
    EXPECT_TRUE(holds({{AtLeastTest{ptr("/c"), 100}}}, redsys.context));
    EXPECT_TRUE(holds({{AtLeastTest{ptr("/d"), 0}}}, redsys.context));
}

Predicate status(int value) {
    return {{StatusTest{{{value, value}}}}};
}

TEST(Predicate, Combinations) {
    EXPECT_TRUE(test(AnyTest{{status(500), status(404)}}));
    EXPECT_FALSE(test(AnyTest{{status(500), status(501)}}));
    EXPECT_TRUE(test(AllTest{{status(404), {}}}));
    EXPECT_FALSE(test(AllTest{{status(404), status(500)}}));
    EXPECT_TRUE(test(NotTest{{status(500)}}));
    EXPECT_FALSE(test(NotTest{{status(404)}}));
}

struct HeadCase {
    const char* name;
    Predicate predicate;
    Verdict verdict;
};

TEST(JudgeHead, KnowsWhatTheHeadAloneSays) {
    const Predicate body{{EqualTest{ptr("/status"), "error"}}};
    const Predicate header{{HeaderTest{"x-error", regex("1")}}};
    const auto both = [](const Predicate& a, const Predicate& b) {
        return Predicate{{AllTest{{a, b}}}};
    };
    const HeadCase cases[] = {
        {"nothing asked", {}, Verdict::yes},
        {"status holds", status(200), Verdict::yes},
        {"status does not", status(500), Verdict::no},
        {"header holds", header, Verdict::yes},
        {"body", body, Verdict::needs_body},
        {"method", {{MethodTest{{"GET"}}}}, Verdict::needs_body},
        {"body and a status that holds", both(status(200), body), Verdict::needs_body},
        {"body and a status that does not", both(body, status(500)), Verdict::no},
        {"body or a status that holds", {{AnyTest{{body, status(200)}}}}, Verdict::yes},
        {"body or a status that does not", {{AnyTest{{status(500), body}}}}, Verdict::needs_body},
        {"none of them", {{AnyTest{{status(500), status(404)}}}}, Verdict::no},
        {"not a status", {{NotTest{{status(500)}}}}, Verdict::yes},
        {"not this status", {{NotTest{{status(200)}}}}, Verdict::no},
        {"not the body", {{NotTest{{body}}}}, Verdict::needs_body},
    };
    const auto sent = fields({{"X-Error", "1"}});
    for (const auto& c : cases)
        EXPECT_EQ(judge_head(c.predicate, 200, sent), c.verdict) << c.name;
}

TEST(PredicateMiss, NamesTheFirstTestThatDoesNotHold) {
    Answer answer;
    answer.status = 404;
    const auto miss = [&](std::vector<mapping::Test> tests) {
        return first_miss({std::move(tests)}, answer.context).value_or("(none)");
    };
    EXPECT_EQ(miss({}), "(none)");
    EXPECT_EQ(miss({PresenceTest{ptr("/error"), true}}), "/error is absent");
    EXPECT_EQ(
        miss({PresenceTest{ptr("/error"), false}, TypeTest{ptr("/error"), Node::Kind::string}}),
        "/error is no string");
    EXPECT_EQ(miss({TypeTest{ptr(""), Node::Kind::array}}), "the body is no array");
    EXPECT_EQ(miss({ContentTest{{BodyKind::html, BodyKind::text}}}), "the body is not html, text");
    EXPECT_EQ(miss({MethodTest{{"GET"}}}), "the method is not GET");
    EXPECT_EQ(miss({PathTest{{"/other/*"}}}), "the path does not match /other/*");
    EXPECT_EQ(miss({StatusTest{{{500, 599}, {429, 429}}}}), "the status is not 500-599, 429");
    EXPECT_EQ(miss({HeaderTest{"X-Kind", regex("a+")}}),
              "the field X-Kind is absent or does not match 'a+'");
    EXPECT_EQ(miss({EqualTest{ptr("/s"), "no"}}), "/s is not 'no'");
    EXPECT_EQ(miss({OneOfTest{ptr("/s"), {"a", "b"}}}), "/s is none of a, b");
    EXPECT_EQ(miss({MatchTest{ptr("/s"), regex("x")}}), "/s does not match 'x'");
    EXPECT_EQ(miss({AtLeastTest{ptr("/s"), 100}}), "/s is no number from 100 on");
    const Predicate absent{{PresenceTest{ptr("/a"), true}}};
    const Predicate holds{{PresenceTest{ptr("/a"), false}}};
    EXPECT_EQ(miss({AllTest{{holds, absent}}}), "/a is absent");
    EXPECT_EQ(miss({AnyTest{{absent, absent}}}),
              "none of its `any` holds: /a is absent; /a is absent");
    EXPECT_EQ(miss({NotTest{{holds}}}), "its `not` holds");
}

}  // namespace
}  // namespace errgate::mapping
