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

// Only ever read by the process that wrote it: no versions, no byte order.
class Packer {
  public:
    explicit Packer(std::string& out) : out_(out) {}

    template <PackedNumber T>
    Packer& operator<<(T value) {
        out_.append(reinterpret_cast<const char*>(&value), sizeof value);
        return *this;
    }
    Packer& operator<<(std::string_view text) {
        *this << static_cast<std::uint32_t>(text.size());
        out_.append(text);
        return *this;
    }
    Packer& operator<<(const std::string& text) { return *this << std::string_view(text); }

  private:
    std::string& out_;
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
