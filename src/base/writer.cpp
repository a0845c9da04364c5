// Numbers and JSON text for Writer; the plain appends are inline in the header.
#include "base/writer.hpp"

#include "base/json_text.hpp"

#include <array>
#include <charconv>

namespace errgate::base {

namespace {

// "-9223372036854775808" and "18446744073709551615" are the longest.
constexpr std::size_t kMaxDigits = 20;

}  // namespace

template <class Integer>
void Writer::put_number(Integer value, int base) {
    if (ok_ && room() >= kMaxDigits) {  // straight into place
        at_ = std::to_chars(at_, end_, value, base).ptr;
        return;
    }
    std::array<char, kMaxDigits> digits;
    const auto done = std::to_chars(digits.data(), digits.data() + digits.size(), value, base);
    put(std::string_view(digits.data(), static_cast<std::size_t>(done.ptr - digits.data())));
}

// Nearly all are a status, a count or a few milliseconds: half of what to_chars() takes.
void Writer::put_dec(std::uint64_t value) {
    if (value >= 1000 || !ok_ || room() < 3) return put_number(value, 10);
    const auto small = static_cast<unsigned>(value);
    const auto digit = [](unsigned n) { return static_cast<char>('0' + n); };
    char* at = at_;
    if (small >= 100) *at++ = digit(small / 100);
    if (small >= 10) *at++ = digit(small / 10 % 10);
    *at++ = digit(small % 10);
    at_ = at;
}
void Writer::put_negative(std::int64_t value) {
    put_number(value, 10);
}
void Writer::put_hex(std::uint64_t value) {
    put_number(value, 16);
}

void Writer::put_json_escaped(std::string_view text) {
    if (ok_ && text.size() <= room()) {
        const std::size_t plain = copy_plain_json_text(at_, text);
        at_ += plain;
        if (plain == text.size()) return;
        text.remove_prefix(plain);
    }
    put_json_pieces(text);
}

void Writer::put_json_pieces(std::string_view text) {
    while (!text.empty() && ok_) {
        const JsonPiece piece = next_json_piece(text);
        put(piece.text);
        text.remove_prefix(piece.consumed);
    }
}

}  // namespace errgate::base
