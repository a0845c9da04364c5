#include "mapping/plain_body.hpp"

#include "base/utf8.hpp"
#include "mapping/html_body.hpp"

#include <algorithm>
#include <charconv>
#include <vector>

namespace errgate::mapping {
namespace {

constexpr std::size_t kNone = std::string_view::npos;

bool is_word(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
}

bool is_form_name(std::string_view name) {
    return !name.empty() && std::all_of(name.begin(), name.end(), [](char c) {
        return is_word(c) || std::string_view(".[]%-").find(c) != kNone;
    });
}

// Splits at the first `separator`; `text` keeps the rest.
std::string_view take(std::string_view& text, char separator) {
    const std::size_t end = std::min(text.find(separator), text.size());
    const std::string_view piece = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    return piece;
}

std::string percent_decode(std::string_view text) {
    std::string out;
    for (std::size_t i = 0; i < text.size(); ++i) {
        unsigned char byte = 0;
        const char* const digits = text.data() + i + 1;
        if (text[i] == '%' && i + 2 < text.size() &&
            std::from_chars(digits, digits + 2, byte, 16).ptr == digits + 2) {
            out.push_back(static_cast<char>(byte));
            i += 2;
        } else {
            out.push_back(text[i] == '+' ? ' ' : text[i]);
        }
    }
    return base::repair_utf8(out);
}

struct Pair {
    std::string_view name;
    std::string_view value;
};

std::string_view trimmed(std::string_view text) {
    const auto first = text.find_first_not_of(" \t\r");
    if (first == kNone) return {};
    return text.substr(first, text.find_last_not_of(" \t\r") - first + 1);
}

// The pairs, or none at all when a piece is not one.
std::vector<Pair> form_pairs(std::string_view text) {
    std::vector<Pair> pairs;
    if (text.ends_with('&')) text.remove_suffix(1);
    while (!text.empty()) {
        const std::string_view piece = take(text, '&');
        const std::size_t equals = piece.find('=');
        if (equals == kNone || !is_form_name(piece.substr(0, equals))) return {};
        if (piece.find_first_of(pairs.empty() ? " \t\r\n<>" : "\n<>") != kNone) return {};
        pairs.push_back({piece.substr(0, equals), piece.substr(equals + 1)});
    }
    return pairs;
}

bool is_line_name(std::string_view name) {
    const char first = name.empty() ? '0' : name.front();
    const bool letter = (first >= 'a' && first <= 'z') || (first >= 'A' && first <= 'Z');
    return letter && std::all_of(name.begin(), name.end(), [](char c) {
               return is_word(c) || c == ' ' || c == '.' || c == '-';
           });
}

std::vector<Pair> line_pairs(std::string_view text) {
    std::vector<Pair> pairs;
    while (!text.empty()) {
        const std::string_view line = take(text, '\n');
        if (trimmed(line).empty()) continue;
        const std::size_t equals = line.find('=');
        if (equals == kNone || !is_line_name(line.substr(0, equals))) return {};
        pairs.push_back({trimmed(line.substr(0, equals)), trimmed(line.substr(equals + 1))});
    }
    return pairs;
}

template <typename Decode>
bool build(const std::vector<Pair>& pairs, Tree& tree, Decode decode) {
    if (pairs.size() < 2) return false;
    TreeBuilder builder(tree);
    builder.begin(Node::Kind::object);
    for (const Pair& pair : pairs) {
        builder.key(tree.arena().copy(decode(pair.name)));
        builder.string(tree.arena().copy(decode(pair.value)));
    }
    builder.end();
    return true;
}

}  // namespace

bool parse_form(std::string_view text, Tree& tree) {
    return build(form_pairs(text), tree, percent_decode);
}

bool parse_lines(std::string_view text, Tree& tree) {
    return build(line_pairs(text), tree, [](std::string_view part) { return part; });
}

void read_text(std::string_view text, Tree& tree) {
    TreeBuilder builder(tree);
    builder.begin(Node::Kind::object);
    builder.key("text");
    builder.string(tree.arena().copy(collapse_blanks(text, kMaxPageText)));
    builder.end();
}

}  // namespace errgate::mapping
