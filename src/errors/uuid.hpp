// UUIDs, the only ids that may look like card numbers.
#pragma once

#include "errors/mask.hpp"

#include <cstddef>
#include <string_view>

namespace errgate::errors {

inline constexpr std::size_t kUuidLength = 36;

// 8-4-4-4-12 hexadecimal digits at the front, and then no further letter or digit?
constexpr bool starts_with_uuid(std::string_view text) {
    constexpr std::string_view kShape = "hhhhhhhh-hhhh-hhhh-hhhh-hhhhhhhhhhhh";
    if (text.size() < kShape.size() || text[8] != '-') return false;
    for (std::size_t i = 0; i < kShape.size(); ++i) {
        if (kShape[i] == '-' ? text[i] != '-' : !base::is_hex(text[i])) return false;
    }
    return text.size() == kShape.size() || !is_token_char(text[kShape.size()]);
}

}  // namespace errgate::errors
