// Appends text into a caller's fixed span, and says at the end whether all of it fitted.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <string_view>
#include <utility>

namespace errgate::base {

// Never writes past its span: the first piece that does not fit is dropped whole, `ok()` turns
// false and stays so, and everything after it is dropped too. Owns nothing; one thread.
class Writer {
  public:
    explicit Writer(std::span<char> out)
        : begin_(out.data()), at_(begin_), end_(begin_ + out.size()) {}

    void put(std::string_view text) {
        if (!fits(text.size())) return;
        at_ += text.copy(at_, text.size());
    }
    void put(char c) {
        if (!fits(1)) return;
        *at_++ = c;
    }
    // All the pieces (literals, texts, characters) or none: one look at the room for them together,
    // and a literal is copied by its constant size.
    template <class... Pieces>
    void put_all(const Pieces&... pieces) {
        if (fits((length(pieces) + ...))) (append(pieces), ...);
    }
    // Room for `size` bytes, all of which the caller writes now; null when it does not fit.
    char* claim(std::size_t size) {
        if (!fits(size)) return nullptr;
        return std::exchange(at_, at_ + size);
    }
    void put_dec(std::uint64_t value);
    void put_dec(std::int64_t value) {
        if (value < 0) return put_negative(value);
        put_dec(static_cast<std::uint64_t>(value));
    }
    void put_hex(std::uint64_t value);  // lower case, no leading zeros, "0" for zero
    // The inside of a JSON string (no quotes): escapes as RFC 8259 section 7 asks, invalid UTF-8
    // becomes U+FFFD, so what comes out is always valid JSON text.
    void put_json_escaped(std::string_view text);
    void put_json_string(std::string_view text) {
        put('"');
        put_json_escaped(text);
        put('"');
    }

    bool ok() const { return ok_; }
    std::size_t size() const { return static_cast<std::size_t>(at_ - begin_); }
    std::size_t room() const { return static_cast<std::size_t>(end_ - at_); }
    std::string_view view() const { return {begin_, size()}; }

  private:
    template <class Integer>
    void put_number(Integer value, int base);
    void put_negative(std::int64_t value);
    void put_json_pieces(std::string_view text);
    bool fits(std::size_t n) {
        if (ok_ && n <= room()) return true;
        ok_ = false;
        return false;
    }
    static constexpr std::size_t length(char) { return 1; }
    static constexpr std::size_t length(std::string_view text) { return text.size(); }
    template <std::size_t N>
    static constexpr std::size_t length(const char (&)[N]) {
        return N - 1;
    }
    void append(char c) { *at_++ = c; }
    void append(std::string_view text) { at_ += text.copy(at_, text.size()); }
    template <std::size_t N>
    void append(const char (&literal)[N]) {
        std::memcpy(at_, literal, N - 1);
        at_ += N - 1;
    }
    char* begin_;
    char* at_;
    char* end_;
    bool ok_ = true;
};

}  // namespace errgate::base
