#include "mapping/rules.hpp"

#include "errors/redact.hpp"

#include <algorithm>

namespace errgate::mapping {
namespace {

constexpr std::string_view kElsewhere = "condition on the response";

bool asks(const Globs& globs, const Text& value) {
    return globs.empty() || (value && any_match(globs, *value));
}

bool asks_details(const Globs& globs, const std::vector<errors::Detail>& details) {
    return globs.empty() || std::any_of(details.begin(), details.end(), [&](const auto& detail) {
               return !detail.code.empty() && any_match(globs, detail.code);
           });
}

bool names_exact_codes(const Rule& rule) {
    return !rule.code.empty() && std::none_of(rule.code.begin(), rule.code.end(),
                                              [](const auto& code) { return is_glob(code); });
}

// Of the conditions behind the code.
std::optional<std::string_view> first_other_miss(const Rule& rule, const Extraction& found,
                                                 const Context& context) {
    if (!asks(rule.type, found.type)) return "type";
    if (!asks(rule.network, found.decline_code)) return "network";
    if (!asks(rule.advice, found.advice_code)) return "advice";
    if (!asks_details(rule.detail_code, found.details)) return "detail_code";
    if (rule.message && !rule.message->found_in(found.message.value_or(""))) return "message";
    if (!holds(rule.where, context)) return kElsewhere;
    return std::nullopt;
}

}  // namespace

std::optional<std::string_view> first_miss(const Rule& rule, const Extraction& found,
                                           const Context& context) {
    if (!asks(rule.code, found.code)) return "code";
    return first_other_miss(rule, found, context);
}

std::string explain_miss(const Rule& rule, const Extraction& found, const Context& context) {
    const std::string key(first_miss(rule, found, context).value_or(""));
    if (const auto miss = first_miss(rule.where, context); miss && key == kElsewhere) return *miss;
    const auto said = [&]() -> const Text* {
        if (key == "code") return &found.code;
        if (key == "type") return &found.type;
        if (key == "network") return &found.decline_code;
        if (key == "advice") return &found.advice_code;
        return nullptr;
    }();
    if (said == nullptr) return key + " does not match";
    return *said ? key + " is '" + errors::redact(**said, 64) + "'" : "no " + key + " was found";
}

RuleSet::RuleSet(std::vector<Rule> rules) : rules_(std::move(rules)) {
    for (std::uint32_t i = 0; i < rules_.size(); ++i) {
        if (!names_exact_codes(rules_[i])) {
            others_.push_back(i);
            continue;
        }
        for (const std::string& code : rules_[i].code) {
            auto& listed = by_code_[code];
            if (listed.empty() || listed.back() != i) listed.push_back(i);
        }
    }
}

const std::vector<std::uint32_t>& RuleSet::naming(const Text& code) const {
    static const std::vector<std::uint32_t> kNone;
    const auto entry = code ? by_code_.find(*code) : by_code_.end();
    return entry == by_code_.end() ? kNone : entry->second;
}

std::size_t RuleSet::candidates(const Text& code) const {
    return naming(code).size() + others_.size();
}

const Rule* RuleSet::first_match(const Extraction& found, const Context& context) const {
    const auto& exact = naming(found.code);
    // Both lists ascend: always trying the lower of their fronts keeps the order of the file.
    auto a = exact.begin();
    auto b = others_.begin();
    while (a != exact.end() || b != others_.end()) {
        const bool take_exact = b == others_.end() || (a != exact.end() && *a < *b);
        const Rule& rule = rules_[take_exact ? *a++ : *b++];
        // The hash has answered for the code: a rule may list thousands.
        const auto miss =
            take_exact ? first_other_miss(rule, found, context) : first_miss(rule, found, context);
        if (!miss) return &rule;
    }
    return nullptr;
}

}  // namespace errgate::mapping
