// A table of names, the ways to write a name beside its value, and one reader a kind of value.
#include "errors/named_values.hpp"

#include "errors/card_number.hpp"
#include "errors/secrets.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <span>

namespace errgate::errors {

namespace {

enum class Kind : std::uint8_t {
    security_code,  // 3 or 4 digits
    pin,            // 4 to 12 digits
    number,         // a card or account number, valid or not: the last four stay
    secret,         // anything, when written as an assignment
};

enum class Match : std::uint8_t {
    suffix,  // the end of any name: card_cvc, stripeApiKey
    word,    // the whole name or its last part after an underscore
    field,   // the whole name, written as a field: "number", card[number]
};

struct Name {
    std::string_view text;  // lower case, without separators
    Kind kind;
    Match match;
};

constexpr auto kNames = std::to_array<Name>({
    {"cvv", Kind::security_code, Match::suffix},
    {"cvc", Kind::security_code, Match::suffix},
    {"cvv2", Kind::security_code, Match::suffix},
    {"cvc2", Kind::security_code, Match::suffix},
    {"securitycode", Kind::security_code, Match::suffix},
    {"verificationvalue", Kind::security_code, Match::suffix},
    {"cid", Kind::security_code, Match::word},
    {"csc", Kind::security_code, Match::word},
    {"cav2", Kind::security_code, Match::word},
    {"cvn", Kind::security_code, Match::word},
    {"pin", Kind::pin, Match::word},
    {"pinblock", Kind::secret, Match::suffix},
    {"pan", Kind::number, Match::word},
    {"cardnumber", Kind::number, Match::suffix},
    {"cardno", Kind::number, Match::suffix},
    {"ccnumber", Kind::number, Match::suffix},
    {"accountnumber", Kind::number, Match::suffix},
    {"iban", Kind::number, Match::word},
    {"number", Kind::number, Match::field},
    {"password", Kind::secret, Match::suffix},
    {"passwd", Kind::secret, Match::suffix},
    {"secret", Kind::secret, Match::suffix},
    {"secretkey", Kind::secret, Match::suffix},
    {"privatekey", Kind::secret, Match::suffix},
    {"apikey", Kind::secret, Match::suffix},
    {"token", Kind::secret, Match::suffix},
    {"authorization", Kind::secret, Match::suffix},
    {"cryptogram", Kind::secret, Match::suffix},
    {"trackdata", Kind::secret, Match::suffix},
    {"track", Kind::secret, Match::word},
    {"track1", Kind::secret, Match::word},
    {"track2", Kind::secret, Match::word},
});

constexpr auto kFillers =
    std::to_array<std::string_view>({"is", "was", "of", "code", "number", "value", "no", "nr"});
constexpr auto kSchemes = std::to_array<std::string_view>({"basic", "bearer", "digest", "token"});

constexpr std::size_t kMaxWords = 3;  // "card security code"

bool is_one_of(std::string_view word, std::span<const std::string_view> words) {
    return std::ranges::any_of(words,
                               [&](auto known) { return base::equals_ignoring_case(word, known); });
}

bool is_any(char c, std::string_view set) {
    return set.find(c) != std::string_view::npos;
}

// The end of a name: its letters and digits in lower case, and where its last word begins. Only as
// much of it as the longest known name needs.
class NameText {
  public:
    static constexpr std::size_t kKept = 40;

    explicit NameText(std::string_view name) {
        name.remove_prefix(name.size() - std::min(name.size(), text_.size()));
        for (const char c : name) {
            if (base::is_alnum(c)) {
                text_[size_++] = base::to_lower(c);
            } else {
                last_word_ = size_;
            }
        }
    }
    std::string_view joined() const { return {text_.data(), size_}; }
    std::string_view last_word() const { return joined().substr(last_word_); }

  private:
    std::array<char, kKept> text_{};
    std::size_t size_ = 0;
    std::size_t last_word_ = 0;
};

// Could a name end in these two characters? Asked of every word, so it must cost next to nothing;
// a yes may be wrong.
constexpr std::size_t ending_slot(char before, char last) {
    return (static_cast<unsigned char>(before) * 37U + static_cast<unsigned char>(last)) % 1024U;
}
constexpr auto kEndings = [] {
    std::array<bool, 1024> endings{};
    for (const Name& name : kNames)
        endings[ending_slot(name.text[name.text.size() - 2], name.text.back())] = true;
    return endings;
}();

inline bool may_end_name(std::string_view word) {
    if (word.size() < 2) return true;
    const char before = word[word.size() - 2];
    const char last = word.back();
    if (kEndings[ending_slot(base::to_lower(before), base::to_lower(last))]) return true;
    return !base::is_alnum(before) || !base::is_alnum(last);
}

bool stands_as_field(std::string_view text, std::size_t begin) {
    return begin == 0 || is_any(text[begin - 1], "\"'[.&?{,;");
}

// `name` begins at `begin`.
const Name* find_name(std::string_view text, std::size_t begin, const NameText& name) {
    const std::string_view joined = name.joined();
    if (joined.empty()) return nullptr;
    for (const Name& known : kNames) {
        if (known.text.back() != joined.back() || !joined.ends_with(known.text)) continue;
        const bool whole = joined == known.text;
        switch (known.match) {
            case Match::suffix:
                return &known;
            case Match::word:
                if (whole || name.last_word() == known.text) return &known;
                break;
            case Match::field:
                if (whole && stands_as_field(text, begin)) return &known;
                break;
        }
    }
    return nullptr;
}

// Steps over what may stand between a name and its value. Remembers whether that was an assignment
// and whether a quote was left open.
class Gap {
  public:
    Gap(std::string_view text, std::size_t at) : text_(text), at_(at) {}

