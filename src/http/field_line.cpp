// The name byte by byte, the value eight bytes at a time.
#include "http/field_line.hpp"

#include "base/ascii_scan.hpp"
#include "http/field_name.hpp"
#include "http/syntax.hpp"

#include <algorithm>
#include <cstdint>

namespace errgate::http {
namespace {

// May flag a word that is fine (a byte over 0x7f, a tab), never passes one that is not.
bool word_is_plain(std::uint64_t word) {
    using base::kEveryByte;
    const std::uint64_t below_space = (word - kEveryByte * 0x20U) & ~word;
    const std::uint64_t del = ((word ^ (kEveryByte * 0x7fU)) - kEveryByte) & ~word;
    return ((below_space | del | word) & base::kHighBits) == 0;
}

// Of at least eight bytes; the last word overlaps the one before.
bool is_plain(std::string_view text) {
    const char* const last = text.data() + text.size() - 8;
    for (const char* at = text.data(); at < last; at += 8) {
        if (!word_is_plain(base::load_word(at))) return false;
    }
    return word_is_plain(base::load_word(last));
}

bool is_value(std::string_view text) {
    if (text.size() >= 8 && is_plain(text)) return true;
    return std::ranges::all_of(text, is_text_char);
}

// Empty elements count for nothing (RFC 9110 section 5.6.1).
bool is_token_list(std::string_view value) {
    ListCursor list(value);
    while (const auto element = list.next()) {
        if (!element->empty() && !is_token(*element)) return false;
    }
    return true;
}

bool is_connection(FieldName id) {
    return id == FieldName::connection || id == FieldName::proxy_connection;
}

Violation refuse(std::string_view line) {
    return line.find('\r') == std::string_view::npos ? Violation::malformed_field
                                                     : Violation::bare_line_break;
}

}  // namespace

Violation take_field_line(std::string_view line, Fields& fields) {
    std::size_t colon = 0;
    while (colon < line.size() && is_token_char(line[colon]))
        ++colon;
    if (colon == 0 || colon == line.size() || line[colon] != ':') return refuse(line);
    const std::string_view name = line.substr(0, colon);
    const std::string_view value = trim_ows(line.substr(colon + 1));
    if (!is_value(value)) return refuse(line);
    const FieldName id = field_name(name);
    if (is_connection(id) && !is_token_list(value)) return Violation::malformed_field;
    fields.push_back({id, name, value});
    return Violation::none;
}

}  // namespace errgate::http
