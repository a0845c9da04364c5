#include "mapping/format.hpp"

#include <algorithm>

namespace errgate::mapping {
namespace {

constexpr std::size_t kMaxDetails = 100;
constexpr std::size_t kMaxMetadata = 32;

std::optional<std::string> value_of(const std::optional<Selector>& selector,
                                    const Context& context) {
    return selector ? selector->value(context) : std::nullopt;
}

struct Element {
    NodeId node;
    std::string_view name;
};

std::vector<Element> elements_of(const DetailSource& source, const Tree& tree) {
    std::vector<Element> elements;
    if (source.over == DetailSource::Over::matches) {
        for (const NodeId node : source.pointer.all(tree))
            elements.push_back({node, {}});
        return elements;
    }
    const auto object = source.pointer.first(tree);
    if (!object || tree[*object].kind != Node::Kind::object) return elements;
    for (NodeId member = tree[*object].first_child; member != kNoNode;
         member = tree[member].next_sibling) {
        if (!source.flatten || tree[member].kind != Node::Kind::array) {
            elements.push_back({member, tree[member].key});
            continue;
        }
        for (NodeId item = tree[member].first_child; item != kNoNode;
             item = tree[item].next_sibling)
            elements.push_back({item, tree[member].key});
    }
    return elements;
}

void extract_details(const DetailSource& source, const Context& context, Extraction& found) {
    for (const Element& element : elements_of(source, context.body.tree)) {
        if (found.details.size() >= kMaxDetails) return;
        const Context inside = context.inside(element.node, element.name);
        if (!holds(source.when, inside)) continue;
        const auto field = value_of(source.field, inside);
        auto code = value_of(source.code, inside);
        auto message = value_of(source.message, inside);
        if (!field && !code && !message) continue;
        put_detail(found, {field_pointer(field.value_or("")), std::move(code).value_or(""),
                           std::move(message).value_or("")});
    }
}

errors::MetadataValue::Kind metadata_kind(Node::Kind kind) {
    if (kind == Node::Kind::number) return errors::MetadataValue::Kind::number;
    if (kind == Node::Kind::boolean) return errors::MetadataValue::Kind::boolean;
    return errors::MetadataValue::Kind::string;
}

void copy_metadata(const Pointer& from, const Tree& tree, Extraction& found) {
    const auto object = from.first(tree);
    if (!object || tree[*object].kind != Node::Kind::object) return;
    for (NodeId member = tree[*object].first_child; member != kNoNode;
         member = tree[member].next_sibling) {
        auto text = tree.scalar(member);
        if (!text) continue;
        put_metadata(found, tree[member].key, {metadata_kind(tree[member].kind), std::move(*text)});
    }
}

}  // namespace

void put_metadata(Extraction& into, std::string_view name, errors::MetadataValue value) {
    auto& metadata = into.metadata;
    const auto same = std::find_if(metadata.begin(), metadata.end(),
                                   [&](const auto& entry) { return entry.first == name; });
    if (same != metadata.end()) {
        same->second = std::move(value);
    } else if (metadata.size() < kMaxMetadata) {
        metadata.emplace_back(name, std::move(value));
    }
}

void put_detail(Extraction& into, errors::Detail detail) {
    if (into.details.size() < kMaxDetails) into.details.push_back(std::move(detail));
}

Extraction extract(const Format& format, const Context& context) {
    Extraction found;
    found.code = value_of(format.code, context);
    found.type = value_of(format.type, context);
    found.message = value_of(format.message, context);
    found.request_id = value_of(format.request_id, context);
    found.decline_code = value_of(format.decline_code, context);
    found.advice_code = value_of(format.advice_code, context);
    for (const auto& [name, selector] : format.metadata) {
        if (auto text = selector.value(context)) put_metadata(found, name, {{}, std::move(*text)});
    }
    if (format.metadata_from) copy_metadata(*format.metadata_from, context.body.tree, found);
    for (const DetailSource& source : format.details)
        extract_details(source, context, found);
    return found;
}

}  // namespace errgate::mapping
