// A pass over the letters of a text rules nearly every mark out; one expression finds the others.
#include "mapping/debug_output.hpp"

#include "base/ascii.hpp"
#include "mapping/pattern.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <string>

namespace errgate::mapping {
namespace {

// Which ASCII characters a text is made of.
class Letters {
  public:
    constexpr explicit Letters(std::string_view text) {
        for (const char c : text) {
            const auto byte = static_cast<unsigned char>(c);
            seen_[byte / 64 % 2] |= std::uint64_t{1} << byte % 64;
        }
    }
    constexpr bool has_all_of(const Letters& other) const {
        return (seen_[0] & other.seen_[0]) == other.seen_[0] &&
               (seen_[1] & other.seen_[1]) == other.seen_[1];
    }
    constexpr bool has_any_of(const Letters& other) const {
        return ((seen_[0] & other.seen_[0]) | (seen_[1] & other.seen_[1])) != 0;
    }

  private:
    std::array<std::uint64_t, 2> seen_{};
};

constexpr std::string_view kBlanks = " \t\r\n\\";  // and the backslash of a quoted quote

// One of these is in every text that debug_marks() matches. A usual sentence lacks some letter of
// nearly each: one pass over it and no search, where the expression would walk an automaton.
struct Piece {
    std::string_view text;
    Letters letters{text};  // ... or more, where the rest of what is matched has them
};
constexpr auto kPieces = std::to_array<Piece>({{"Traceback ("},
                                               {"tack trace"},
                                               {"\n"},
                                               {" at java."},
                                               {" at org."},
                                               {" at com."},
                                               {" at System."},
                                               {" at ", Letters(" at .(")},
                                               {"java.lang."},
                                               {"(/"},
                                               {"node_modules/"},
                                               {"Exception in thread"},
                                               {"goroutine "},
                                               {"panicked at "},
                                               {"SQLSTATE["},
                                               {"Fatal error:"},
                                               {"<?php"},
                                               {":line "},
                                               {"File \""},
                                               {".rb:"},
                                               {".go:"},
                                               {".js:"},
                                               {".py:"},
                                               {".php:"},
                                               {".java:"}});

// One of these is in every piece, and none in most ids and words.
constexpr Letters kBetweenWords(" .(/\n[<");
static_assert(std::ranges::all_of(kPieces, [](const Piece& piece) {
    return piece.letters.has_any_of(kBetweenWords);
}));

bool may_have_debug_marks(std::string_view text) {
    const Letters letters(text);
    if (!letters.has_any_of(kBetweenWords)) return false;
    return std::ranges::any_of(kPieces, [&](const Piece& piece) {
        return letters.has_all_of(piece.letters) && text.find(piece.text) != text.npos;
    });
}

// Marks of the error pages and logs of PHP, Python, Ruby, Java, .NET, Node, Go and Rust, and of
// SQL: one expression, so that a text is walked once.
const Pattern& debug_marks() {
    static const Pattern kMarks = [] {
        std::string error;
        return Pattern::compile(R"(Traceback \(most recent call last\)|[Ss]tack trace|\n\s+at )"
                                R"(| at (?:java|org|com|System)\.| at \w+(?:\.+[\w$<>`]+)+\()"
                                R"(|java\.lang\.|\((?:/app|/var|/usr)/|node_modules/)"
                                R"(|Exception in thread|goroutine \d|panicked at |SQLSTATE\[)"
                                R"(|Fatal error:|<\?php|:line \d|File "[^"]*", line \d)"
                                R"(|\.(?:rb|go|js|py|php|java):\d)",
                                false, error)
            .value();
    }();
    return kMarks;
}

// "<html", "<!DOCTYPE", "<div class=": a tag name right behind the '<', and its end somewhere.
bool has_markup(std::string_view text) {
    const auto open = text.find('<');
    if (open == std::string_view::npos || open + 1 == text.size()) return false;
    const char next = text[open + 1];
    const bool tag = (next >= 'a' && next <= 'z') || (next >= 'A' && next <= 'Z') || next == '!' ||
                     next == '/' || next == '?';
    return tag && text.find('>', open) != std::string_view::npos;
}

// "{" or "[" of data, not of "{0} is missing" in the middle of a sentence and not of "[redacted]".
bool opens_data(std::string_view text) {
    if (text.starts_with('{')) return true;
    if (!text.starts_with('[')) return false;
    const auto inside = text.find_first_not_of(kBlanks, 1);
    return inside == text.npos || base::is_digit(text[inside]) ||
           std::string_view(R"({["'-])").find(text[inside]) != text.npos;
}

// The `: 5` of `"amount": 5`, and not that of `"amount": must be positive`.
bool assigns_value(std::string_view text) {
    const auto colon = text.find_first_not_of(kBlanks);
    if (colon == text.npos || text[colon] != ':') return false;
    const auto begin = text.find_first_not_of(kBlanks, colon + 1);
    if (begin == text.npos) return false;
    const std::string_view value = text.substr(begin);
    return base::is_digit(value[0]) || std::string_view(R"({["-)").find(value[0]) != value.npos ||
           value.starts_with("true") || value.starts_with("false") || value.starts_with("null");
}

// `{"name"` or `"name": value` anywhere: a body that nothing could parse, quoted or wrapped.
bool has_data(std::string_view text) {
    if (opens_data(text)) return true;
    for (auto open = text.find('{'); open != text.npos; open = text.find('{', open + 1)) {
        const auto next = text.find_first_not_of(kBlanks, open + 1);
        if (next != text.npos && (text[next] == '"' || text[next] == '\'')) return true;
    }
    for (auto quote = text.find('"'); quote != text.npos; quote = text.find('"', quote + 1)) {
        if (assigns_value(text.substr(quote + 1))) return true;
    }
    return false;
}

}  // namespace

bool looks_like_debug_output(std::string_view text) {
    return has_data(text) || has_markup(text) ||
           (may_have_debug_marks(text) && debug_marks().found_in(text));
}

}  // namespace errgate::mapping
