#include "mapping/message.hpp"

#include "base/utf8.hpp"
#include "errors/redact.hpp"

#include <algorithm>

namespace errgate::mapping {
namespace {

// Marks of the error pages and logs of PHP, Python, Ruby, Java, .NET, Node and Go, and of SQL.
constexpr std::string_view kDebugMarks[] = {
    "Traceback (most recent call last)",
    "Stack trace:",
    "stack trace",
    "\n    at ",
    "\n\tat ",
    " at java.",
    " at org.",
    " at com.",
    " at System.",
    "(/app/",
    "(/var/",
    "(/usr/",
    "node_modules/",
    "Exception in thread",
    "java.lang.",
    "goroutine ",
    "SQLSTATE[",
    "Fatal error:",
    "<?php",
};

bool contains(std::string_view text, std::string_view part) {
    return text.find(part) != std::string_view::npos;
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
    return data || has_markup(text) ||
           std::any_of(std::begin(kDebugMarks), std::end(kDebugMarks),
                       [&](std::string_view mark) { return contains(text, mark); });
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
