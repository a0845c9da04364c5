#include "mapping/json_repair.hpp"

#include <charconv>
#include <cstdint>
#include <optional>

namespace errgate::mapping {
namespace {

// The UTF-16 unit of the `\uXXXX` that begins at `at`.
std::optional<std::uint32_t> escaped_unit(std::string_view text, std::size_t at) {
    if (at + 6 > text.size() || text[at] != '\\' || text[at + 1] != 'u') return std::nullopt;
    std::uint32_t unit = 0;
    const char* const digits = text.data() + at + 2;
    const auto [end, error] = std::from_chars(digits, digits + 4, unit, 16);
    if (error != std::errc{} || end != digits + 4) return std::nullopt;
    return unit;
}

// Walks the text once and edits it in place; every edit keeps the length.
class Repair {
  public:
    explicit Repair(std::string_view text) : text_(text) {}

    std::string run() {
        while (at_ < text_.size()) {
            if (text_[at_] == '"') {
                string();
            } else if (text_[at_] == '-' || is_digit(text_[at_])) {
                number();
            } else {
                if (is_control(text_[at_])) text_[at_] = ' ';
                ++at_;
            }
        }
        return std::move(text_);
    }

  private:
    static bool is_digit(char c) { return c >= '0' && c <= '9'; }
    static bool is_control(char c) { return static_cast<unsigned char>(c) < 0x20; }
    static bool in_number(char c) {
        return is_digit(c) || c == '-' || c == '+' || c == '.' || c == 'e' || c == 'E';
    }

    void string() {
        for (++at_; at_ < text_.size() && text_[at_] != '"';) {
            if (text_[at_] == '\\') {
                escape();
            } else {
                if (is_control(text_[at_])) text_[at_] = ' ';
                ++at_;
            }
        }
        ++at_;
    }

    void escape() {
        const auto unit = escaped_unit(text_, at_);
        if (!unit) {
            at_ += 2;
            return;
        }
        constexpr std::size_t kLength = 6;
        if (*unit >= 0xD800 && *unit < 0xDC00) {
            const auto low = escaped_unit(text_, at_ + kLength);
            if (low && *low >= 0xDC00 && *low < 0xE000) {
                at_ += 2 * kLength;
                return;
            }
        }
        if (*unit >= 0xD800 && *unit < 0xE000) text_.replace(at_ + 2, 4, "fffd");
        at_ += kLength;
    }

    void number() {
        const std::size_t begin = at_;
        while (at_ < text_.size() && in_number(text_[at_]))
            ++at_;
        double value = 0;
        const auto result = std::from_chars(text_.data() + begin, text_.data() + at_, value);
        if (result.ec != std::errc::result_out_of_range) return;
        text_.replace(begin, at_ - begin, at_ - begin, ' ');  // at least the five of 1e309
        text_.replace(begin, 4, "null");
    }

    std::string text_;
    std::size_t at_ = 0;
};

}  // namespace

std::string repair_json(std::string_view text) {
    return Repair(text).run();
}

}  // namespace errgate::mapping
