// JSON escapes: a run without any is found eight bytes at a time.
#include "base/json_text.hpp"

#include "base/ascii_scan.hpp"
#include "base/utf8.hpp"

#include <array>
#include <cstdint>

namespace errgate::base {

namespace {

// Exactly six bytes each, so that a control character indexes its own escape.
constexpr std::string_view kControlEscapes =
    "\\u0000\\u0001\\u0002\\u0003\\u0004\\u0005\\u0006\\u0007"
    "\\u0008\\u0009\\u000a\\u000b\\u000c\\u000d\\u000e\\u000f"
    "\\u0010\\u0011\\u0012\\u0013\\u0014\\u0015\\u0016\\u0017"
    "\\u0018\\u0019\\u001a\\u001b\\u001c\\u001d\\u001e\\u001f";
static_assert(kControlEscapes.size() == 0x20 * 6);

bool needs_escape(unsigned char c) {
    return c < 0x20 || c == '"' || c == '\\';
}

std::string_view escape_of(unsigned char c) {
    switch (c) {
        case '"':
            return "\\\"";
        case '\\':
            return "\\\\";
        case '\b':
            return "\\b";
        case '\f':
            return "\\f";
        case '\n':
            return "\\n";
        case '\r':
            return "\\r";
        case '\t':
            return "\\t";
        default:
            return kControlEscapes.substr(std::size_t{c} * 6, 6);
    }
}

// Bytes at the front that may be copied as they are.
std::size_t plain_run(std::string_view text) {
    constexpr std::size_t kWord = 8;
    std::size_t i = 0;
    while (i < text.size()) {
        if (text.size() - i >= kWord && is_plain_json_word(load_word(text.data() + i))) {
            i += kWord;
            continue;
        }
        const auto c = static_cast<unsigned char>(text[i]);
        if (needs_escape(c)) break;
        const Utf8Step step = c < 0x80 ? Utf8Step{1, true} : utf8_step(text.substr(i));
        if (!step.valid) break;
        i += step.length;
    }
    return i;
}

}  // namespace

JsonPiece next_json_piece(std::string_view text) {
    if (const std::size_t run = plain_run(text); run > 0) return {run, text.substr(0, run)};
    const auto c = static_cast<unsigned char>(text[0]);
    if (needs_escape(c)) return {1, escape_of(c)};
    return {utf8_step(text).length, kReplacementCharacter};
}

void append_json_string(std::string& out, std::string_view text) {
    out.push_back('"');
    while (!text.empty()) {
        const JsonPiece piece = next_json_piece(text);
        out.append(piece.text);
        text.remove_prefix(piece.consumed);
    }
    out.push_back('"');
}

}  // namespace errgate::base
