#include "mapping/format.hpp"

#include <algorithm>

namespace errgate::mapping {
namespace {

Text value_of(const std::optional<Selector>& selector, const Context& context) {
    return selector ? selector->value(context) : std::nullopt;
}

// What one listed element says of a field. False when no more details are taken.
bool extract_detail(const DetailSource& source, const Context& element, Extraction& found) {
    if (found.details.size() >= errors::kMaxDetails) return false;
    if (!holds(source.when, element)) return true;
    const Text field = value_of(source.field, element);
    const Text code = value_of(source.code, element);
    const Text message = value_of(source.message, element);
    if (!field && !code && !message) return true;
    put_detail(found, {field_pointer(field.value_or("")), std::string(code.value_or("")),
                       std::string(message.value_or(""))});
    return true;
}

// Every member of an object, and where the source flattens, every item of one that is an array.
void extract_entries(const DetailSource& source, const Context& context, Extraction& found) {
    const Tree& tree = context.body.tree;
    const auto object = source.pointer.first(tree);
    if (!object || tree[*object].kind != Node::Kind::object) return;
    for (NodeId member = tree[*object].first_child; member != kNoNode;
         member = tree[member].next_sibling) {
        const std::string_view key = tree[member].key;
        if (!source.flatten || tree[member].kind != Node::Kind::array) {
            if (!extract_detail(source, context.inside(member, key), found)) return;
            continue;
        }
        for (NodeId item = tree[member].first_child; item != kNoNode;
             item = tree[item].next_sibling) {
            if (!extract_detail(source, context.inside(item, key), found)) return;
        }
    }
}

void extract_details(const DetailSource& source, const Context& context, Extraction& found) {
    if (source.over == DetailSource::Over::entries) return extract_entries(source, context, found);
    source.pointer.any(context.body.tree, kRoot, [&](NodeId match) {
        return !extract_detail(source, context.inside(match, {}), found);
    });
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
        const Text text = tree.scalar(member);
        if (!text) continue;
        put_metadata(found, tree[member].key,
                     {metadata_kind(tree[member].kind), std::string(*text)});
    }
}

}  // namespace

void put_metadata(Extraction& into, std::string_view name, errors::MetadataValue value) {
    auto& metadata = into.metadata;
    const auto same = std::find_if(metadata.begin(), metadata.end(),
                                   [&](const auto& entry) { return entry.first == name; });
    if (same != metadata.end()) {
        same->second = std::move(value);
    } else if (metadata.size() < errors::kMaxMetadata) {
        metadata.emplace_back(name, std::move(value));
    }
}

void put_detail(Extraction& into, errors::Detail detail) {
    if (into.details.size() < errors::kMaxDetails) into.details.push_back(std::move(detail));
}

Extraction extract(const Format& format, const Context& context) {
    Extraction found;
    found.code = value_of(format.code, context);
    found.type = value_of(format.type, context);
    found.message = value_of(format.message, context);
    found.request_id = value_of(format.request_id, context);
    found.decline_code = value_of(format.decline_code, context);
    found.advice_code = value_of(format.advice_code, context);
    found.metadata.reserve(std::min(format.metadata.size(), errors::kMaxMetadata));
    for (const auto& [name, selector] : format.metadata) {
        if (const Text text = selector.value(context)) {
            put_metadata(found, name, {{}, std::string(*text)});
        }
    }
    if (format.metadata_from) copy_metadata(*format.metadata_from, context.body.tree, found);
    for (const DetailSource& source : format.details)
        extract_details(source, context, found);
    return found;
}

}  // namespace errgate::mapping
