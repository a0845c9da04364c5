#include "mapping/body.hpp"

#include "http/head.hpp"
#include "mapping/debug_output.hpp"
#include "mapping/decompress.hpp"
#include "mapping/html_body.hpp"
#include "mapping/json_body.hpp"
#include "mapping/plain_body.hpp"
#include "mapping/text_encoding.hpp"
#include "mapping/xml_body.hpp"

#include <algorithm>

namespace errgate::mapping {
namespace {

// Blanks and NUL bytes at the ends: some providers pad their answers with them.
std::string_view trim(std::string_view text) {
    constexpr std::string_view kPadding(" \t\r\n\v\f\0", 7);
    const auto first = text.find_first_not_of(kPadding);
    if (first == std::string_view::npos) return {};
    return text.substr(first, text.find_last_not_of(kPadding) - first + 1);
}

bool starts_with_ignoring_case(std::string_view text, std::string_view start) {
    return text.size() >= start.size() && http::iequals(text.substr(0, start.size()), start);
}

bool contains_ignoring_case(std::string_view text, std::string_view word) {
    for (std::size_t at = 0; at + word.size() <= text.size(); ++at) {
        if (http::iequals(text.substr(at, word.size()), word)) return true;
    }
    return false;
}

bool looks_like_json(std::string_view text) {
    const char first = text.front();
    if (first == '{' || first == '[' || first == '"' || first == '-') return true;
    if (first >= '0' && first <= '9') return text.find_first_not_of("0123456789.eE+-") == text.npos;
    return text == "null" || text == "true" || text == "false";
}

// An image, an archive: nothing to show to anybody.
bool is_binary(std::string_view text) {
    return std::any_of(text.begin(), text.end(), [](char c) {
        constexpr char kEscape = 0x1b;  // colours of a terminal
        const auto byte = static_cast<unsigned char>(c);
        return byte < 0x20 && (c < '\b' || c > '\r') && c != kEscape;
    });
}

// A bare JSON value gets the shape of a plain text, so that pointers have something to name.
void wrap_scalar_root(Tree& tree) {
    const auto kind = tree.root().kind;
    if (kind == Node::Kind::object || kind == Node::Kind::array) return;
    const auto text = tree.arena().copy(tree.scalar(kRoot).value_or(""));
    tree[kRoot] = {};
    TreeBuilder builder(tree);
    builder.begin(Node::Kind::object);
    builder.key("text");
    builder.string(text);
    builder.end();
}

BodyKind read_markup(std::string_view text, std::string_view content_type, bool complete,
                     Tree& tree) {
    const bool page = starts_with_ignoring_case(text, "<!doctype html") ||
                      starts_with_ignoring_case(text, "<html");
    const bool declared =
        contains_ignoring_case(content_type, "html") && !text.starts_with("<?xml");
    if (!page && !declared && parse_xml(text, !complete, tree)) return BodyKind::xml;
    read_html(text, tree);
    return BodyKind::html;
}

BodyKind read(std::string_view text, const RawBody& raw, bool complete, Tree& tree) {
    if (text.empty()) {
        tree[kRoot].kind = Node::Kind::object;
        return BodyKind::empty;
    }
    // Some providers cut their own answers off: what came before is worth as much.
    if (looks_like_json(text) && parse_json(text, true, tree) != JsonResult::invalid) {
        wrap_scalar_root(tree);
        return BodyKind::json;
    }
    const std::string_view wrapped = wrapped_json(text);
    if (!wrapped.empty() && parse_json(wrapped, true, tree) != JsonResult::invalid)
        return BodyKind::json;
    if (text.front() == '<') return read_markup(text, raw.content_type, complete, tree);
    if (parse_form(text, tree)) return BodyKind::form;
    if (parse_lines(text, tree)) return BodyKind::lines;
    read_text(is_binary(text) ? std::string_view() : text, tree);
    return BodyKind::text;
}

}  // namespace

std::string_view to_string(BodyKind kind) {
    switch (kind) {
        case BodyKind::json:
            return "json";
        case BodyKind::xml:
            return "xml";
        case BodyKind::html:
            return "html";
        case BodyKind::form:
            return "form";
        case BodyKind::lines:
            return "lines";
        case BodyKind::text:
            return "text";
        case BodyKind::empty:
            break;
    }
    return "empty";
}

Body decode_body(const RawBody& raw) {
    std::string decoded;
    std::string transcoded;
    bool complete = raw.complete;
    const auto bytes = decompress(raw.bytes, raw.content_encoding, decoded, complete);
    const auto text = trim(to_utf8(bytes, complete, transcoded));
    Body body;
    body.kind = read(text, raw, complete, body.tree);
    body.is_debug_text =
        body.kind == BodyKind::text && looks_like_debug_output(text.substr(0, 2 * kMaxPageText));
    return body;
}

}  // namespace errgate::mapping
