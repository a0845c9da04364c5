#include "mapping/pointer.hpp"

#include <algorithm>
#include <charconv>

namespace errgate::mapping {
namespace {

// RFC 6901 section 4: `~1` is '/', `~0` is '~'; any other use of '~' is an error.
std::optional<std::string> unescape(std::string_view segment) {
    std::string name;
    for (std::size_t i = 0; i < segment.size(); ++i) {
        if (segment[i] != '~') {
            name.push_back(segment[i]);
            continue;
        }
        if (++i == segment.size() || (segment[i] != '0' && segment[i] != '1')) return std::nullopt;
        name.push_back(segment[i] == '0' ? '~' : '/');
    }
    return name;
}

std::optional<std::size_t> as_index(std::string_view name) {
    std::size_t index = 0;
    const char* const end = name.data() + name.size();
    const auto [stop, error] = std::from_chars(name.data(), end, index);
    if (name.empty() || error != std::errc{} || stop != end) return std::nullopt;
    return index;
}

bool is_empty_scalar(const Node& node) {
    return node.kind == Node::Kind::null || (node.kind == Node::Kind::string && node.text.empty());
}

void append_children(const Tree& tree, NodeId parent, std::vector<NodeId>& out) {
    for (NodeId child = tree[parent].first_child; child != kNoNode && out.size() < kMaxMatches;
         child = tree[child].next_sibling)
        out.push_back(child);
}

}  // namespace

std::optional<Pointer> Pointer::parse(std::string_view text) {
    Pointer pointer;
    pointer.text_ = text;
    if (text.empty()) return pointer;
    if (text.front() != '/') return std::nullopt;
    while (!text.empty()) {
        text.remove_prefix(1);
        const std::string_view raw = text.substr(0, text.find('/'));
        text.remove_prefix(raw.size());
        const auto name = unescape(raw);
        if (!name) return std::nullopt;
        Segment segment{Segment::Kind::name, *name, name_tag(*name), as_index(*name)};
        if (raw == "*") segment.kind = Segment::Kind::each;
        if (raw == "**") segment.kind = Segment::Kind::descendants;
        pointer.single_ = pointer.single_ && segment.kind == Segment::Kind::name;
        pointer.segments_.push_back(std::move(segment));
    }
    return pointer;
}

// An item of an array, or the value itself.
std::optional<NodeId> Pointer::index(const Tree& tree, NodeId at, const Segment& segment) {
    if (tree[at].kind != Node::Kind::array) {
        return segment.name == "0" ? std::optional(at) : std::nullopt;
    }
    const NodeId item = tree.item(at, *segment.index);
    return item == kNoNode ? std::nullopt : std::optional(item);
}

void Pointer::expand(const Tree& tree, NodeId at, const Segment& segment,
                     std::vector<NodeId>& out) {
    switch (segment.kind) {
        case Segment::Kind::name:
            if (const auto next = step(tree, at, segment)) out.push_back(*next);
            return;
        case Segment::Kind::each:
            if (tree[at].kind == Node::Kind::array) {
                append_children(tree, at, out);
            } else if (!is_empty_scalar(tree[at])) {
                out.push_back(at);
            }
            return;
        case Segment::Kind::descendants:
            // The vector is its own queue: what follows `next` has not been opened yet.
            std::size_t next = out.size();
            out.push_back(at);
            for (; next < out.size() && out.size() < kMaxMatches; ++next)
                append_children(tree, out[next], out);
            return;
    }
}

std::vector<NodeId> Pointer::all(const Tree& tree, NodeId from) const {
    std::vector<NodeId> now{from};
    std::vector<NodeId> next;
    for (const Segment& segment : segments_) {
        next.clear();
        for (const NodeId at : now) {
            if (next.size() >= kMaxMatches) break;
            expand(tree, at, segment, next);
        }
        now.swap(next);
    }
    return now;
}

// The one match there can be of a pointer without wildcards.
std::optional<NodeId> Pointer::only(const Tree& tree, NodeId from) const {
    std::optional<NodeId> at = from;
    for (const Segment& segment : segments_) {
        at = step(tree, *at, segment);
        if (!at) return std::nullopt;
    }
    return at;
}

std::optional<NodeId> Pointer::first(const Tree& tree, NodeId from) const {
    if (single_) return only(tree, from);
    const auto matches = all(tree, from);
    return matches.empty() ? std::nullopt : std::optional(matches.front());
}

Text Pointer::scalar(const Tree& tree, NodeId from) const {
    if (single_) {
        const auto match = only(tree, from);
        return match ? tree.scalar(*match) : std::nullopt;
    }
    Text found;
    any(tree, from, [&](NodeId at) {
        found = tree.scalar(at);
        return static_cast<bool>(found);
    });
    return found;
}

}  // namespace errgate::mapping
