#include "mapping/selector.hpp"

#include "base/utf8.hpp"
#include "http/head.hpp"

namespace errgate::mapping {
namespace {

using Text = std::optional<std::string>;

Text header_value(const http::Fields& fields, std::string_view name) {
    const std::string_view value = http::find(fields, name);
    return value.empty() ? std::nullopt : clean_text(base::repair_utf8(value));
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
    return all;
}

Text join(const std::vector<Pointer>& pointers, std::string_view separator,
          const Context& context) {
    std::string all;
    for (const Pointer& pointer : pointers) {
        for (const NodeId match : pointer.all(context.body.tree, context.at)) {
            const auto text = context.body.tree.scalar(match);
            if (!text) continue;
            if (!all.empty()) all += separator;
            all += *text;
        }
    }
    return all;
}

Text raw_value(const Selector& selector, const Context& context) {
    const Tree& tree = context.body.tree;
    switch (selector.source) {
        case Selector::Source::pointer:
            return selector.pointers.front().scalar(tree, context.at);
        case Selector::Source::root_pointer:
            return selector.pointers.front().scalar(tree);
        case Selector::Source::header:
            return header_value(context.response.fields, selector.text);
        case Selector::Source::status:
            return std::to_string(context.response.status);
        case Selector::Source::literal:
            return selector.text;
        case Selector::Source::key:
            return clean_text(context.key);
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
    Text found = raw_value(*this, context);
    for (const PipeOp& op : pipe) {
        if (!found) break;
        found = apply(op, std::move(*found));
    }
    if (found && found->empty()) found.reset();
    return found ? found : fallback;
}

}  // namespace errgate::mapping
