// Words to look for: what many regular expressions of a mapping amount to.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace errgate::mapping {

// `expired`, `^customer not found`, `claims|invalid`: alternatives of plain ASCII characters, each
// anywhere in a text or, behind `^`, at its beginning.
class Literals {
  public:
    // Nothing when the expression says more than that.
    static std::optional<Literals> parse(std::string_view expression, bool ignore_case);

    // `text` is ASCII: beyond it RE2 knows more about case (U+017F is an s, U+212A a k).
    bool found_in(std::string_view text) const;

  private:
    struct Word {
        std::string text;  // in lower case where case does not count
        bool at_begin = false;
    };
    bool is_at(const char* at, std::string_view word) const;  // `at` has room for it
    bool found_in(std::string_view text, const Word& word) const;

    std::vector<Word> words_;
    bool ignore_case_ = false;
};

}  // namespace errgate::mapping
