#include "mapping/text_encoding.hpp"

#include "base/utf8.hpp"
#include "mapping/code_point.hpp"

#include <array>
#include <cstdint>

namespace errgate::mapping {
namespace {

void append_utf8(std::string& out, std::uint32_t point) {
    std::array<char, 4> bytes;
    out.append(bytes.data(), put_utf8(bytes.data(), point));
}

std::string utf16_to_utf8(std::string_view bytes, bool big_endian) {
    const auto unit_at = [&](std::size_t i) {
        const auto first = static_cast<unsigned char>(bytes[i]);
        const auto second = static_cast<unsigned char>(bytes[i + 1]);
        return static_cast<std::uint32_t>(big_endian ? first << 8 | second : second << 8 | first);
    };
    std::string out;
    for (std::size_t i = 0; i + 1 < bytes.size(); i += 2) {
        std::uint32_t point = unit_at(i);
        if (is_high_surrogate(point) && i + 3 < bytes.size() && is_low_surrogate(unit_at(i + 2))) {
            point = join_surrogates(point, unit_at(i + 2));
            i += 2;
        } else if (is_high_surrogate(point) || is_low_surrogate(point)) {
            point = kReplacement;
        }
        append_utf8(out, point);
    }
    return out;
}

std::string latin1_to_utf8(std::string_view bytes) {
    std::string out;
    out.reserve(bytes.size() + bytes.size() / 8);
    for (const char c : bytes)
        append_utf8(out, static_cast<unsigned char>(c));
    return out;
}

// Without the piece of a character that the cut left at the end.
std::string_view drop_cut_character(std::string_view bytes) {
    constexpr std::size_t kLongestPiece = 3;
    for (std::size_t n = 1; n <= kLongestPiece && n <= bytes.size(); ++n) {
        const auto byte = static_cast<unsigned char>(bytes[bytes.size() - n]);
        if (byte < 0x80) break;
        if (byte >= 0xC0) return bytes.substr(0, bytes.size() - n);
    }
    return bytes;
}

enum class Utf16 { no, little_endian, big_endian };

// Without a mark: no text begins with a NUL in every other place but one of ASCII in UTF-16.
Utf16 unmarked_utf16(std::string_view bytes) {
    if (bytes.size() < 4) return Utf16::no;
    const auto zero = [&](std::size_t i) { return bytes[i] == '\0'; };
    if (!zero(0) && zero(1) && !zero(2) && zero(3)) return Utf16::little_endian;
    if (zero(0) && !zero(1) && zero(2) && !zero(3)) return Utf16::big_endian;
    return Utf16::no;
}

}  // namespace

std::string_view to_utf8(std::string_view bytes, bool complete, std::string& storage) {
    if (bytes.starts_with("\xFF\xFE") || bytes.starts_with("\xFE\xFF")) {
        return storage = utf16_to_utf8(bytes.substr(2), bytes.front() == '\xFE');
    }
    if (const Utf16 order = unmarked_utf16(bytes); order != Utf16::no) {
        return storage = utf16_to_utf8(bytes, order == Utf16::big_endian);
    }
    const bool marked = bytes.starts_with("\xEF\xBB\xBF");
    if (marked) bytes.remove_prefix(3);
    if (base::is_valid_utf8(bytes)) return bytes;
    if (!complete) {
        const auto rest = drop_cut_character(bytes);
        if (base::is_valid_utf8(rest)) return rest;
    }
    return storage = marked ? base::repair_utf8(bytes) : latin1_to_utf8(bytes);
}

}  // namespace errgate::mapping
