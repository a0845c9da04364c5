#include "mapping/html_body.hpp"

#include "base/utf8.hpp"
#include "http/head.hpp"

namespace errgate::mapping {
namespace {

constexpr std::size_t kNone = std::string_view::npos;

bool is_blank(char c) {
    return c == ' ' || (c >= '\t' && c <= '\r');
}

// Does `text` begin with this tag (`<h1`, `</h1`), whatever its case, and does its name end there?
bool at_tag(std::string_view text, std::string_view tag) {
    if (text.size() <= tag.size() || !http::iequals(text.substr(0, tag.size()), tag)) return false;
    const char after = text[tag.size()];
    return after == '>' || after == '/' || is_blank(after);
}

std::size_t find_tag(std::string_view text, std::string_view tag, std::size_t from) {
    for (std::size_t at = text.find('<', from); at != kNone; at = text.find('<', at + 1)) {
        if (at_tag(text.substr(at), tag)) return at;
    }
    return kNone;
}

// The inside of the first such element, as text; empty when it is never closed: a page cut there
// has said nothing for certain.
std::string element_text(std::string_view text, std::string_view open, std::string_view close) {
    const std::size_t tag = find_tag(text, open, 0);
    if (tag == kNone) return {};
    const std::size_t begin = text.find('>', tag);
    const std::size_t end = begin == kNone ? kNone : find_tag(text, close, begin);
    if (end == kNone) return {};
    const auto inside = text.substr(begin + 1, end - begin - 1);
    return collapse_blanks(strip_tags(inside, " "), kMaxPageText);
}

// The text without what a browser runs instead of showing it.
std::string without_scripts(std::string_view text) {
    std::string shown;
    while (!text.empty()) {
        const std::size_t script = find_tag(text, "<script", 0);
        const std::size_t style = find_tag(text.substr(0, script), "<style", 0);
        const bool is_style = style != kNone;
        const std::size_t begin = is_style ? style : script;
        shown += text.substr(0, begin);
        if (begin == kNone) break;
        shown += ' ';
        const std::size_t end = find_tag(text, is_style ? "</style" : "</script", begin);
        const std::size_t closed = end == kNone ? kNone : text.find('>', end);
        text.remove_prefix(closed == kNone ? text.size() : closed + 1);
    }
    return shown;
}

}  // namespace

std::string strip_tags(std::string_view text, std::string_view with) {
    std::string out;
    while (!text.empty()) {
        const std::size_t open = text.find('<');
        const std::size_t close = open == kNone ? kNone : text.find('>', open);
        if (close == kNone) break;
        out += text.substr(0, open);
        out += close == open + 1 ? "<>" : with;
        text.remove_prefix(close + 1);
    }
    out += text;
    return out;
}

std::string collapse_blanks(std::string_view text, std::size_t max_bytes) {
    std::string out;
    bool blank = false;
    for (const char c : text) {
        if (is_blank(c)) {
            blank = !out.empty();
            continue;
        }
        if (blank) out.push_back(' ');
        blank = false;
        out.push_back(c);
        if (out.size() > max_bytes) break;
    }
    out.resize(base::truncate_utf8(out, max_bytes).size());
    return out;
}

void read_html(std::string_view text, Tree& tree) {
    TreeBuilder builder(tree);
    const auto member = [&](std::string_view name, const std::string& value) {
        builder.key(name);
        builder.string(tree.arena().copy(value));
    };
    builder.begin(Node::Kind::object);
    member("title", element_text(text, "<title", "</title"));
    member("h1", element_text(text, "<h1", "</h1"));
    member("text", collapse_blanks(strip_tags(without_scripts(text), " "), kMaxPageText));
    builder.end();
}

}  // namespace errgate::mapping
