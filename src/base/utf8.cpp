// The well-formed byte sequences of Unicode table 3-7, as one small state per lead byte.
#include "base/utf8.hpp"

#include "base/ascii_scan.hpp"

namespace errgate::base {

namespace {

unsigned char byte_at(std::string_view text, std::size_t i) {
    return static_cast<unsigned char>(text[i]);
}

bool is_continuation(unsigned char c) {
    return (c & 0xC0U) == 0x80U;
}

// What a lead byte asks for: the length of the sequence (0: no lead byte) and the range of the
// second byte, which is where overlong forms, surrogates and values past U+10FFFF are refused.
struct Lead {
    std::size_t length;
    unsigned char low;
    unsigned char high;
};

Lead lead_of(unsigned char c) {
    if (c >= 0xC2 && c <= 0xDF) return {2, 0x80, 0xBF};
    if (c == 0xE0) return {3, 0xA0, 0xBF};
    if (c == 0xED) return {3, 0x80, 0x9F};
    if (c >= 0xE1 && c <= 0xEF) return {3, 0x80, 0xBF};
    if (c == 0xF0) return {4, 0x90, 0xBF};
    if (c >= 0xF1 && c <= 0xF3) return {4, 0x80, 0xBF};
    if (c == 0xF4) return {4, 0x80, 0x8F};
    return {0, 0, 0};
}

}  // namespace

Utf8Step utf8_step(std::string_view text) {
    const unsigned char first = byte_at(text, 0);
    if (first < 0x80) return {1, true};
    const Lead lead = lead_of(first);
    if (lead.length == 0 || text.size() < 2) return {1, false};
    const unsigned char second = byte_at(text, 1);
    if (second < lead.low || second > lead.high) return {1, false};
    for (std::size_t i = 2; i < lead.length; ++i) {
        if (i >= text.size() || !is_continuation(byte_at(text, i))) return {i, false};
    }
    return {lead.length, true};
}

bool is_valid_utf8(std::string_view text) {
    while (true) {
        text.remove_prefix(ascii_prefix(text));
        if (text.empty()) return true;
        const Utf8Step step = utf8_step(text);
        if (!step.valid) return false;
        text.remove_prefix(step.length);
    }
}

std::string repair_utf8(std::string_view text) {
    std::string out;
    out.reserve(text.size());
    while (!text.empty()) {
        const std::size_t plain = ascii_prefix(text);
        out.append(text.substr(0, plain));
        text.remove_prefix(plain);
        if (text.empty()) break;
        const Utf8Step step = utf8_step(text);
        out.append(step.valid ? text.substr(0, step.length) : kReplacementCharacter);
        text.remove_prefix(step.length);
    }
    return out;
}

std::string_view truncate_utf8(std::string_view text, std::size_t max_bytes) {
    if (text.size() <= max_bytes) return text;
    std::size_t end = max_bytes;
    while (end > 0 && is_continuation(byte_at(text, end)))
        --end;
    return text.substr(0, end);
}

std::string_view truncate_characters(std::string_view text, std::size_t max_characters) {
    if (text.size() <= max_characters) return text;
    std::size_t characters = 0;
    for (std::size_t at = 0; at < text.size(); ++at) {
        if (is_continuation(byte_at(text, at))) continue;
        if (characters++ == max_characters) return text.substr(0, at);
    }
    return text;
}

}  // namespace errgate::base
