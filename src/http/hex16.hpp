// Writes 64 bits as hexadecimal digits, for ids that are written several times a request.
#pragma once

#include <array>
#include <cstdint>
#include <cstring>
#include <string_view>

namespace errgate::http {

// Two digits a byte.
constexpr std::array<std::array<char, 2>, 256> hex_table() {
    std::array<std::array<char, 2>, 256> table{};
    constexpr std::string_view kDigits = "0123456789abcdef";
    for (std::size_t byte = 0; byte < table.size(); ++byte)
        table[byte] = {kDigits[byte >> 4], kDigits[byte & 0xf]};
    return table;
}
inline constexpr auto kHexOfByte = hex_table();

// Always 16 digits, in lower case.
inline void put_hex16(char* out, std::uint64_t value) {
    for (int shift = 56; shift >= 0; shift -= 8, out += 2)
        std::memcpy(out, kHexOfByte[(value >> shift) & 0xff].data(), 2);
}

}  // namespace errgate::http
