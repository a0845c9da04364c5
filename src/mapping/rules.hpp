// Which canonical code an extracted error gets: the first rule that matches.
#pragma once

#include "errors/codes.hpp"
#include "errors/failure.hpp"
#include "mapping/format.hpp"
#include "mapping/pattern.hpp"
#include "mapping/predicate.hpp"

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace errgate::mapping {

struct Rule {
    std::string label;  // "rules[3] code=INSUFFICIENT_FUNDS"

    // Conditions; an empty list or absent pattern asks for nothing.
    Globs code;
    Globs type;
    Globs detail_code;
    Globs network;
    Globs advice;
    std::optional<Pattern> message;
    Predicate where;

    errors::Code to = errors::Code::gateway_error;
    std::optional<errors::Outcome> outcome;
    std::optional<bool> transient;
    std::vector<MetadataSource> metadata;
    std::vector<errors::Detail> details;
};

// The first condition of `rule` that does not hold, in the mapping's words; nothing when all do.
std::optional<std::string_view> first_miss(const Rule& rule, const Extraction& found,
                                           const Context& context);
// The same for people: "code is 'X', not A, B", "/error is absent".
std::string explain_miss(const Rule& rule, const Extraction& found, const Context& context);

// Rules in order. Those that name exact codes are found by hash, so that thousands of them cost no
// more than one.
class RuleSet {
  public:
    RuleSet() = default;
    explicit RuleSet(std::vector<Rule> rules);

    // nullptr when none matches.
    const Rule* first_match(const Extraction& found, const Context& context) const;
    const std::vector<Rule>& all() const { return rules_; }
    // How many rules first_match() may have to look at for this code.
    std::size_t candidates(const Text& code) const;

  private:
    const std::vector<std::uint32_t>& naming(const Text& code) const;

    struct Hash {
        using is_transparent = void;
        std::size_t operator()(std::string_view text) const {
            return std::hash<std::string_view>{}(text);
        }
    };
    std::vector<Rule> rules_;
    std::unordered_map<std::string, std::vector<std::uint32_t>, Hash, std::equal_to<>> by_code_;
    std::vector<std::uint32_t> others_;  // rules without a code, or with a glob among theirs
};

}  // namespace errgate::mapping
