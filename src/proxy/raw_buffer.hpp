// Bytes that are allocated but not touched: memory that grows only, and costs only what was used.
#pragma once

#include <cstddef>
#include <cstring>
#include <memory>
#include <span>
#include <utility>

namespace errgate::proxy {

// Not zeroed: a page that no byte ever came into costs no memory, so a buffer may have room for the
// largest head and still be cheap for the usual one. Reused, it allocates once.
class RawBuffer {
  public:
    // Room for at least `capacity` bytes; the first `kept` stay what they are.
    void reserve(std::size_t capacity, std::size_t kept = 0) {
        if (capacity <= capacity_) return;
        auto bigger = std::make_unique_for_overwrite<char[]>(capacity);
        if (kept > 0) std::memcpy(bigger.get(), bytes_.get(), kept);
        bytes_ = std::move(bigger);
        capacity_ = capacity;
    }
    char* data() const { return bytes_.get(); }
    std::size_t size() const { return capacity_; }
    operator std::span<char>() const { return {bytes_.get(), capacity_}; }

  private:
    std::unique_ptr<char[]> bytes_;
    std::size_t capacity_ = 0;
};

}  // namespace errgate::proxy
