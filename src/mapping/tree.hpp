// One compact tree for every kind of body: what pointers walk, whatever the provider sent.
#pragma once

#include "mapping/arena.hpp"
#include "mapping/text.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace errgate::mapping {

using NodeId = std::uint32_t;
inline constexpr NodeId kRoot = 0;
inline constexpr NodeId kNoNode = 0;  // as a child or sibling: the root is neither

// Bounds on what a hostile body can make us hold. Deeper values are left out; past the node limit
// reading stops and what was read so far stays.
inline constexpr std::size_t kMaxDepth = 64;
inline constexpr std::size_t kMaxNodes = 20'000;

// Tells most names apart at one glance: length, first, middle and last character.
constexpr std::uint32_t name_tag(std::string_view name) {
    if (name.empty()) return 0;
    const auto byte = [&](std::size_t at) {
        return static_cast<std::uint32_t>(static_cast<unsigned char>(name[at]));
    };
    return static_cast<std::uint32_t>(name.size()) << 24U | byte(0) << 16U |
           byte(name.size() / 2) << 8U | byte(name.size() - 1);
}

// One of 32 bits: most of the names that an object does not have are known for it without a look at
// its members.
constexpr std::uint32_t name_bit(std::uint32_t tag) {
    constexpr std::uint32_t kGoldenRatio = 0x9E3779B1;
    return 1U << ((tag * kGoldenRatio) >> 27U);
}

struct Node {
    enum class Kind : std::uint8_t { null, boolean, number, string, array, object };

    Kind kind = Kind::null;
    std::uint32_t tag = 0;  // name_tag(key)
    std::string_view key;   // name in the object it is a member of
    std::string_view text;  // of a scalar, clean: see Tree::scalar()
    NodeId first_child = kNoNode;
    NodeId next_sibling = kNoNode;
    std::uint32_t member_bits = 0;  // of an object: name_bit() of every member

    // A scalar in the place of whatever value it had.
    void become(Kind scalar, std::string_view value) {
        kind = scalar;
        text = value;
        first_child = kNoNode;
        member_bits = 0;
    }
    // The value of another node; name and place stay.
    void take_value(const Node& from) {
        kind = from.kind;
        text = from.text;
        first_child = from.first_child;
        member_bits = from.member_bits;
    }
};

// Nodes in one vector, children linked by index; texts are views into the tree's own arena or into
// memory its maker promises to keep. Filled through TreeBuilder, then read only.
class Tree {
  public:
    Tree() {
        // An error of a few hundred bytes has fewer. 18 take 1008 bytes, which malloc keeps at hand
        // for each thread; more than 1032 cost it a search.
        constexpr std::size_t kUsual = 18;
        nodes_.reserve(kUsual);
        nodes_.emplace_back();
    }

    const Node& operator[](NodeId id) const { return nodes_[id]; }
    Node& operator[](NodeId id) { return nodes_[id]; }
    const Node& root() const { return nodes_[kRoot]; }
    std::size_t size() const { return nodes_.size(); }

    // kNoNode when there is none. `tag` is name_tag(key).
    NodeId member(NodeId object, std::string_view key, std::uint32_t tag) const {
        const Node* const nodes = nodes_.data();
        if ((nodes[object].member_bits & name_bit(tag)) == 0) return kNoNode;
        NodeId child = nodes[object].first_child;
        while (child != kNoNode && (nodes[child].tag != tag || nodes[child].key != key))
            child = nodes[child].next_sibling;
        return child;
    }
    NodeId member(NodeId object, std::string_view key) const {
        return member(object, key, name_tag(key));
    }
    NodeId item(NodeId array, std::size_t index) const;

    // Strings without control characters and outer blanks, numbers (10 for 10.0 and 1e1), booleans,
    // and an object's `#text` (an XML element with attributes). Null, arrays, other objects and
    // empty texts are absent. A view that lives as long as the tree.
    Text scalar(NodeId id) const;

    // Appends a member to an object; one of that name is replaced. Returns the new node.
    NodeId put_member(NodeId object, std::string_view key);
    // Makes the names of an object's so many members unique: the last value stays, in the first
    // one's place.
    void drop_duplicates(NodeId object, std::size_t members);

    // Undoes what was built at `at`: it is a null again, and only the first `size` nodes stay.
    void reset(NodeId at, std::size_t size);

    Arena& arena() { return arena_; }

  private:
    friend class TreeBuilder;
    // `first_of_name` gives the first member of a member's name, of all up to it.
    template <class FirstOfName>
    void merge_members(NodeId object, FirstOfName first_of_name);

    std::vector<Node> nodes_;
    Arena arena_;
};

// `text` without control characters (tab, line feed and carriage return stay) and outer blanks;
// nothing when that leaves nothing. A part of `text` when that is enough, else a copy in `arena`.
Text clean_text(std::string_view text, Arena& arena);

// Fills a tree in document order. Values below kMaxDepth are swallowed; past kMaxNodes `full()`
// turns true and the reader should stop.
class TreeBuilder {
  public:
    // Fills the place of `at`, which must be a leaf: the root, or a fresh put_member().
    explicit TreeBuilder(Tree& tree, NodeId at = kRoot) : tree_(tree), at_(at) {}

    void key(std::string_view name) { key_ = name; }  // of the value that comes next
    void null() { add(Node::Kind::null, {}); }
    void boolean(bool value) { add(Node::Kind::boolean, value ? "true" : "false"); }
    void number(std::string_view source);
    void string(std::string_view text);
    // The same for a text that is known to have no control character.
    void line(std::string_view text);
    void begin(Node::Kind container);
    void end();
    // Ends every container still open, as after a truncated text.
    void finish();

    bool full() const { return tree_.nodes_.size() >= kMaxNodes; }

  private:
    struct Open {
        NodeId id;
        NodeId last_child;
        std::size_t children;
    };
    NodeId add(Node::Kind kind, std::string_view text);

    Tree& tree_;
    NodeId at_;
    std::string_view key_;
    std::array<Open, kMaxDepth> open_;  // the first `depth_`
    std::size_t depth_ = 0;
    std::size_t swallowed_ = 0;  // containers opened below the depth limit
};

}  // namespace errgate::mapping
