#include "mapping/pattern.hpp"

#include "base/ascii_scan.hpp"

#include <re2/re2.h>

namespace errgate::mapping {
namespace {

// Linear is not quick: RE2 may take a step for each instruction at each character, and repetitions
// multiply instructions. `(a|aa|aaa){500}.{500}b` has 7 500 and took 1.6 s of a worker for a text
// of 30 kB; `\p{L}+` has 1 200, and nothing up to here took more than 10 ms.
constexpr int kMaxProgram = 2'000;

}  // namespace

std::optional<Pattern> Pattern::compile(std::string_view expression, bool ignore_case,
                                        std::string& error) {
    re2::RE2::Options options;
    options.set_log_errors(false);
    options.set_case_sensitive(!ignore_case);
    auto regex = std::make_shared<const re2::RE2>(
        re2::StringPiece(expression.data(), expression.size()), options);
    if (!regex->ok()) {
        error = regex->error();
        return std::nullopt;
    }
    if (const int size = regex->ProgramSize(); size > kMaxProgram) {
        error = "too large: it compiles to " + std::to_string(size) + " instructions, at most " +
                std::to_string(kMaxProgram) + " are allowed; repeat fewer times";
        return std::nullopt;
    }
    Pattern pattern;
    pattern.regex_ = std::move(regex);
    if (auto literals = Literals::parse(expression, ignore_case)) {
        pattern.literals_ = std::make_shared<const Literals>(std::move(*literals));
    }
    return pattern;
}

bool Pattern::found_in(std::string_view text) const {
    if (literals_ && base::ascii_prefix(text) == text.size()) return literals_->found_in(text);
    const re2::StringPiece piece(text.data(), text.size());
    return regex_->Match(piece, 0, text.size(), re2::RE2::UNANCHORED, nullptr, 0);
}

std::optional<std::string_view> Pattern::group(std::string_view text, int number) const {
    if (number > groups()) return std::nullopt;
    std::vector<re2::StringPiece> found(static_cast<std::size_t>(number) + 1);
    const re2::StringPiece piece(text.data(), text.size());
    if (!regex_->Match(piece, 0, text.size(), re2::RE2::UNANCHORED, found.data(), number + 1)) {
        return std::nullopt;
    }
    if (found.back().data() == nullptr) return std::nullopt;
    return std::string_view(found.back().data(), found.back().size());
}

int Pattern::groups() const {
    return regex_->NumberOfCapturingGroups();
}

const std::string& Pattern::expression() const {
    return regex_->pattern();
}

}  // namespace errgate::mapping
