// Field paths in the dialects of JavaScript, JSONPath and JSON Pointer, as RFC 6901 pointers.
#include "base/ascii.hpp"
#include "mapping/pointer.hpp"

#include <algorithm>

namespace errgate::mapping {
namespace {

void append_segment(std::string& pointer, std::string_view name) {
    if (name.empty()) return;
    pointer.push_back('/');
    for (const char c : name) {
        if (c == '~') {
            pointer += "~0";
        } else if (c == '/') {
            pointer += "~1";
        } else {
            pointer.push_back(c);
        }
    }
}

// The inside of `[...]` without its quotes.
std::string_view unquote(std::string_view name) {
    const auto is_quote = [](char c) { return c == '\'' || c == '"'; };
    if (!name.empty() && is_quote(name.front())) name.remove_prefix(1);
    if (!name.empty() && is_quote(name.back())) name.remove_suffix(1);
    return name;
}

// Most fields are: nothing in them has to be read or escaped.
bool is_bare_name(std::string_view field) {
    return !field.empty() &&
           std::ranges::all_of(field, [](char c) { return base::is_alnum(c) || c == '_'; });
}

}  // namespace

std::string field_pointer(std::string_view field) {
    if (is_bare_name(field)) return std::string("/").append(field);
    if (field.starts_with("#/")) field.remove_prefix(1);
    if (field.starts_with('/')) return std::string(field);
    if (field.starts_with('$')) field.remove_prefix(1);

    std::string pointer;
    while (!field.empty()) {
        if (field.front() == '.') field.remove_prefix(1);
        const std::size_t close = field.starts_with('[') ? field.find(']') : std::string_view::npos;
        if (close != std::string_view::npos) {
            append_segment(pointer, unquote(field.substr(1, close - 1)));
            field.remove_prefix(close + 1);
            continue;
        }
        // From 1: a bracket that is never closed is part of the name.
        const std::size_t end = std::min(field.find_first_of(".[", 1), field.size());
        const std::string_view name = field.substr(0, field.starts_with('.') ? 0 : end);
        append_segment(pointer, name);
        field.remove_prefix(name.size());
    }
    return pointer;
}

}  // namespace errgate::mapping
