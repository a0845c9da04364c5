#include "mapping/selector.hpp"

#include "base/utf8.hpp"
#include "http/head.hpp"

namespace errgate::mapping {
namespace {

Text header_value(std::string_view name, const Context& context) {
    const std::string_view value = http::find(context.response.fields, name);
    if (value.empty()) return std::nullopt;
    if (base::is_valid_utf8(value)) return clean_text(value, context.arena);
    return clean_text(context.arena.copy(base::repair_utf8(value)), context.arena);
}

Text first_of(const std::vector<Selector>& parts, const Context& context) {
    for (const Selector& part : parts) {
        if (auto text = part.value(context)) return text;
    }
    return std::nullopt;
}

Text concatenate(const std::vector<Selector>& parts, const Context& context) {
    std::string all;
    for (const Selector& part : parts) {
        const auto text = part.value(context);
        if (!text) return std::nullopt;
        all += *text;
    }
    return context.arena.copy(all);
}

Text join(const std::vector<Pointer>& pointers, std::string_view separator,
          const Context& context) {
    std::string all;
    for (const Pointer& pointer : pointers) {
        pointer.any(context.body.tree, context.at, [&](NodeId match) {
            if (const Text text = context.body.tree.scalar(match)) {
                if (!all.empty()) all += separator;
                all += *text;
            }
            return false;
        });
    }
    return context.arena.copy(all);
}

Text raw_value(const Selector& selector, const Context& context) {
    const Tree& tree = context.body.tree;
    switch (selector.source) {
        case Selector::Source::pointer:
            return selector.pointers.front().scalar(tree, context.at);
        case Selector::Source::root_pointer:
            return selector.pointers.front().scalar(tree);
        case Selector::Source::header:
            return header_value(selector.text, context);
        case Selector::Source::status:
            return context.arena.copy(std::to_string(context.response.status));
        case Selector::Source::literal:
            return selector.text;
        case Selector::Source::key:
            return clean_text(context.key, context.arena);
        case Selector::Source::self:
            return tree.scalar(context.at);
        case Selector::Source::first_of:
            return first_of(selector.parts, context);
        case Selector::Source::concatenation:
            return concatenate(selector.parts, context);
        case Selector::Source::join:
            return join(selector.pointers, selector.text, context);
    }
    return std::nullopt;
}

}  // namespace

Text Selector::value(const Context& context) const {
    // Most are a pointer.
    Text found = source == Source::pointer ? pointers.front().scalar(context.body.tree, context.at)
                                           : raw_value(*this, context);
    for (const PipeOp& op : pipe) {
        if (!found) break;
        found = apply(op, *found, context.arena);
    }
    if (found || !fallback) return found;
    return *fallback;
}

}  // namespace errgate::mapping