    std::size_t at() const { return at_; }
    bool assigned() const { return assigned_; }
    bool by_equals() const { return equals_; }
    char quote() const { return assigned_ ? quote_ : '\0'; }  // right before the value

    // Cheap, and false after nearly every word of a sentence: spares the look at the table.
    bool promises_value(std::size_t name_end) const {
        if (at_ == name_end || at_ == text_.size()) return false;
        const std::string_view word = token_at(text_, at_).in(text_);
        return assigned_ || base::is_digit(text_[at_]) || begins_iban(word) ||
               is_one_of(word, kFillers);
    }

    void skip_punctuation() {
        while (at_ < text_.size() && step()) {
        }
    }
    void skip_filler_words() {
        for (Token word = token_at(text_, at_);
             word.end > word.begin && is_one_of(word.in(text_), kFillers);
             word = token_at(text_, at_)) {
            at_ = word.end;
            skip_punctuation();
        }
    }

  private:
    // Country and check digits: the only account number that begins with letters.
    static bool begins_iban(std::string_view word) {
        return word.size() >= 4 && base::is_alpha(word[0]) && base::is_alpha(word[1]) &&
               base::is_digit(word[2]) && base::is_digit(word[3]);
    }
    bool step() {
        const char c = text_[at_];
        if (is_percent_escape(text_.substr(at_))) {
            note(unescaped(text_.substr(at_ + 1, 2)));
            at_ += 3;
            return true;
        }
        if (is_curly_quote(text_.substr(at_))) {
            at_ += 3;
            return true;
        }
        if (!is_any(c, " :=>\"'\\])([{#")) return false;
        if (text_.substr(at_).starts_with(kRedacted)) return false;
        note(c);
        ++at_;
        return true;
    }
    // U+2018 to U+201F
    static bool is_curly_quote(std::string_view text) {
        return text.size() >= 3 && text.starts_with("\xE2\x80") &&
               (static_cast<unsigned char>(text[2]) & 0xF8U) == 0x98U;
    }
    static char unescaped(std::string_view hex) {
        if (hex == "3D" || hex == "3d") return '=';
        return hex == "3A" || hex == "3a" ? ':' : ' ';
    }
    void note(char c) {
        equals_ = equals_ || c == '=';
        assigned_ = assigned_ || c == '=' || c == ':';
        if (c == '"' || c == '\'') quote_ = c;
        if (c == ':' || c == '=') quote_ = '\0';  // that one closed the name
    }

