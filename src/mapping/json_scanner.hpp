// Reads JSON in place, by hand and without recursion, straight into a tree.
#pragma once

#include "mapping/tree.hpp"

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace errgate::mapping {

// One use, one text. Strings without escapes, nearly all there are, become views into the text;
// the others are unescaped where they stand. Both need the text to outlive the tree.
//
// The grammar is RFC 8259's but for what providers get wrong and a reader still understands: half
// a surrogate pair is U+FFFD, a control character is a blank, a number beyond a double is null.
class JsonScanner {
  public:
    enum class End : std::uint8_t {
        complete,
        cut,      // the text ended before the value did
        full,     // the tree takes no more nodes
        invalid,  // no JSON, wherever it ends
    };

    JsonScanner(std::span<char> text, Tree& tree, NodeId at)
        : at_(text.data()), end_(text.data() + text.size()), builder_(tree, at) {}

    // After anything but `complete` the tree holds what came before.
    End run();

  private:
    bool value();
    bool after_value();
    bool key();
    bool string(std::string_view& out);
    bool rewrite_string(char* begin, std::string_view& out);
    bool escape(char*& to);
    bool unicode_escape(char*& to);
    bool unit(std::uint32_t& out);
    bool number();
    bool digits();
    bool literal(std::string_view word, Node::Kind kind);

    void open(char bracket);
    void close();
    void skip_blanks();
    bool at_end() const { return at_ == end_; }
    bool next_is(char c) const { return !at_end() && *at_ == c; }
    // Records why reading stops; always false, for `return stop(...)`.
    bool stop(End why) {
        result_ = why;
        return false;
    }

    char* at_;
    char* const end_;
    bool rewritten_ = false;  // the last string had escapes or control characters
    TreeBuilder builder_;
    std::string open_;  // the brackets, outermost first: short ones need no memory of their own
    End result_ = End::complete;
};

}  // namespace errgate::mapping
