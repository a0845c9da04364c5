// A value of a provider's answer as one line of text, or none.
#pragma once

#include <concepts>
#include <optional>
#include <string_view>

namespace errgate::mapping {

// An empty text counts as absent, so a view is enough to say both: it travels in two registers
// where an optional goes through memory. Whoever hands one out says what it points into; in this
// layer that is the body's arena, the response's head or the dialect.
class Text {
  public:
    constexpr Text() = default;
    constexpr Text(std::nullopt_t) {}
    constexpr Text(std::convertible_to<std::string_view> auto const& text) : text_(text) {}

    constexpr explicit operator bool() const { return !text_.empty(); }
    constexpr std::string_view operator*() const { return text_; }
    constexpr const std::string_view* operator->() const { return &text_; }
    constexpr std::string_view value_or(std::string_view other) const {
        return text_.empty() ? other : text_;
    }
    // An absent text equals nothing.
    friend constexpr bool operator==(Text text, std::string_view other) {
        return text && *text == other;
    }

  private:
    std::string_view text_;
};

}  // namespace errgate::mapping