    std::string_view text_;
    std::size_t at_;
    bool assigned_ = false;
    bool equals_ = false;
    char quote_ = '\0';
};

std::optional<Mask> read_code(std::string_view text, Gap gap, std::size_t min, std::size_t max) {
    gap.skip_filler_words();
    std::size_t end = gap.at();
    while (end < text.size() && base::is_digit(text[end]))
        ++end;
    const std::size_t length = end - gap.at();
    const bool ends = end == text.size() || !is_token_char(text[end]);
    if (length < min || length > max || !ends) return std::nullopt;
    return Mask{gap.at(), end};
}

// Groups of letters and digits, each with a digit in it, one separator between.
std::optional<Mask> read_number(std::string_view text, Gap gap) {
    constexpr std::size_t kMinDigits = 8;
    gap.skip_filler_words();
    Mask mask{gap.at(), gap.at()};
    std::array<char, 4> tail{};
    std::size_t digits = 0;
    for (std::size_t at = gap.at(); at < text.size();) {
        const Token group = token_at(text, at);
        const auto found = std::ranges::count_if(group.in(text), base::is_digit);
        // GB82 WEST 1234...: behind the check digits of an IBAN, its bank may be four letters.
        const bool is_bank =
            mask.end == gap.at() + 4 && base::is_alpha(text[gap.at()]) && group.end == at + 4;
        if (found == 0 && !is_bank) break;
        digits += static_cast<std::size_t>(found);
        for (const char c : group.in(text)) {
            std::rotate(tail.begin(), tail.begin() + 1, tail.end());
            tail.back() = c;
        }
        mask.end = group.end;
        at = group.end + separator_length(text.substr(group.end));
        if (at == group.end) break;
    }
    if (digits < kMinDigits) return std::nullopt;
    mask.last_four = tail;
    return mask;
}

std::size_t value_end(std::string_view text, std::size_t begin, char quote) {
    if (quote != '\0') {
        const std::size_t close = text.find(quote, begin);
        const bool escaped = close != std::string_view::npos && text[close - 1] == '\\';
        if (close != std::string_view::npos) return escaped ? close - 1 : close;
    }
    const std::size_t end = std::min(text.find_first_of(" ,;&)}]\"'<>\\", begin), text.size());
    return end > begin && text[end - 1] == '.' ? end - 1 : end;
}

std::optional<Mask> read_secret(std::string_view text, Gap gap) {
    if (!gap.assigned()) return std::nullopt;
    Mask mask{gap.at(), value_end(text, gap.at(), gap.quote())};
    bool certain = gap.by_equals() || gap.quote() != '\0';
    if (is_one_of(text.substr(mask.begin, mask.end - mask.begin), kSchemes)) {
        mask.begin = std::min(text.find_first_not_of(' ', mask.end), text.size());
        mask.end = value_end(text, mask.begin, '\0');
        certain = true;
    }
    const std::string_view value = text.substr(mask.begin, mask.end - mask.begin);
    if (value.empty() || text.substr(mask.begin).starts_with(kRedacted)) return std::nullopt;
    if (!certain && !looks_random(value)) return std::nullopt;
    return mask;
}

std::optional<Mask> read_value(std::string_view text, Kind kind, const Gap& gap) {
    switch (kind) {
        case Kind::security_code:
            return read_code(text, gap, 3, 4);
        case Kind::pin:
            return read_code(text, gap, 4, 12);
        case Kind::number:
            return read_number(text, gap);
        case Kind::secret:
            return read_secret(text, gap);
    }
    return std::nullopt;
}

// The one that ends there.
Token token_before(std::string_view text, std::size_t end) {
    std::size_t begin = end;
    while (begin > 0 && is_token_char(text[begin - 1]))
        --begin;
    return {begin, end};
}

// A further word of a name starts with a letter and is short: never a number or a key of its own.
bool may_continue_name(std::string_view word) {
    constexpr std::size_t kLongest = 12;  // "verification"
    return !word.empty() && word.size() <= kLongest && base::is_alpha(word.front());
}

}  // namespace

bool is_sensitive_name(std::string_view name) {
    // A token that a mapping names on purpose (one_time_token) is for the client to send back; one
    // of these opens an account.
    constexpr auto kKeys = std::to_array<std::string_view>(
        {"token", "accesstoken", "refreshtoken", "authtoken", "apitoken", "bearertoken"});
    // Nearly every name ends in no way a secret's does, and is told by its last two characters.
    const bool may_be_track = name.empty() || !base::is_alnum(name[0]) ||
                              base::to_lower(name[0]) == 't' || name.size() > NameText::kKept;
    if (!may_be_track && !may_end_name(name)) return false;
    const NameText text(name);
    const std::string_view joined = text.joined();
    if (joined.starts_with("track")) return !joined.starts_with("tracking");
    if (joined.ends_with("token")) return std::ranges::find(kKeys, joined) != kKeys.end();
    return find_name(name, 0, text) != nullptr;
}

std::optional<Mask> match_named_value(std::string_view text, Token last) {
    if (!may_end_name(last.in(text))) return std::nullopt;
    Gap gap(text, last.end);
    gap.skip_punctuation();
    if (!gap.promises_value(last.end)) return std::nullopt;

    std::array<std::size_t, kMaxWords> begins{last.begin};
    std::size_t words = 1;
    for (Token word = last; words < kMaxWords && may_continue_name(word.in(text)); ++words) {
        if (word.begin == 0 || !is_any(text[word.begin - 1], " -.")) break;
        word = token_before(text, word.begin - 1);
        if (word.begin == word.end) break;
        begins[words] = word.begin;
    }
    // The longest name first: `security code` says more than `code`.
    while (words-- > 0) {
        const Token name{begins[words], last.end};
        if (base::is_digit(text[name.begin])) continue;
        const Name* const known = find_name(text, name.begin, NameText(name.in(text)));
        if (known == nullptr) continue;
        if (auto mask = read_value(text, known->kind, gap)) return mask;
    }
    return std::nullopt;
}

}  // namespace errgate::errors
