// ULIDs in Crockford base 32.
#include "http/request_id.hpp"

#include <algorithm>

namespace errgate::http {
namespace {

constexpr std::string_view kPrefix = "req_";
constexpr std::string_view kDigits = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
constexpr std::size_t kTimeDigits = 10;   // 48 bits, the first digit never above 7
constexpr std::size_t kRandomDigits = 8;  // 40 bits, twice

// The low 5 * n bits of the value, most significant digit first.
char* put_base32(char* at, std::uint64_t value, std::size_t n) {
    for (std::size_t i = n; i-- > 0; value >>= 5)
        at[i] = kDigits[value & 31];
    return at + n;
}

bool is_id_char(char c) {
    const bool alpha = (c | 0x20) >= 'a' && (c | 0x20) <= 'z';
    return alpha || (c >= '0' && c <= '9') || c == '_' || c == '-';
}

}  // namespace

bool is_request_id(std::string_view text) {
    if (!text.starts_with(kPrefix)) return false;
    text.remove_prefix(kPrefix.size());
    return text.size() >= 6 && text.size() <= 64 && std::ranges::all_of(text, is_id_char);
}

std::string_view mint_request_id(std::array<char, kMaxRequestId>& out, base::WallTime now,
                                 std::uint64_t random_high, std::uint64_t random_low) {
    const auto since_epoch = std::chrono::floor<base::Millis>(now.time_since_epoch()).count();
    const auto millis = static_cast<std::uint64_t>(since_epoch) & 0xffff'ffff'ffff;
    char* at = std::ranges::copy(kPrefix, out.data()).out;
    at = put_base32(at, millis, kTimeDigits);
    at = put_base32(at, random_high, kRandomDigits);
    at = put_base32(at, random_low, kRandomDigits);
    return {out.data(), static_cast<std::size_t>(at - out.data())};
}

}  // namespace errgate::http
