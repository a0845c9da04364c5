// Rules: the first that matches, however it is found.
#include "mapping/rules.hpp"

#include "answers.hpp"

namespace errgate::mapping {
namespace {

using errors::Code;

Rule rule(Globs codes, Code to) {
    Rule out;
    out.code = std::move(codes);
    out.to = to;
    return out;
}

const Answer& answer() {
    static const Answer kAnswer{"{}", 403};
    return kAnswer;
}

std::optional<Code> match(const std::vector<Rule>& rules, const Extraction& found) {
    const RuleSet set(rules);
    const Rule* const first = set.first_match(found, answer().context);
    return first == nullptr ? std::nullopt : std::optional(first->to);
}

Extraction with_code(std::string_view code) {
    Extraction found;
    found.code = code;
    return found;
}

TEST(Rules, OrderOfTheFileDecidesBetweenExactCodesAndGlobs) {
    const std::vector<Rule> rules{rule({"A1"}, Code::not_found), rule({"A*"}, Code::forbidden),
                                  rule({"A2"}, Code::conflict), rule({"B"}, Code::timeout),
                                  rule({}, Code::invalid_request)};
    EXPECT_EQ(match(rules, with_code("A1")), Code::not_found);
    EXPECT_EQ(match(rules, with_code("A2")), Code::forbidden);
    EXPECT_EQ(match(rules, with_code("B")), Code::timeout);
    EXPECT_EQ(match(rules, with_code("C")), Code::invalid_request);
    EXPECT_EQ(match(rules, {}), Code::invalid_request) << "no code at all";
}

TEST(Rules, SeveralRulesMayNameOneCode) {
    Rule expired = rule({"unauthorized"}, Code::expired_credentials);
    expired.message = regex("expired", true);
    const std::vector<Rule> rules{expired, rule({"unauthorized", "x"}, Code::unauthorized)};
    Extraction found = with_code("unauthorized");
    EXPECT_EQ(match(rules, found), Code::unauthorized);
    found.message = "Token EXPIRED";
    EXPECT_EQ(match(rules, found), Code::expired_credentials);
}

TEST(Rules, ThousandsOfExactCodesCostNoMoreThanOne) {
    std::vector<Rule> rules;
    for (int i = 0; i < 5000; ++i)
        rules.push_back(rule({"C" + std::to_string(i)}, i % 2 ? Code::not_found : Code::conflict));
    Globs many;
    for (int i = 0; i < 5000; ++i)
        many.push_back("L" + std::to_string(i));
    rules.push_back(rule(many, Code::forbidden));
    rules.push_back(rule({"L4999", "x"}, Code::timeout));
    EXPECT_EQ(match(rules, with_code("C4999")), Code::not_found);
    EXPECT_EQ(match(rules, with_code("L4999")), Code::forbidden);
    EXPECT_EQ(match(rules, with_code("C5000")), std::nullopt);

    rules.push_back(rule({"X*"}, Code::not_found));
    const RuleSet set(rules);
    EXPECT_EQ(set.candidates("C4999"), 2U) << "its own rule and the glob";
    EXPECT_EQ(set.candidates("L4999"), 3U);
    EXPECT_EQ(set.candidates("C5000"), 1U);
    EXPECT_EQ(set.candidates(std::nullopt), 1U);
}

TEST(Rules, EveryConditionCounts) {
    Rule all = rule({"c"}, Code::conflict);
    all.type = {"card_*"};
    all.network = {"51"};
    all.advice = {"0?"};
    all.detail_code = {"req"};
    all.message = regex("funds");
    all.where = {{StatusTest{{{403, 403}}}}};
    Extraction found = with_code("c");
    found.type = "card_error";
    found.decline_code = "51";
    found.advice_code = "03";
    found.message = "no funds";
    found.details = {{"/a", "", ""}, {"/b", "req", ""}};
    EXPECT_FALSE(first_miss(all, found, answer().context));

    const auto miss_without = [&](auto change) {
        Extraction changed = found;
        change(changed);
        return std::string(first_miss(all, changed, answer().context).value_or("none"));
    };
    EXPECT_EQ(miss_without([](Extraction& e) { e.code = "C"; }), "code");
    EXPECT_EQ(miss_without([](Extraction& e) { e.type = std::nullopt; }), "type");
    EXPECT_EQ(miss_without([](Extraction& e) { e.decline_code = "05"; }), "network");
    EXPECT_EQ(miss_without([](Extraction& e) { e.advice_code = std::nullopt; }), "advice");
    EXPECT_EQ(miss_without([](Extraction& e) { e.details.clear(); }), "detail_code");
    EXPECT_EQ(miss_without([](Extraction& e) { e.message = std::nullopt; }), "message");
    const Answer other{"{}", 404};
    EXPECT_EQ(first_miss(all, found, other.context), "condition on the response");
}

}  // namespace
}  // namespace errgate::mapping
