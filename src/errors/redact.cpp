// One pass from left to right: at each word the matchers are asked in turn, the rest is copied.
#include "errors/redact.hpp"

#include "base/utf8.hpp"
#include "errors/card_number.hpp"
#include "errors/mask.hpp"
#include "errors/named_values.hpp"
#include "errors/plain_text.hpp"
#include "errors/secrets.hpp"
#include "errors/track_data.hpp"

#include <algorithm>

namespace errgate::errors {

namespace {

using base::is_alpha;
using base::is_digit;

constexpr std::string_view kHiddenDigits = "****";

// 8-4-4-4-12 hexadecimal digits at the front.
bool starts_with_uuid(std::string_view text) {
    constexpr std::string_view kShape = "hhhhhhhh-hhhh-hhhh-hhhh-hhhhhhhhhhhh";
    if (text.size() < kShape.size()) return false;
    for (std::size_t i = 0; i < kShape.size(); ++i) {
        if (kShape[i] == '-' ? text[i] != '-' : !base::is_hex(text[i])) return false;
    }
    return text.size() == kShape.size() || !is_token_char(text[kShape.size()]);
}

// Where a UUID that begins in this token ends (req_550e8400-e29b-...), or 0.
std::size_t uuid_end(std::string_view text, Token token) {
    constexpr std::size_t kFirstGroup = 8;
    constexpr std::size_t kLength = 36;
    if (token.end - token.begin < kFirstGroup) return 0;
    const std::size_t begin = token.end - kFirstGroup;
    return starts_with_uuid(text.substr(begin)) ? begin + kLength : 0;
}

// Where in the token a card number may start: at its first digit, when only letters stand before
// (PAN4242...), or after `card_` and the like. Other digits belong to an id (ch_3Q1...,
// tok_424...).
std::optional<std::size_t> card_start(std::string_view text, Token token) {
    const std::string_view word = token.in(text);
    const auto digit =
        static_cast<std::size_t>(std::ranges::find_if(word, is_digit) - word.begin());
    if (digit == word.size()) return std::nullopt;
    std::string_view prefix = word.substr(0, digit);
    if (prefix.ends_with('_')) {
        prefix.remove_suffix(1);
        prefix.remove_prefix(prefix.rfind('_') + 1);  // npos + 1 is 0
        for (const std::string_view name : {"card", "pan", "number", "cc"}) {
            if (base::equals_ignoring_case(prefix, name)) return token.begin + digit;
        }
        return std::nullopt;
    }
    if (!std::ranges::all_of(prefix, is_alpha)) return std::nullopt;
    return token.begin + digit;
}

// The last four of a number that somebody, perhaps ourselves, has masked before.
bool is_masked_already(std::string_view text, Token token) {
    return token.end - token.begin == kHiddenDigits.size() && token.begin > 0 &&
           text[token.begin - 1] == '*';
}

std::optional<Mask> match_card_in(std::string_view text, Token token) {
    const auto start = card_start(text, token);
    if (!start || is_masked_already(text, token)) return std::nullopt;
    const auto card = match_card(text, *start);
    if (!card) return std::nullopt;
    return Mask{*start, track_end(text, card->end), card->last_four};
}

class Scrubber {
  public:
    Scrubber(std::string_view text, std::size_t limit) : text_(text), limit_(limit) {
        out_.reserve(std::min(text.size() + kRedacted.size(), limit));
    }

    std::string run() {
        // Past the limit, not up to it: the cut then sees whether it falls inside a character.
        while (at_ < text_.size() && out_.size() <= limit_)
            step();
        return std::move(out_);
    }

  private:
    void step() {
        const char c = text_[at_];
        if (is_token_char(c)) return scan_token();
        if (const auto mask = match_symbol(c)) return hide(*mask);
        copy_to(is_percent_escape(text_.substr(at_)) ? at_ + 3 : at_ + 1);
    }

    // The forms that begin with something other than a letter or digit.
    std::optional<Mask> match_symbol(char c) const {
        switch (c) {
            case ';':
                return match_track(text_, at_);
            case ':':
                return match_user_info(text_, at_);
            case '-':
                return match_pem(text_, at_);
            case '%':
                return match_after_percent();
            default:
                return std::nullopt;
        }
    }

    // %B4242... is track 1 and not an escape, and the 42 of 100%4242... is none either.
    std::optional<Mask> match_after_percent() const {
        if (auto mask = match_track(text_, at_)) return mask;
        const Token token = token_at(text_, at_ + 1);
        if (token.end == token.begin || !is_digit(text_[token.begin])) return std::nullopt;
        return match_card_in(text_, token);
    }

    void scan_token() {
        const Token token = token_at(text_, at_);
        if (const std::size_t end = uuid_end(text_, token)) return copy_to(end);
        if (const auto mask = match_card_in(text_, token)) return hide(*mask);
        if (const auto mask = match_secret(text_, token)) return hide(*mask);
        if (const auto mask = match_named_value(text_, token)) return hide(*mask);
        copy_to(token.end);
    }

    void copy_to(std::size_t end) {
        out_.append(text_.substr(at_, end - at_));
        at_ = end;
    }

    void hide(const Mask& mask) {
        copy_to(mask.begin);
        at_ = mask.end;
        if (!mask.last_four) {
            out_.append(kRedacted);
            return;
        }
        out_.append(kHiddenDigits).append(mask.last_four->data(), mask.last_four->size());
        if (const auto code = match_code_after_card(text_, at_)) hide(*code);
    }

    std::string_view text_;
    std::size_t limit_;
    std::size_t at_ = 0;
    std::string out_;
};

// More text than this cannot reach the result unless most of it is secrets. A number that the cut
// would split, and so hide from the scan, goes whole.
std::string_view relevant_part(std::string_view text, std::size_t max_bytes) {
    constexpr std::size_t kFactor = 8;
    constexpr std::size_t kExtra = 1024;
    if (text.size() <= kExtra || (text.size() - kExtra) / kFactor <= max_bytes) return text;
    std::string_view part = text.substr(0, max_bytes * kFactor + kExtra);
    while (!part.empty() && !is_alpha(part.back()))
        part.remove_suffix(1);
    return part;
}

}  // namespace

std::string redact(std::string_view text, std::size_t max_bytes) {
    text = relevant_part(text, max_bytes);
    const TextTraits traits = look_at(text);
    if (traits.printable_ascii && !traits.may_hold_secret) {
        return std::string(text.substr(0, max_bytes));
    }
    const std::string plain = traits.printable_ascii ? std::string() : plain_text(text);
    const std::string_view clean = traits.printable_ascii ? text : std::string_view(plain);
    std::string out = Scrubber(clean, max_bytes).run();
    out.resize(base::truncate_utf8(out, max_bytes).size());
    return out;
}

}  // namespace errgate::errors
