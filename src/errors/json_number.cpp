// The grammar of RFC 8259 section 6, read from left to right.
#include "errors/json_number.hpp"

#include "base/ascii.hpp"

namespace errgate::errors {

namespace {

bool eat(std::string_view& text, std::string_view any_of) {
    if (text.empty() || any_of.find(text.front()) == std::string_view::npos) return false;
    text.remove_prefix(1);
    return true;
}

bool eat_digits(std::string_view& text) {
    const std::size_t before = text.size();
    while (!text.empty() && base::is_digit(text.front()))
        text.remove_prefix(1);
    return text.size() < before;
}

}  // namespace

bool is_json_number(std::string_view text) {
    eat(text, "-");
    if (!eat(text, "0") && !eat_digits(text)) return false;
    if (eat(text, ".") && !eat_digits(text)) return false;
    if (eat(text, "eE")) {
        eat(text, "+-");
        if (!eat_digits(text)) return false;
    }
    return text.empty();
}

}  // namespace errgate::errors
