// Regular expressions and globs of a mapping: compiled once, linear in what they are run on.
#pragma once

#include "mapping/literals.hpp"

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace re2 {
class RE2;
}

namespace errgate::mapping {

// An RE2 expression: never backtracks, so text chosen by a provider cannot make it slow.
class Pattern {
  public:
    // Nothing when it does not compile; then `error` says why.
    static std::optional<Pattern> compile(std::string_view expression, bool ignore_case,
                                          std::string& error);

    bool found_in(std::string_view text) const;
    // The group's part of `text` in the first match; nothing when there is no match or the group
    // took no part in it. 0 is the whole match.
    std::optional<std::string_view> group(std::string_view text, int number) const;
    int groups() const;  // how many the expression has
    const std::string& expression() const;

  private:
    std::shared_ptr<const re2::RE2> regex_;
    // What the expression says when it is no more than words; most are, and then finding one costs
    // a fifth of what the automaton does.
    std::shared_ptr<const Literals> literals_;
};

// `*` is any run of characters, `?` any one; the whole text must match, case counts.
bool glob_match(std::string_view glob, std::string_view text);
bool is_glob(std::string_view text);  // has a `*` or `?`
// Does `broad` match every text that `narrow` matches? May say no where the answer is yes.
bool glob_covers(std::string_view broad, std::string_view narrow);

using Globs = std::vector<std::string>;
bool any_match(const Globs& globs, std::string_view text);

}  // namespace errgate::mapping
