#include "mapping/literals.hpp"

#include "base/ascii.hpp"
#include "base/ascii_scan.hpp"

#include <algorithm>
#include <cstdint>

namespace errgate::mapping {
namespace {

// Means itself in RE2's syntax wherever it stands.
bool is_plain(char c) {
    constexpr std::string_view kPlain(" ,;:!\"'#%&/<=>@_`~-");
    return base::is_alnum(c) || kPlain.find(c) != std::string_view::npos;
}

// Past as many eights of characters as have no `first`, in either case, not beyond `last`.
const char* skip_without(char first, const char* at, const char* last) {
    const std::uint64_t fold = base::is_alpha(first) ? base::kEveryByte * 0x20U : 0;
    const std::uint64_t wanted = base::kEveryByte * static_cast<unsigned char>(first);
    while (last - at >= 8 && base::zero_bytes((base::load_word(at) | fold) ^ (wanted | fold)) == 0)
        at += 8;
    return at;
}

}  // namespace

std::optional<Literals> Literals::parse(std::string_view expression, bool ignore_case) {
    Literals literals;
    literals.ignore_case_ = ignore_case;
    while (true) {
        const std::size_t bar = std::min(expression.find('|'), expression.size());
        std::string_view piece = expression.substr(0, bar);
        Word word;
        word.at_begin = piece.starts_with('^');
        if (word.at_begin) piece.remove_prefix(1);
        if (piece.empty() || !std::ranges::all_of(piece, is_plain)) return std::nullopt;
        word.text = piece;
        if (ignore_case) std::ranges::transform(word.text, word.text.begin(), base::to_lower);
        literals.words_.push_back(std::move(word));
        if (bar == expression.size()) return literals;
        expression.remove_prefix(bar + 1);
    }
}

bool Literals::found_in(std::string_view text) const {
    return std::ranges::any_of(words_, [&](const Word& word) { return found_in(text, word); });
}

bool Literals::found_in(std::string_view text, const Word& word) const {
    const std::size_t length = word.text.size();
    if (text.size() < length) return false;
    if (word.at_begin) return is_at(text.data(), word.text);
    if (!ignore_case_) return text.find(word.text) != std::string_view::npos;
    const char* const last = text.data() + (text.size() - length);
    for (const char* at = text.data(); at <= last; ++at) {
        at = skip_without(word.text.front(), at, last);
        if (is_at(at, word.text)) return true;
    }
    return false;
}

bool Literals::is_at(const char* at, std::string_view word) const {
    return std::ranges::all_of(word, [&](char c) {
        const char other = *at++;
        return c == (ignore_case_ ? base::to_lower(other) : other);
    });
}

}  // namespace errgate::mapping
