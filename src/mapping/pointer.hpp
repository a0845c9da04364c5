// RFC 6901 pointers over a body's tree, with `*` for each item and `**` for all descendants.
#pragma once

#include "mapping/tree.hpp"

#include <algorithm>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace errgate::mapping {

// A pattern with several `**` could name a node many times over; no more matches than this are
// kept.
inline constexpr std::size_t kMaxMatches = 20'000;

// Compiled once at load. `*` is each item of an array, or the single value itself, which removes
// XML's one-or-many trap; for the same reason `0` on anything but an array is the value itself.
class Pointer {
  public:
    // "" is the whole value; anything else starts with '/'. Nothing when the text is no pointer.
    static std::optional<Pointer> parse(std::string_view text);

    // Every match below `from`, in document order (`**`: breadth first).
    std::vector<NodeId> all(const Tree& tree, NodeId from = kRoot) const;
    // Calls `visit` with each of them until it returns true; says whether it did.
    template <typename Visit>
    bool any(const Tree& tree, NodeId from, Visit visit) const {
        if (single_) {
            const auto match = only(tree, from);
            return match && visit(*match);
        }
        const auto matches = all(tree, from);
        return std::any_of(matches.begin(), matches.end(), visit);
    }
    // The first of them.
    std::optional<NodeId> first(const Tree& tree, NodeId from = kRoot) const;
    // The first match that is a scalar and not empty.
    Text scalar(const Tree& tree, NodeId from = kRoot) const;

    const std::string& text() const { return text_; }

  private:
    std::optional<NodeId> only(const Tree& tree, NodeId from) const;

    struct Segment {
        enum class Kind : std::uint8_t { name, each, descendants } kind = Kind::name;
        std::string name;
        std::uint32_t tag = 0;  // name_tag(name)
        std::optional<std::size_t> index;
    };
    static std::optional<NodeId> step(const Tree& tree, NodeId at, const Segment& segment) {
        const NodeId member = tree.member(at, segment.name, segment.tag);
        if (member != kNoNode) return member;
        return segment.index ? index(tree, at, segment) : std::nullopt;
    }
    static std::optional<NodeId> index(const Tree& tree, NodeId at, const Segment& segment);
    static void expand(const Tree& tree, NodeId at, const Segment& segment,
                       std::vector<NodeId>& out);

    std::string text_;
    std::vector<Segment> segments_;
    bool single_ = true;  // neither * nor **: at most one match
};

// A field in whatever syntax a provider uses (`a.b[0].c`, `$.a['b']`, `#/a/b`, `/a/b`) as an
// RFC 6901 pointer.
std::string field_pointer(std::string_view field);

}  // namespace errgate::mapping
