#include "mapping/tree.hpp"

#include "base/ascii.hpp"
#include "base/ascii_scan.hpp"

#include <charconv>
#include <cmath>
#include <unordered_map>

namespace errgate::mapping {
namespace {

bool is_blank(char c) {
    return c == ' ' || (c >= '\t' && c <= '\r');
}

bool is_dropped(char c) {
    const auto byte = static_cast<unsigned char>(c);
    return byte < 0x20 && c != '\t' && c != '\n' && c != '\r';
}

std::string_view trim(std::string_view text) {
    if (!text.empty() && text.front() > ' ' && text.back() > ' ') return text;
    while (!text.empty() && (is_blank(text.front()) || is_dropped(text.front())))
        text.remove_prefix(1);
    while (!text.empty() && (is_blank(text.back()) || is_dropped(text.back())))
        text.remove_suffix(1);
    return text;
}

// "10.0" and "1e1" are the number 10, and a provider's code 10 stays one however it is written.
std::string_view number_text(std::string_view source, Arena& arena) {
    if (source == "-0") return "0";
    if (source.find_first_of(".eE") == std::string_view::npos) return source;
    double value = 0;
    const auto [end, error] = std::from_chars(source.data(), source.data() + source.size(), value);
    constexpr double kExact = 9e15;  // whole doubles below it have exactly one decimal form
    if (error != std::errc{} || std::trunc(value) != value || std::abs(value) > kExact) {
        return source;
    }
    return arena.copy(std::to_string(static_cast<std::int64_t>(value)));
}

// Two digits that something stood between do not become neighbours: that would make another number
// of a card number, one that nobody knows for what it is.
std::string without_controls(std::string_view text) {
    std::string out;
    bool dropped = false;
    for (const char c : text) {
        if (is_dropped(c)) {
            dropped = true;
            continue;
        }
        const bool behind_digit = !out.empty() && base::is_digit(out.back());
        if (dropped && behind_digit && base::is_digit(c)) out.push_back(' ');
        dropped = false;
        out.push_back(c);
    }
    return out;
}

}  // namespace

Text clean_text(std::string_view text, Arena& arena) {
    text = trim(text);
    return base::has_control(text) ? arena.copy(without_controls(text)) : text;
}

NodeId Tree::item(NodeId array, std::size_t index) const {
    if (nodes_[array].kind != Node::Kind::array) return kNoNode;
    NodeId child = nodes_[array].first_child;
    while (child != kNoNode && index-- > 0)
        child = nodes_[child].next_sibling;
    return child;
}

Text Tree::scalar(NodeId id) const {
    const Node& node = nodes_[id];
    if (node.kind == Node::Kind::object) {
        const NodeId text = member(id, "#text");
        return text == kNoNode ? std::nullopt : scalar(text);
    }
    return node.text;
}

NodeId Tree::put_member(NodeId object, std::string_view key) {
    NodeId last = kNoNode;
    for (NodeId child = nodes_[object].first_child; child != kNoNode;
         child = nodes_[child].next_sibling) {
        if (nodes_[child].key == key) {
            nodes_[child].become(Node::Kind::null, {});
            return child;
        }
        last = child;
    }
    const auto id = static_cast<NodeId>(nodes_.size());
    Node& node = nodes_.emplace_back();
    node.tag = name_tag(key);
    node.key = arena_.copy(key);
    nodes_[object].member_bits |= name_bit(node.tag);
    (last == kNoNode ? nodes_[object].first_child : nodes_[last].next_sibling) = id;
    return id;
}

template <class FirstOfName>
void Tree::merge_members(NodeId object, FirstOfName first_of_name) {
    NodeId before = kNoNode;
    for (NodeId child = nodes_[object].first_child; child != kNoNode;) {
        const NodeId next = nodes_[child].next_sibling;
        const NodeId first = first_of_name(child);
        if (first == child) {
            before = child;
        } else {
            nodes_[first].take_value(nodes_[child]);
            nodes_[before].next_sibling = next;
        }
        child = next;
    }
}

void Tree::drop_duplicates(NodeId object, std::size_t members) {
    constexpr std::size_t kFew = 16;  // up to here, comparing each with each beats a table
    if (members > kFew) {
        std::unordered_map<std::string_view, NodeId> seen;
        return merge_members(object, [&](NodeId child) {
            return seen.emplace(nodes_[child].key, child).first->second;
        });
    }
    std::uint32_t bits = 0;  // of the members before
    merge_members(object, [&](NodeId child) {
        const Node& node = nodes_[child];
        const std::uint32_t bit = name_bit(node.tag);
        const bool may_be_known = (bits & bit) != 0;
        bits |= bit;
        return may_be_known ? member(object, node.key, node.tag) : child;
    });
}

void Tree::reset(NodeId at, std::size_t size) {
    nodes_.resize(size);
    nodes_[at].become(Node::Kind::null, {});
}

void TreeBuilder::number(std::string_view source) {
    add(Node::Kind::number, number_text(source, tree_.arena_));
}

void TreeBuilder::string(std::string_view text) {
    add(Node::Kind::string, clean_text(text, tree_.arena_).value_or(""));
}

void TreeBuilder::line(std::string_view text) {
    add(Node::Kind::string, trim(text));
}

NodeId TreeBuilder::add(Node::Kind kind, std::string_view text) {
    if (swallowed_ > 0 || full()) return kNoNode;
    if (depth_ == 0) {
        tree_.nodes_[at_].become(kind, text);
        return at_;
    }
    const auto id = static_cast<NodeId>(tree_.nodes_.size());
    Open& parent = open_[depth_ - 1];
    Node& node = tree_.nodes_.emplace_back();
    node.kind = kind;
    node.text = text;
    Node& around = tree_.nodes_[parent.id];
    if (around.kind == Node::Kind::object) {
        node.tag = name_tag(key_);
        node.key = key_;
        around.member_bits |= name_bit(node.tag);
    }
    if (parent.last_child == kNoNode) {
        around.first_child = id;
    } else {
        tree_.nodes_[parent.last_child].next_sibling = id;
    }
    parent.last_child = id;
    ++parent.children;
    return id;
}

void TreeBuilder::begin(Node::Kind container) {
    if (swallowed_ > 0 || depth_ == kMaxDepth || full()) {
        ++swallowed_;
        return;
    }
    const NodeId opened = add(container, {});
    open_[depth_++] = {opened, kNoNode, 0};
}

void TreeBuilder::end() {
    if (swallowed_ > 0) {
        --swallowed_;
        return;
    }
    const Open& ended = open_[--depth_];
    if (tree_.nodes_[ended.id].kind == Node::Kind::object) {
        tree_.drop_duplicates(ended.id, ended.children);
    }
}

void TreeBuilder::finish() {
    swallowed_ = 0;
    while (depth_ > 0)
        end();
}

}  // namespace errgate::mapping
