// One pass from left to right: at each word the matchers are asked in turn, the rest is copied.
#include "errors/redact.hpp"

#include "base/ascii_scan.hpp"
#include "base/utf8.hpp"
#include "errors/card_number.hpp"
#include "errors/mask.hpp"
#include "errors/named_values.hpp"
#include "errors/plain_text.hpp"
#include "errors/quick_look.hpp"
#include "errors/secrets.hpp"
#include "errors/sensitive_names.hpp"
#include "errors/track_data.hpp"
#include "errors/uuid.hpp"

#include <algorithm>
#include <optional>
#include <utility>

namespace errgate::errors {

namespace {

using base::is_alpha;
using base::is_digit;

constexpr std::string_view kHiddenDigits = "****";

// Where a UUID that begins in this token ends (req_550e8400-e29b-...), or 0.
std::size_t uuid_end(std::string_view text, Token token) {
    constexpr std::size_t kFirstGroup = 8;
    if (token.end - token.begin < kFirstGroup) return 0;
    const std::size_t begin = token.end - kFirstGroup;
    return starts_with_uuid(text.substr(begin)) ? begin + kUuidLength : 0;
}

// A UUID written without its hyphens, alone or behind a prefix: where it begins, or the token's
// end.
std::size_t bare_uuid_begin(std::string_view text, Token token) {
    constexpr std::size_t kDigits = 32;
    const std::string_view word = token.in(text);
    if (word.size() < kDigits) return token.end;
    const std::size_t begin = word.size() - kDigits;
    const std::string_view uuid = word.substr(begin);
    const bool alone = begin == 0 || word[begin - 1] == '_';
    const bool digits_only = std::ranges::all_of(uuid, is_digit);
    return alone && !digits_only && std::ranges::all_of(uuid, base::is_hex) ? token.begin + begin
                                                                            : token.end;
}

// As a pointer first: with the escapes' digits, too, one number in ten has a Luhn digit somewhere.
std::optional<CardMatch> match_card_any_way(std::string_view text, std::size_t at) {
    auto card = match_card_in_pointer(text, at);
    return card ? card : match_card(text, at);
}

// The first card number that begins in this token: at its first digit or behind any letter or
// underscore in it (REQ_4242..., tok4242...). Only a UUID is an id that may look like one.
std::optional<Mask> match_card_in(std::string_view text, Token token) {
    std::size_t stop = 0;  // of the part before a UUID; not needed while there is no long number
    for (std::size_t at = token.begin; at < token.end; ++at) {
        if (!is_digit(text[at]) || (at > token.begin && is_digit(text[at - 1]))) continue;
        const auto card = match_card_any_way(text, at);
        if (!card) continue;
        if (stop == 0) stop = bare_uuid_begin(text, token);
        if (at >= stop) return std::nullopt;
        return Mask{at, card->end, card->last_four};
    }
    return std::nullopt;
}

// Digits behind a number that would make one together with its last four, which stay: where that
// ends. A second look at the result would hide it.
CardMatch with_what_follows(std::string_view text, CardMatch card) {
    constexpr std::size_t kLongest = 128;  // 15 more digits and what separates them
    for (;;) {
        std::string shown(card.last_four.data(), card.last_four.size());
        const std::size_t known = shown.size();
        shown.append(text.substr(card.end, kLongest));
        const auto more = match_card_any_way(shown, 0);
        if (!more) return card;
        card = {card.end + more->end - known, more->last_four};
    }
}

class Scrubber {
  public:
    Scrubber(std::string_view text, std::size_t limit)
        : text_(text),
          limit_(limit),
          may_hold_card_(base::count_digits(text) >= kMinCardDigits),
          secrets_(text),
          named_values_(text),
          next_digit_(base::find_digit(text, 0)) {}

    // Nothing when there was nothing to hide: nothing was copied then.
    std::optional<std::string> run() {
        // Past the limit, not up to it: the cut then sees whether it falls inside a character.
        while (at_ < text_.size() && out_.size() + (at_ - copied_) <= limit_)
            step();
        if (copied_ == 0 && out_.empty()) return std::nullopt;
        copy();
        return std::move(out_);
    }

  private:
    void step() {
        switch (text_[at_]) {
            case ';':
                return pass_or_hide(match_track(text_, at_));
            case ':':
                return pass_or_hide(match_user_info(text_, at_));
            case '-':
                return pass_or_hide(match_pem(text_, at_));
            case '%':
                return pass_or_hide(match_after_percent());
            case '\\':
                return pass_or_hide(match_in_escape());
            case '~':
                return pass_or_hide_tilde();
            default:
                break;
        }
        if (is_token_char(text_[at_])) return scan_token();
        ++at_;
    }

