// Sentinels and separators of track 1 and track 2, plain and percent-encoded.
#include "errors/track_data.hpp"

#include "errors/card_number.hpp"

#include <algorithm>

namespace errgate::errors {

namespace {

using base::is_digit;

constexpr std::size_t kMaxTrack = 80;     // 79 characters on track 1
constexpr std::size_t kMinTrackTail = 4;  // YYMM

std::size_t digits_end(std::string_view text, std::size_t at) {
    while (at < text.size() && is_digit(text[at]))
        ++at;
    return at;
}

// Bytes of the '=' or 'D' between number and expiry; 0: none.
std::size_t equals_length(std::string_view text) {
    if (text.starts_with('=') || text.starts_with('D')) return 1;
    return text.starts_with("%3D") || text.starts_with("%3d") ? 3 : 0;
}

std::size_t caret_length(std::string_view text) {
    if (text.starts_with('^')) return 1;
    return text.starts_with("%5E") || text.starts_with("%5e") ? 3 : 0;
}

// Name, expiry and discretionary data: to the end sentinel, or as far as a track can go and then to
// the end of a word: half a key would not be known for one.
std::size_t track_one_end(std::string_view text, std::size_t at) {
    const std::string_view rest = text.substr(at, kMaxTrack);
    const std::size_t stop = rest.find_first_of("?\"'<>{}");
    if (stop == std::string_view::npos) {
        return std::min(text.find_first_of(" \"'<>{}", at + rest.size()), text.size());
    }
    return at + stop + (rest[stop] == '?' ? 1 : 0);
}

bool is_separator_of_fields(char c) {
    return std::string_view(" ,;|/:-").find(c) != std::string_view::npos;
}

}  // namespace

std::size_t track_end(std::string_view text, std::size_t at) {
    const std::string_view rest = text.substr(at);
    if (caret_length(rest) > 0) return track_one_end(text, at);
    const std::size_t separator = equals_length(rest);
    if (separator == 0) return at;
    std::size_t end = digits_end(text, at + separator);
    if (end - at - separator < kMinTrackTail) return at;
    if (end < text.size() && text[end] == '?') ++end;
    return end;
}

std::optional<Mask> match_track(std::string_view text, std::size_t at) {
    std::string_view rest = text.substr(at);
    const bool is_first = rest.starts_with("%B") || rest.starts_with("%b");
    const std::size_t number = at + (is_first ? 2 : 1);
    if (!is_first && !rest.starts_with(';')) return std::nullopt;
    const std::size_t end = digits_end(text, number);
    if (end - number < kMinCardDigits || end - number > kMaxCardDigits) return std::nullopt;
    const std::size_t stop = track_end(text, end);
    if (stop == end) return std::nullopt;
    return Mask{at, stop};
}

std::optional<Mask> match_code_after_card(std::string_view text, std::size_t at) {
    constexpr int kMaxFields = 3;  // month, year, code
    constexpr std::size_t kMaxSeparators = 3;
    std::optional<Mask> mask;
    std::size_t begin = 0;
    for (int field = 0; field < kMaxFields; ++field) {
        std::size_t start = at;
        while (start < text.size() && start - at < kMaxSeparators &&
               is_separator_of_fields(text[start])) {
            ++start;
        }
        const std::size_t end = digits_end(text, start);
        const std::size_t length = end - start;
        if (start == at || length < 2 || length > 4) break;
        if (end < text.size() && (is_token_char(text[end]) || text[end] == '.')) break;
        if (field == 0) begin = start;
        if (length >= 3) mask = Mask{begin, end};
        at = end;
    }
    return mask;
}

}  // namespace errgate::errors
