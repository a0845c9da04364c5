// Stable storage for the texts of one tree.
#pragma once

#include <cstddef>
#include <cstring>
#include <memory>
#include <span>
#include <string_view>
#include <vector>

namespace errgate::mapping {

// Copies texts into blocks that never move; the views it returns live as long as the arena, also
// after it is moved.
class Arena {
  public:
    std::string_view copy(std::string_view text) {
        const std::span<char> kept = scratch_copy(text);
        return {kept.data(), kept.size()};
    }

    // The same for a reader that rewrites its copy in place.
    std::span<char> scratch_copy(std::string_view text) {
        if (text.empty()) return {};
        char* to = reserve(text.size());
        std::memcpy(to, text.data(), text.size());
        return {to, text.size()};
    }

  private:
    static constexpr std::size_t kBlock = 1024;

    char* reserve(std::size_t size) {
        if (size > room_) {
            const std::size_t block = size > kBlock ? size : kBlock;
            blocks_.push_back(std::make_unique_for_overwrite<char[]>(block));
            free_ = blocks_.back().get();
            room_ = block;
        }
        char* taken = free_;
        free_ += size;
        room_ -= size;
        return taken;
    }

    std::vector<std::unique_ptr<char[]>> blocks_;
    char* free_ = nullptr;
    std::size_t room_ = 0;
};

}  // namespace errgate::mapping