    void pass_or_hide(const std::optional<Mask>& mask) {
        if (mask) return mask->last_four ? hide_card(*mask) : hide(*mask);
        at_ += std::max<std::size_t>(escape_length(text_.substr(at_)), 1);
    }

    // The 1 of a pointer's ~1 belongs to no name or number behind it, unless it begins one itself.
    void pass_or_hide_tilde() {
        if (!is_pointer_escape(text_.substr(at_))) {
            ++at_;
            return;
        }
        const std::size_t digit = at_ + 1;
        if (const auto card = may_hold_card_ ? match_card(text_, digit) : std::nullopt)
            return hide_card(Mask{digit, card->end, card->last_four});
        at_ += 2;
    }

    // %B4242... is track 1 and not an escape, and the 42 of 100%4242... is none either.
    std::optional<Mask> match_after_percent() const {
        if (auto mask = match_track(text_, at_)) return mask;
        const Token token = token_at(text_, at_ + 1);
        if (token.end - token.begin < 2) return std::nullopt;
        if (!may_hold_card_) return std::nullopt;
        if (is_digit(text_[token.begin])) {
            if (auto mask = match_card_in(text_, token)) return mask;
        }
        // Or the number begins inside what looks like one escape: an invisible character that was
        // dropped stood behind the %2.
        const std::size_t second = token.begin + 1;
        const auto card = is_digit(text_[second]) ? match_card(text_, second) : std::nullopt;
        if (!card) return std::nullopt;
        return Mask{second, card->end, card->last_four};
    }

    // A number may begin among the four digits of what looks like \uXXXX.
    std::optional<Mask> match_in_escape() const {
        const std::size_t length = escape_length(text_.substr(at_));
        if (!may_hold_card_ || length <= 2) return std::nullopt;
        for (std::size_t at = at_ + 2; at < at_ + length; ++at) {
            if (!is_digit(text_[at]) || is_digit(text_[at - 1])) continue;
            if (const auto card = match_card(text_, at))
                return Mask{at, card->end, card->last_four};
        }
        return std::nullopt;
    }

    void scan_token() {
        // What is behind a hidden piece may be the rest of the token before.
        if (at_ >= token_end_) token_end_ = token_at(text_, at_).end;
        const Token token{at_, token_end_};
        const std::size_t uuid = uuid_end(text_, token);
        // The UUID itself is an id; a key may have its form, and a number stand close to it.
        const Token before{token.begin, uuid != 0 ? uuid - kUuidLength : token.end};
        const auto card = has_digit(before) ? match_card_in(text_, before) : std::nullopt;
        // What begins first: a key's end may look like a card number, and what is behind a number
        // is looked at again.
        const auto secret = secrets_.match(token, card ? card->begin : token.end);
        if (secret) return hide(*secret);
        if (card) return hide_card(*card);
        if (uuid != 0) {
            at_ = uuid;
            return;
        }
        if (const auto mask = named_values_.match(token)) return hide(*mask);
        at_ = token.end;
    }

    // Of a number that could be a card's; tokens come from left to right.
    bool has_digit(Token token) {
        if (!may_hold_card_) return false;
        if (next_digit_ < token.begin) next_digit_ = base::find_digit(text_, token.begin);
        return next_digit_ < token.end;
    }

    void copy() {
        out_.append(text_.substr(copied_, at_ - copied_));
        copied_ = at_;
    }

    // With the track around it. Where a track ends is read once, for a number that is hidden.
    void hide_card(Mask card) {
        card.end = track_end(text_, card.end);
        hide(card);
    }

    void hide(const Mask& mask) {
        at_ = mask.begin;
        copy();
        copied_ = at_ = mask.end;
        if (!mask.last_four) {
            out_.append(kRedacted);
            return;
        }
        const CardMatch card = with_what_follows(text_, {mask.end, *mask.last_four});
        copied_ = at_ = card.end;
        out_.append(kHiddenDigits).append(card.last_four.data(), card.last_four.size());
        if (const auto code = match_code_after_card(text_, at_)) hide(*code);
    }

