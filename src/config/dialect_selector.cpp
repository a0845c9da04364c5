#include "config/dialect_selector.hpp"

#include "config/dialect_terms.hpp"
#include "http/syntax.hpp"

namespace errgate::config {
namespace {

using mapping::Selector;
using Source = Selector::Source;

Selector make(Source source, std::string text = {}) {
    Selector selector;
    selector.source = source;
    selector.text = std::move(text);
    return selector;
}

std::optional<Selector> pointer_selector(std::string_view text, Source source) {
    auto parsed = mapping::Pointer::parse(text);
    if (!parsed) return std::nullopt;
    Selector selector = make(source);
    selector.pointers.push_back(std::move(*parsed));
    return selector;
}

// A selector that is one word: `/a/b`, `header:Name`, `=text`, `status`, `@`, `@key`, `root:/a`.
std::optional<Selector> parse_word(std::string_view text, SelectorPlace place) {
    const bool element = place == SelectorPlace::element;
    if (element && text == "@key") return make(Source::key);
    if (element && text == "@") return make(Source::self);
    if (text == "status") return make(Source::status);
    if (text.starts_with('/')) return pointer_selector(text, Source::pointer);
    if (text.starts_with("root:/")) return pointer_selector(text.substr(5), Source::root_pointer);
    if (text.starts_with('=')) return make(Source::literal, std::string(text.substr(1)));
    if (text.starts_with("header:") && http::is_token(text.substr(7))) {
        return make(Source::header, std::string(text.substr(7)));
    }
    return std::nullopt;
}

constexpr std::string_view kWordRule =
    "a selector: /pointer, header:Name, status, =text, a list of selectors, or a mapping with "
    "from, join or template";
constexpr std::string_view kElementRule = "; inside details also @, @key and root:/pointer";

std::optional<Selector> read_word(Report& report, const Value& value, const std::string& path,
                                  SelectorPlace place) {
    auto selector = parse_word(value.text, place);
    if (selector) return selector;
    const bool element = place == SelectorPlace::element;
    report.mismatch(value, path,
                    {std::string(kWordRule) + std::string(element ? kElementRule : "")});
    return std::nullopt;
}

// "text {selector} text": literal and selected pieces in turn.
std::optional<Selector> read_template(Report& report, const Value& value, const std::string& path,
                                      SelectorPlace place) {
    Selector whole = make(Source::concatenation);
    std::string_view rest = value.text;
    const auto add_literal = [&](std::string_view text) {
        if (!text.empty()) whole.parts.push_back(make(Source::literal, std::string(text)));
    };
    while (!rest.empty()) {
        const std::size_t open = rest.find('{');
        if (open == rest.npos) break;
        const std::size_t close = rest.find('}', open);
        if (close == rest.npos) {
            report.add(value.mark, path, "has a { that no } closes");
            return std::nullopt;
        }
        add_literal(rest.substr(0, open));
        const std::string_view word = rest.substr(open + 1, close - open - 1);
        auto part = parse_word(word, place);
        if (!part) {
            report.add(value.mark, path, "\"{" + std::string(word) + "}\" is no selector");
            return std::nullopt;
        }
        whole.parts.push_back(std::move(*part));
        rest.remove_prefix(close + 1);
    }
    add_literal(rest);
    return whole;
}

std::optional<mapping::PipeOp> read_capture(MappingReader& reader) {
    mapping::Capture capture;
    if (!reader.require("regex", capture.pattern, pattern())) return std::nullopt;
    const int groups = capture.pattern.groups();
    if (!reader.read("group", capture.group, whole_number<int>(0, groups)) && groups == 0) {
        reader.report().add(reader.value().mark, reader.path_of("regex"),
                            "has no group to capture; put the part that counts in (brackets), or "
                            "say group: 0 for the whole match");
        return std::nullopt;
    }
    return capture;
}

std::optional<mapping::PipeOp> read_translate(Report& report, const Value& value,
                                              const std::string& path) {
    mapping::Translate translate;
    for_each_member(report, value, path,
                    [&](const std::string& from, Mark, const Value& to, const std::string& at) {
                        read_scalar(report, to, at, translate.words[from], scalar_text());
                    });
    return translate;
}

// `regex` (with `group`) and `map`, as they stand beside `from` or alone in a pipe.
void read_named_ops(MappingReader& reader, std::vector<mapping::PipeOp>& pipe) {
    if (reader.get("regex") != nullptr) {
        if (auto op = read_capture(reader)) pipe.push_back(std::move(*op));
    } else {
        reader.get("group");
    }
    if (const Value* map = reader.get("map")) {
        auto op = read_translate(reader.report(), *map, reader.path_of("map"));
        if (op) pipe.push_back(std::move(*op));
    }
}

void read_op(Report& report, const Value& value, const std::string& path,
             std::vector<mapping::PipeOp>& pipe) {
    if (value.kind == Value::Kind::mapping) {
        MappingReader reader(report, value, path);
        read_named_ops(reader, pipe);
        return reader.finish();
    }
    std::vector<Choice<mapping::TextOp>> choices;
    for (const auto& [name, op] : mapping::text_ops())
        choices.push_back({name, op});
    mapping::TextOp op{};
    if (value.kind == Value::Kind::null) return report.mismatch(value, path, {"a pipe operation"});
    if (read_scalar(report, value, path, op, choice(std::move(choices)))) pipe.emplace_back(op);
}

std::optional<Selector> read_join(MappingReader& reader, const Value& value) {
    Selector selector = make(Source::join, "; ");
    selector.pointers = read_items(reader.report(), value, reader.path_of("join"), pointer());
    reader.read("sep", selector.text, scalar_text());
    return selector;
}

std::optional<Selector> read_source(MappingReader& reader, SelectorPlace place) {
    const Value* const from = reader.get("from");
    const Value* const join = reader.get("join");
    const Value* const text = reader.get("template");
    if ((from != nullptr) + (join != nullptr) + (text != nullptr) != 1) {
        reader.report().add(reader.value().mark, reader.path(),
                            "needs exactly one of from, join, template");
        return std::nullopt;
    }
    if (join != nullptr) return read_join(reader, *join);
    if (text != nullptr) {
        return read_template(reader.report(), *text, reader.path_of("template"), place);
    }
    auto inner = read_selector(reader.report(), *from, reader.path_of("from"), place);
    if (!inner) return std::nullopt;
    Selector selector = make(Source::first_of);
    selector.parts.push_back(std::move(*inner));
    return selector;
}

std::optional<Selector> read_object(Report& report, const Value& value, const std::string& path,
                                    SelectorPlace place) {
    MappingReader reader(report, value, path);
    auto selector = read_source(reader, place);
    std::vector<mapping::PipeOp> pipe;
    read_named_ops(reader, pipe);
    if (const Value* ops = reader.get("pipe")) {
        for_each_item(*ops, reader.path_of("pipe"), [&](const Value& op, const std::string& at) {
            read_op(report, op, at, pipe);
        });
    }
    std::string fallback;
    const bool has_default = reader.read("default", fallback, scalar_text());
    reader.finish();
    if (!selector) return std::nullopt;
    selector->pipe = std::move(pipe);
    if (has_default) selector->fallback = std::move(fallback);
    return selector;
}

std::optional<Selector> read_list(Report& report, const Value& value, const std::string& path,
                                  SelectorPlace place) {
    Selector selector = make(Source::first_of);
    for_each_item(value, path, [&](const Value& item, const std::string& at) {
        if (auto part = read_selector(report, item, at, place)) {
            selector.parts.push_back(std::move(*part));
        }
    });
    return selector;
}

}  // namespace

std::optional<Selector> read_selector(Report& report, const Value& value, const std::string& path,
                                      SelectorPlace place) {
    switch (value.kind) {
        case Value::Kind::sequence:
            return read_list(report, value, path, place);
        case Value::Kind::mapping:
            return read_object(report, value, path, place);
        default:
            return read_word(report, value, path, place);
    }
}

std::optional<Selector> read_selector(MappingReader& reader, std::string_view key,
                                      SelectorPlace place) {
    const Value* const value = reader.get(key);
    if (value == nullptr) return std::nullopt;
    return read_selector(reader.report(), *value, reader.path_of(key), place);
}

}  // namespace errgate::config
