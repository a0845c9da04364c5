// A fixed buffer that is filled at the end and used up from the front, with a head kept in place.
#pragma once

#include "proxy/raw_buffer.hpp"

#include <cassert>
#include <cstddef>
#include <cstring>
#include <span>
#include <string_view>

namespace errgate::proxy {

// [pinned head | unread bytes | room]. Views into the head stay valid until release(): what follows
// it is consumed and refilled without moving it.
class ReadBuffer {
  public:
    // Keeps the bytes it has; grows only.
    void reserve(std::size_t capacity) { storage_.reserve(capacity, end_); }
    void clear() { pinned_ = begin_ = end_ = 0; }

    std::span<char> unread() { return {storage_.data() + begin_, end_ - begin_}; }
    std::string_view unread_view() const { return {storage_.data() + begin_, end_ - begin_}; }
    std::span<char> room() { return {storage_.data() + end_, storage_.size() - end_}; }
    bool empty() const { return begin_ == end_; }

    void commit(std::size_t bytes) { end_ += bytes; }
    void consume(std::size_t bytes) {
        begin_ += bytes;
        if (begin_ == end_) begin_ = end_ = pinned_;
    }
    // The first `bytes` unread ones become the head, which must begin the buffer.
    void pin(std::size_t bytes) {
        assert(begin_ == 0);
        pinned_ = bytes;
        begin_ = bytes;
        consume(0);
    }
    // The head is no longer needed: unread bytes move to the front.
    void release() {
        if (!empty()) std::memmove(storage_.data(), storage_.data() + begin_, end_ - begin_);
        end_ -= begin_;
        begin_ = pinned_ = 0;
    }

  private:
    RawBuffer storage_;
    std::size_t pinned_ = 0;
    std::size_t begin_ = 0;
    std::size_t end_ = 0;
};

}  // namespace errgate::proxy
