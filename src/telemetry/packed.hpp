// Numbers and texts one behind the other in one piece of memory, and back in the same order.
#pragma once

#include <concepts>
#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>
#include <type_traits>

namespace errgate::telemetry {

template <class T>
concept PackedNumber = std::integral<T> || std::is_enum_v<T>;

// How many bytes a Packer will write for the same pieces.
class PackedSize {
  public:
    template <PackedNumber T>
    PackedSize& operator<<(T) {
        bytes_ += sizeof(T);
        return *this;
    }
    PackedSize& operator<<(std::string_view text) {
        bytes_ += sizeof(std::uint32_t) + text.size();
        return *this;
    }
    std::size_t bytes() const { return bytes_; }

  private:
    std::size_t bytes_ = 0;
};

// Writes to where all of it has room. Only ever read by the process that wrote it: no versions, no
// byte order.
class Packer {
  public:
    explicit Packer(char* to) : at_(to) {}

    template <PackedNumber T>
    Packer& operator<<(T value) {
        std::memcpy(at_, &value, sizeof value);
        at_ += sizeof value;
        return *this;
    }
    Packer& operator<<(std::string_view text) {
        *this << static_cast<std::uint32_t>(text.size());
        at_ += text.copy(at_, text.size());
        return *this;
    }
    const char* end() const { return at_; }

  private:
    char* at_;
};

// Reads what a Packer wrote, types and order the same; anything else is a bug of the caller.
class Unpacker {
  public:
    explicit Unpacker(std::string_view in) : in_(in) {}

    template <PackedNumber T>
    Unpacker& operator>>(T& value) {
        std::memcpy(&value, in_.data(), sizeof value);
        in_.remove_prefix(sizeof value);
        return *this;
    }
    Unpacker& operator>>(std::string_view& text) {
        std::uint32_t size = 0;
        *this >> size;
        text = in_.substr(0, size);
        in_.remove_prefix(size);
        return *this;
    }
    Unpacker& operator>>(std::string& text) {
        std::string_view view;
        *this >> view;
        text = view;
        return *this;
    }

  private:
    std::string_view in_;
};

}  // namespace errgate::telemetry
