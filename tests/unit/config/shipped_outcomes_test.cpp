// What the shipped dialects promise of a 5xx: that nothing happened only where the provider says so
// in a code of its own, never because of a shape, a text or the look of a name.
#include "base/ascii.hpp"
#include "shipped.hpp"

#include <algorithm>
#include <array>
#include <map>

namespace errgate::config {
namespace {

// Dialects whose provider tells refusals under a 500 apart by their text alone, and says so.
const std::map<std::string, std::string> kByText = {
    {"mpesa", "Daraja sends every refusal as a 500, three meanings under the code 500.001.1001"},
};

// Does the word stand in the answer? What a format makes up (`type: '=failed'`) does not. Whatever
// the case: formats may change it.
bool stands_in(const Example& example, std::string_view word) {
    const auto same = [](char a, char b) { return base::to_lower(a) == base::to_lower(b); };
    const auto holds = [&](std::string_view text) {
        return std::search(text.begin(), text.end(), word.begin(), word.end(), same) != text.end();
    };
    return holds(example.body) ||
           std::ranges::any_of(example.headers, holds,
                               [](const auto& field) -> std::string_view { return field.second; });
}

// Is `found` one of the terms, exactly, and the provider's own word? A `?` leaves a digit of a code
// of fixed length open; a `*` only goes by how a name looks.
bool names(const mapping::Globs& terms, std::string_view found, const Example& example) {
    return std::ranges::any_of(terms, [&](const std::string& term) {
        const bool exact = term.find('*') == std::string::npos;
        const bool positions = term.find('?') != std::string::npos;
        return exact && mapping::glob_match(term, found) &&
               (positions || stands_in(example, found));
    });
}

bool names_its_code(const mapping::Rule& rule, const errors::Failure& failure,
                    const Example& example) {
    const errors::ProviderFacts& said = failure.provider;
    const bool detail = std::ranges::any_of(failure.details, [&](const errors::Detail& each) {
        return names(rule.detail_code, each.code, example);
    });
    return detail || names(rule.code, said.code, example) || names(rule.type, said.type, example) ||
           names(rule.network, said.decline_code, example) ||
           names(rule.advice, said.advice_code, example);
}

// Why `not_applied` is no promise of the provider's here; empty when it is one, or none is made.
std::string unfounded_promise(const std::string& name, const mapping::Dialect& dialect,
                              const Example& example, int status) {
    Sent answer = sent(example);
    answer.status = status;
    mapping::Trace trace;
    const auto result = classify(dialect, answer, &trace);
    if (!result.is_error || result.failure.outcome != errors::Outcome::not_applied) return {};
    const auto rule = std::ranges::find(dialect.rules().all(), trace.rule, &mapping::Rule::label);
    if (rule == dialect.rules().all().end()) return "no rule says so";
    if (names_its_code(*rule, result.failure, example)) return {};
    if (kByText.contains(name) && rule->message) return {};
    return trace.rule;
}

TEST(ShippedOutcomes, AFiveHundredIsNotAppliedOnlyByTheProvidersOwnCode) {
    std::size_t replayed = 0;
    for (const auto& [name, entry] : shipped()) {
        for (const Example& example : examples_of(name)) {
            if (!example.expected.error || example.status >= 500) continue;
            for (const int status : {500, 503}) {
                EXPECT_EQ(unfounded_promise(name, *entry.dialect, example, status), "")
                    << name << ", example " << example.id << ", with " << status;
                ++replayed;
            }
        }
    }
    EXPECT_GT(replayed, 1000U);
}

// Answers whose shape is that of a refusal, which the examples above do not have as a 5xx.
TEST(ShippedOutcomes, AFiveHundredWithTheLookOfARefusalIsUnknown) {
    struct Look {
        const char* dialect;
        int status;
        const char* body;
    };
    constexpr std::array kLooks = {
        Look{"wise", 500, R"({"errors":[{"code":"ERROR"},{"code":"ERROR"}]})"},
        Look{"kira", 503, R"({"error":"Service unavailable","details":[]})"},
        Look{"adyen", 500, R"({"title":"t","type":"x","invalidFields":[{"name":"a"}]})"},
        Look{"checkout_com", 500, R"({"error_type":"x","error_codes":["upstream_not_found"]})"},
        Look{"checkout_com", 500, R"({"approved":false,"status":"x"})"},
        Look{"paystack", 502, R"({"status":false,"code":"invalid_gateway"})"},
        Look{"paystack", 500, R"({"status":true,"data":{"status":"failed"}})"},
        Look{"flutterwave", 500, R"({"status":"error","data":{"status":"failed"}})"},
        Look{"kiotapay", 500, R"({"errorCode":"REQ_PIPELINE_DOWN","message":"m"})"},
        Look{"stripe", 500, R"({"error":{"type":"card_error","message":"m"}})"},
        Look{"generic", 502, R"({"message":"upstream not found","errors":[{"field":"a"}]})"},
    };
    for (const Look& look : kLooks) {
        const auto result = classify(*shipped().at(look.dialect).dialect, {look.status, look.body});
        ASSERT_TRUE(result.is_error);
        EXPECT_EQ(result.failure.outcome, errors::Outcome::unknown) << look.dialect << look.body;
        EXPECT_GE(result.failure.status, 500) << look.dialect << look.body;
    }
}

}  // namespace
}  // namespace errgate::config