    std::string_view text_;
    std::size_t limit_;
    bool may_hold_card_;
    SecretMatcher secrets_;
    NamedValueMatcher named_values_;
    std::size_t token_end_ = 0;
    std::size_t next_digit_;
    std::size_t at_ = 0;      // looked at up to here
    std::size_t copied_ = 0;  // ... and taken over, or hidden, up to here
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

// The last part of a pointer; of an item of a list (/card/cvc/0), the list's name.
std::string_view member_name(std::string_view pointer) {
    for (;;) {
        // A name that holds escapes may be a path itself: /card~1cvc.
        std::size_t begin = pointer.size();
        while (begin > 0 && pointer[begin - 1] != '/' && pointer[begin - 1] != '~')
            --begin;
        if (begin == 0) return pointer;
        std::string_view last = pointer.substr(begin - 1);
        last.remove_prefix(is_pointer_escape(last) ? 2 : 1);
        if (!std::ranges::all_of(last, is_digit)) return last;
        pointer = pointer.substr(0, begin - 1);
    }
}

// Quoted pieces and longer numbers of a sentence, masked.
std::string without_quotations(std::string_view sentence) {
    constexpr std::size_t kMinNumber = 3;
    std::string out;
    for (std::size_t at = 0; at < sentence.size();) {
        const char c = sentence[at];
        std::size_t end = at + 1;
        bool hide = false;
        if (c == '"' || c == '\'' || c == '`') {
            const std::size_t close = sentence.find(c, end);
            // Not the apostrophe of "isn't".
            hide = close != std::string_view::npos && (at == 0 || !is_token_char(sentence[at - 1]));
            if (hide) end = close + 1;
        } else if (is_token_char(c)) {
            end = token_at(sentence, at).end;
            hide = std::ranges::count_if(sentence.substr(at, end - at), is_digit) >=
                   static_cast<std::ptrdiff_t>(kMinNumber);
        }
        out.append(hide ? kRedacted : sentence.substr(at, end - at));
        at = end;
    }
    return out;
}

std::string_view cut(std::string& store, std::size_t max_bytes) {
    store.resize(base::truncate_utf8(store, max_bytes).size());
    return store;
}

// These two are apart from redact_into(), which most texts leave sooner: their frames are large.
[[gnu::noinline]] std::string_view scrub(std::string& store, std::string_view text,
                                         std::size_t max_bytes) {
    auto scrubbed = Scrubber(text, max_bytes).run();
    if (!scrubbed) return text.substr(0, max_bytes);
    store = std::move(*scrubbed);
    return cut(store, max_bytes);
}
[[gnu::noinline]] std::string_view scrub_plain(std::string& store, std::string_view text,
                                               std::size_t max_bytes) {
    store = plain_text(text);
    if (auto scrubbed = Scrubber(store, max_bytes).run()) store = std::move(*scrubbed);
    return cut(store, max_bytes);
}

}  // namespace

std::string_view redact_into(std::string& store, std::string_view text, std::size_t max_bytes) {
    text = relevant_part(text, max_bytes);
    const TextTraits traits = look_at(text);
    if (!traits.printable_ascii) return scrub_plain(store, text, max_bytes);
    return traits.may_hold_secret ? scrub(store, text, max_bytes) : text.substr(0, max_bytes);
}

std::string redact(std::string_view text, std::size_t max_bytes) {
    std::string store;
    const std::string_view redacted = redact_into(store, text, max_bytes);
    return redacted.data() == store.data() ? std::move(store) : std::string(redacted);
}

void redact_in_place(std::string& text, std::size_t max_bytes) {
    std::string store;
    const std::string_view redacted = redact_into(store, text, max_bytes);
    if (redacted.data() != text.data()) {
        text = std::move(store);
    } else if (redacted.size() < text.size()) {
        text.resize(redacted.size());
    }
}

std::string redact_value(std::string_view name, std::string value, std::size_t max_bytes) {
    if (is_sensitive_name(name)) return std::string(kRedacted);
    redact_in_place(value, max_bytes);
    return value;
}

bool names_secret(std::string_view pointer) {
    return is_sensitive_name(member_name(pointer));
}

std::string redact_about(std::string_view pointer, std::string sentence, std::size_t max_bytes) {
    redact_in_place(sentence, max_bytes);
    if (!names_secret(pointer)) return sentence;
    return redact(without_quotations(sentence), max_bytes);
}

std::string redact_id(std::string id) {
    std::string store;
    const std::string_view shown = redact_into(store, id, std::max(id.size(), kRedacted.size()));
    // Nothing else is hidden in an id. What came back as a view of it had nothing to hide.
    const bool hidden = shown.data() == store.data() && shown.find(kRedacted) != shown.npos;
    return hidden ? std::move(store) : std::move(id);
}

}  // namespace errgate::errors
