// A number that issuers use in tests, a key like Stripe's, a word that is in no dialect.
#include "planting.hpp"

#include "base/ascii.hpp"
#include "base/utf8.hpp"

#include <nlohmann/json.hpp>

#include <array>

namespace errgate::fuzz {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::string_view kCard = "5425233430109903";
constexpr std::string_view kKey = "sk_live_9sPq3ZtR7vKw2LmX4b";
constexpr std::string_view kUnmapped = "zqVnKwTbYxRm";
constexpr auto kWritten = std::to_array<std::string_view>(
    {kCard, "5425 2334 3010 9903", "5425-2334-3010-9903", "5425%202334%203010%209903",
     "5425.2334.3010.9903", R"(5425\u00202334\u00203010\u00209903)",
     "5425\xC2\xA0"
     "2334\xC2\xA0"
     "3010\xC2\xA0"
     "9903",
     "\xEF\xBC\x95\xEF\xBC\x94\xEF\xBC\x92\xEF\xBC\x95"
     "2334\xE2\x80\x8B"
     "3010\xE2\x80\x91"
     "9903",
     "5425/2334/3010/9903", "5425~2334~3010~9903"});
constexpr std::size_t kAsciiCardForms = 6;
static_assert(kWritten.size() == kCardForms);

bool belongs_to_key(char c) {
    return base::is_alnum(c) || std::string_view("_-+/=.$~`").find(c) != std::string_view::npos;
}

std::string filled_in(std::string_view text, std::string_view card) {
    std::string out;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const char next = i + 1 < text.size() ? text[i + 1] : '\0';
        if (text[i] == '$') {
            if (!out.empty() && base::is_hex(out.back())) out.push_back(' ');
            out.append(card);
            if (base::is_hex(next) || next == '$') out.push_back(' ');
        } else if (text[i] == '`') {
            if (!out.empty() && belongs_to_key(out.back())) out.push_back(' ');
            out.append(kKey);
            if (belongs_to_key(next)) out.push_back(' ');
        } else {
            out.push_back(text[i]);
        }
    }
    return out;
}

// Three levels down, so that no list of fields takes the word for a field's message.
void hide_in_objects(Json& value) {
    if (!value.is_structured()) return;
    for (Json& inside : value)
        hide_in_objects(inside);
    if (value.is_object()) value["zq"]["zq"]["zq"] = kUnmapped;
}

std::string hidden_everywhere(const std::string& text) {
    Json value = Json::parse(text, nullptr, false);
    if (value.is_discarded()) return text;
    hide_in_objects(value);
    return value.dump(-1, ' ', false, Json::error_handler_t::replace);
}

std::string hidden_once(std::string text) {
    const std::string word(kUnmapped);
    if (text.starts_with("{\"")) return text.insert(1, "\"" + word + "\":\"" + word + "\",");
    const std::size_t close = text.rfind("</");
    if (text.starts_with('<') && close != std::string::npos) {
        return text.insert(close, "<zq><zq>" + word + "</zq></zq>");
    }
    const bool form = text.find('&') != std::string::npos && base::is_alpha(text.front());
    return form ? text + "&zq=" + word : text;
}

// Not by memcmp, whose arguments a fuzzer learns: it would write them into its inputs itself.
bool ends_with(std::string_view text, std::string_view end) {
    if (text.size() < end.size()) return false;
    for (std::size_t i = 0; i < end.size(); ++i) {
        const char c = text[text.size() - end.size() + i];
        if (base::to_lower(c) != base::to_lower(end[i])) return false;
    }
    return true;
}

bool holds(std::string_view text, std::string_view word) {
    for (std::size_t end = word.size(); end <= text.size(); ++end) {
        if (ends_with(text.substr(0, end), word)) return true;
    }
    return false;
}

// Bytes of an escape of a separator: %20, \u0020, and a pointer's ~0 and ~1.
std::size_t escape_length(std::string_view text) {
    if (text.starts_with("~0") || text.starts_with("~1")) return 2;
    if (text.starts_with("\\u") && text.size() >= 6) return 6;
    return text.starts_with('%') && text.size() >= 3 && base::is_hex(text[1]) ? 3 : 0;
}

}  // namespace

std::string planted(std::string_view text, std::size_t card_form) {
    // In a text that is read as Latin-1, other characters stand between the digits.
    const std::size_t forms = base::is_valid_utf8(text) ? kCardForms : kAsciiCardForms;
    return filled_in(text, kWritten[card_form % forms]);
}

std::string with_unmapped(std::string text, bool everywhere) {
    return everywhere ? hidden_everywhere(text) : hidden_once(std::move(text));
}

bool shows_card(std::string_view text) {
    std::string digits;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (const std::size_t escape = escape_length(text.substr(i))) {
            i += escape - 1;
        } else if (base::is_digit(text[i])) {
            digits.push_back(text[i]);
            if (ends_with(digits, kCard)) return true;
        } else if (base::is_alpha(text[i]) || text[i] == '*') {
            digits.clear();
        }
    }
    return false;
}

bool shows_key(std::string_view text) {
    return holds(text, kKey.substr(8));
}

bool shows_unmapped(std::string_view text) {
    return holds(text, kUnmapped);
}

}  // namespace errgate::fuzz
