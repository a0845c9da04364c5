#include "mapping/pipe.hpp"

#include "base/ascii.hpp"
#include "mapping/html_body.hpp"

#include <algorithm>

namespace errgate::mapping {
namespace {

constexpr TextOpName kTextOps[] = {
    {"lower", TextOp::lower},       {"upper", TextOp::upper}, {"trim", TextOp::trim},
    {"snake", TextOp::snake},       {"pad6", TextOp::pad6},   {"strip_tags", TextOp::strip_tags},
    {"urn_tail", TextOp::urn_tail},
};

std::string_view map_chars(std::string_view text, Arena& arena, char (*change)(char)) {
    const std::span<char> mapped = arena.scratch_copy(text);
    std::ranges::transform(mapped, mapped.begin(), change);
    return {mapped.data(), mapped.size()};
}

// "Card declined!" -> "card_declined".
std::string snake(std::string_view text) {
    std::string out;
    for (const char raw : text) {
        const char c = base::to_lower(raw);
        if ((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9')) {
            out.push_back(c);
        } else if (!out.empty() && out.back() != '_') {
            out.push_back('_');
        }
    }
    if (out.ends_with('_')) out.pop_back();
    return out;
}

// Zeros in front, as a code had before some client made it a number; a sign stays in front.
std::string pad6(std::string_view source) {
    std::string text(source);
    constexpr std::ptrdiff_t kWidth = 6;
    const auto is_first_byte = [](char c) {
        return (static_cast<unsigned char>(c) & 0xC0) != 0x80;
    };
    const auto characters = std::count_if(text.begin(), text.end(), is_first_byte);
    const std::size_t sign = text.starts_with('-') || text.starts_with('+') ? 1 : 0;
    if (characters >= kWidth) return text;
    return text.insert(sign, static_cast<std::size_t>(kWidth - characters), '0');
}

// The last part of a URN or URL: "urn:problem:out-of-stock" -> "out-of-stock".
std::string_view urn_tail(std::string_view text) {
    text = text.substr(0, text.find_last_not_of('/') + 1);
    return text.substr(text.find_last_of("/#:") + 1);
}

std::string_view apply_text_op(TextOp op, std::string_view text, Arena& arena) {
    switch (op) {
        case TextOp::lower:
            return map_chars(text, arena, base::to_lower);
        case TextOp::upper:
            return map_chars(text, arena, base::to_upper);
        case TextOp::trim:
            return clean_text(text, arena).value_or("");
        case TextOp::snake:
            return arena.copy(snake(text));
        case TextOp::pad6:
            return arena.copy(pad6(text));
        case TextOp::strip_tags:
            return arena.copy(strip_tags(text, ""));
        case TextOp::urn_tail:
            return urn_tail(text);
    }
    return text;
}

std::string_view translate(const Translate& map, std::string_view text) {
    auto word = map.words.find(text);
    if (word == map.words.end()) word = map.words.find("*");
    return word == map.words.end() ? text : word->second;
}

}  // namespace

std::span<const TextOpName> text_ops() {
    return kTextOps;
}

Text apply(const PipeOp& op, std::string_view text, Arena& arena) {
    if (const auto* capture = std::get_if<Capture>(&op)) {
        return capture->pattern.group(text, capture->group).value_or("");
    }
    if (const auto* map = std::get_if<Translate>(&op)) return translate(*map, text);
    return apply_text_op(std::get<TextOp>(op), text, arena);
}

}  // namespace errgate::mapping
