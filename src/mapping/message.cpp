#include "mapping/message.hpp"

#include "errors/redact.hpp"
#include "mapping/pattern.hpp"

#include <algorithm>
#include <array>
#include <cstdint>

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

  private:
    std::array<std::uint64_t, 2> seen_{};
};

// One of these is in every text that debug_marks() matches. A usual sentence lacks some letter of
// nearly each: one pass over it and no search, where the expression would walk an automaton.
struct Piece {
    std::string_view text;
    Letters letters{text};
};
constexpr auto kPieces = std::to_array<Piece>({{"Traceback ("},
                                               {"tack trace"},
                                               {"\n"},
                                               {" at java."},
                                               {" at org."},
                                               {" at com."},
                                               {" at System."},
                                               {"java.lang."},
                                               {"(/"},
                                               {"node_modules/"},
                                               {"Exception in thread"},
                                               {"goroutine "},
                                               {"SQLSTATE["},
                                               {"Fatal error:"},
                                               {"<?php"}});

bool may_have_debug_marks(std::string_view text) {
    const Letters letters(text);
    return std::ranges::any_of(kPieces, [&](const Piece& piece) {
        return letters.has_all_of(piece.letters) && text.find(piece.text) != text.npos;
    });
}

// Marks of the error pages and logs of PHP, Python, Ruby, Java, .NET, Node and Go, and of SQL: one
// expression, so that a text is walked once.
const Pattern& debug_marks() {
    static const Pattern kMarks = [] {
        std::string error;
        return Pattern::compile(
                   R"(Traceback \(most recent call last\)|[Ss]tack trace|\n\s+at )"
                   R"(| at (?:java|org|com|System)\.|java\.lang\.|\((?:/app|/var|/usr)/)"
                   R"(|node_modules/|Exception in thread|goroutine \d|SQLSTATE\[)"
                   R"(|Fatal error:|<\?php)",
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

}  // namespace

bool looks_like_debug_output(std::string_view text) {
    const bool data = text.starts_with('{') || text.starts_with('[');
    return data || has_markup(text) || (may_have_debug_marks(text) && debug_marks().found_in(text));
}

std::string client_message(const errors::CodeInfo& code, BodyKind kind, Text said) {
    constexpr int kServerError = 500;
    if (code.status < kServerError && kind != BodyKind::html && said &&
        !looks_like_debug_output(*said)) {
        std::string message = errors::redact(*said);
        if (!message.empty()) return message;
    }
    return std::string(code.message);
}

}  // namespace errgate::mapping
