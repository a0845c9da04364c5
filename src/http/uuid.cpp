#include "http/uuid.hpp"

#include "http/hex16.hpp"

#include <cstring>

namespace errgate::http {
namespace {

constexpr std::uint64_t kVersion = 0x4000;  // the four bits of 0xf000 of the upper half
constexpr std::uint64_t kVariant = 0x8000'0000'0000'0000;  // the two highest of the lower half

}  // namespace

std::string_view write_uuid(std::array<char, kUuidSize>& out, std::uint64_t random_high,
                            std::uint64_t random_low) {
    std::array<char, 32> digits;
    put_hex16(&digits[0], (random_high & ~std::uint64_t{0xf000}) | kVersion);
    put_hex16(&digits[16], (random_low & ~(kVariant | kVariant >> 1U)) | kVariant);
    char* at = out.data();
    const char* from = digits.data();
    for (const std::size_t length : {8U, 4U, 4U, 4U, 12U}) {
        if (at != out.data()) *at++ = '-';
        std::memcpy(at, from, length);
        at += length;
        from += length;
    }
    return {out.data(), out.size()};
}

}  // namespace errgate::http
