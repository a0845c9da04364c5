#include "mapping/message.hpp"

#include "base/utf8.hpp"
#include "errors/redact.hpp"
#include "mapping/pattern.hpp"

namespace errgate::mapping {
namespace {

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
    return data || has_markup(text) || debug_marks().found_in(text);
}

std::string client_message(const errors::CodeInfo& code, BodyKind kind,
                           const std::optional<std::string>& said) {
    constexpr int kServerError = 500;
    const bool own = code.status >= kServerError || kind == BodyKind::html || !said ||
                     looks_like_debug_output(*said);
    if (own) return std::string(code.message);
    constexpr std::size_t kScanned = 8 * 1024;  // far more than the 500 bytes that can come out
    std::string text = errors::redact(base::truncate_utf8(*said, kScanned));
    return text.empty() ? std::string(code.message) : text;
}

}  // namespace errgate::mapping
