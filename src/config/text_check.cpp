#include "config/text_check.hpp"

#include "base/utf8.hpp"
#include "http/syntax.hpp"

#include <array>
#include <cstdint>
#include <cstdio>
#include <optional>

namespace errgate::config {
namespace {

Mark mark_at(std::string_view text, std::size_t offset) {
    Mark mark{1, 1};
    for (std::size_t i = 0; i < offset; ++i) {
        if (text[i] == '\n') {
            ++mark.line;
            mark.column = 1;
        } else {
            ++mark.column;
        }
    }
    return mark;
}

std::string hex_byte(unsigned char byte) {
    std::array<char, 8> out{};
    std::snprintf(out.data(), out.size(), "0x%02x", static_cast<unsigned>(byte));
    return out.data();
}

bool is_forbidden_control(unsigned char byte) {
    return (byte < 0x20 && byte != '\t' && byte != '\n' && byte != '\r') || byte == 0x7F;
}

// The four hex digits of a \uXXXX that begins at `at`.
std::optional<std::uint32_t> unicode_escape(std::string_view text, std::size_t at) {
    if (at + 6 > text.size() || text[at] != '\\' || text[at + 1] != 'u') return std::nullopt;
    std::uint32_t value = 0;
    for (const char c : text.substr(at + 2, 4)) {
        const int digit = http::hex_value(c);
        if (digit < 0) return std::nullopt;
        value = value * 16 + static_cast<std::uint32_t>(digit);
    }
    return value;
}

// The character that two escapes at `at` stand for together.
std::optional<std::uint32_t> surrogate_pair(std::string_view text, std::size_t at) {
    const auto high = unicode_escape(text, at);
    if (!high || *high < 0xD800 || *high > 0xDBFF) return std::nullopt;
    const auto low = unicode_escape(text, at + 6);
    if (!low || *low < 0xDC00 || *low > 0xDFFF) return std::nullopt;
    return 0x10000 + ((*high - 0xD800) << 10) + (*low - 0xDC00);
}

bool begins_like_json(std::string_view text) {
    const auto first = text.find_first_not_of(" \t\r\n");
    return first != std::string_view::npos && (text[first] == '{' || text[first] == '[');
}

}  // namespace

bool check_text(std::string_view text, const std::string& file, std::vector<Problem>& problems) {
    const auto fail = [&](Mark mark, std::string message) {
        problems.push_back({file, mark, "", std::move(message)});
        return false;
    };
    if (text.size() > kMaxFileBytes) {
        return fail(
            {}, "the file has " + std::to_string(text.size()) + " bytes; at most 8 MiB are read");
    }
    for (std::size_t i = 0; i < text.size();) {
        const auto byte = static_cast<unsigned char>(text[i]);
        if (is_forbidden_control(byte)) {
            return fail(mark_at(text, i),
                        "control character " + hex_byte(byte) + " is not allowed");
        }
        const base::Utf8Step step = base::utf8_step(text.substr(i));
        if (!step.valid) {
            return fail(mark_at(text, i), "byte " + hex_byte(byte) + " is not valid UTF-8");
        }
        i += step.length;
    }
    return true;
}

std::string join_surrogate_escapes(std::string_view text) {
    std::string out;
    out.reserve(text.size());
    if (!begins_like_json(text)) return out.assign(text);
    for (std::size_t i = 0; i < text.size();) {
        if (text[i] != '\\') {
            out += text[i++];
        } else if (const auto code_point = surrogate_pair(text, i)) {
            std::array<char, 16> escape{};
            std::snprintf(escape.data(), escape.size(), "\\U%08X", *code_point);
            out += escape.data();
            i += 12;
        } else {  // any other escape, "\\" too: both bytes, so that the second opens nothing
            out += text.substr(i, 2);
            i += 2;
        }
    }
    return out;
}

}  // namespace errgate::config
