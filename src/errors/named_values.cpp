// The ways to write a name beside its value, and one reader a kind of value.
#include "errors/named_values.hpp"

#include "errors/card_number.hpp"
#include "errors/sensitive_names.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <span>

namespace errgate::errors {

namespace {

constexpr auto kFillers =
    std::to_array<std::string_view>({"is", "was", "of", "code", "number", "value", "no", "nr"});
constexpr auto kSchemes = std::to_array<std::string_view>({"basic", "bearer", "digest", "token"});

constexpr RunReader::Kind kValueChars = [] {
    RunReader::Kind kind{};
    kind.fill(true);
    for (const char c : std::string_view(" ,;&)}]\"'<>\\"))
        kind[static_cast<unsigned char>(c)] = false;
    return kind;
}();

constexpr std::size_t kMaxWords = 3;  // "card security code"

bool is_one_of(std::string_view word, std::span<const std::string_view> words) {
    return std::ranges::any_of(words,
                               [&](auto known) { return base::equals_ignoring_case(word, known); });
}

bool is_any(char c, std::string_view set) {
    return set.find(c) != std::string_view::npos;
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
    // `known` is where such words were skipped before, for the name of another one of them.
    void skip_filler_words(Token& known) {
        if (at_ >= known.begin && at_ <= known.end) {
            at_ = known.end;
            return;
        }
        known.begin = at_;
        for (Token word = token_at(text_, at_);
             word.end > word.begin && is_one_of(word.in(text_), kFillers);
             word = token_at(text_, at_)) {
            at_ = word.end;
            skip_punctuation();
        }
        known.end = at_;
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

using Memory = NamedValueMatcher::Memory;

std::optional<Mask> read_code(std::string_view text, Gap gap, Memory& memory, std::size_t min,
                              std::size_t max) {
    gap.skip_filler_words(memory.fillers);
    std::size_t end = gap.at();
    while (end < text.size() && base::is_digit(text[end]))
        ++end;
    const std::size_t length = end - gap.at();
    const bool ends = end == text.size() || !is_token_char(text[end]);
    if (length < min || length > max || !ends) return std::nullopt;
    return Mask{gap.at(), end};
}

// Groups of letters and digits, each with a digit in it, one separator between.
std::optional<Mask> read_number(std::string_view text, Gap gap, Memory& memory) {
    constexpr std::size_t kMinDigits = 8;
    gap.skip_filler_words(memory.fillers);
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

std::size_t value_end(std::string_view text, std::size_t begin, char quote, RunReader& values) {
    if (quote != '\0') {
        const std::size_t close = text.find(quote, begin);
        const bool escaped = close != std::string_view::npos && text[close - 1] == '\\';
        if (close != std::string_view::npos) return escaped ? close - 1 : close;
    }
    const std::size_t end = values.end(begin);
    return end > begin && text[end - 1] == '.' ? end - 1 : end;
}

std::optional<Mask> read_secret(std::string_view text, Gap gap, RunReader& values) {
    if (!gap.assigned()) return std::nullopt;
    Mask mask{gap.at(), value_end(text, gap.at(), gap.quote(), values)};
    bool certain = gap.by_equals() || gap.quote() != '\0';
    if (is_one_of(text.substr(mask.begin, mask.end - mask.begin), kSchemes)) {
        mask.begin = std::min(text.find_first_not_of(' ', mask.end), text.size());
        mask.end = value_end(text, mask.begin, '\0', values);
        certain = true;
    }
    const std::string_view value = text.substr(mask.begin, mask.end - mask.begin);
    if (value.empty() || text.substr(mask.begin).starts_with(kRedacted)) return std::nullopt;
    if (!certain && !values.looks_random(mask.begin, mask.end)) return std::nullopt;
    return mask;
}

std::optional<Mask> read_value(std::string_view text, ValueKind kind, const Gap& gap,
                               Memory& memory) {
    switch (kind) {
        case ValueKind::security_code:
            return read_code(text, gap, memory, 3, 4);
        case ValueKind::pin:
            return read_code(text, gap, memory, 4, 12);
        case ValueKind::number:
            return read_number(text, gap, memory);
        case ValueKind::secret:
            return read_secret(text, gap, memory.values);
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

NamedValueMatcher::NamedValueMatcher(std::string_view text)
    : text_(text), memory_{RunReader(text, kValueChars)} {}

std::optional<Mask> NamedValueMatcher::match(Token last) {
    return may_end_name(last.in(text_)) ? match_name(last) : std::nullopt;
}

// Apart from match(), which nearly every word leaves sooner: its frame is large.
[[gnu::noinline]] std::optional<Mask> NamedValueMatcher::match_name(Token last) {
    Gap gap(text_, last.end);
    gap.skip_punctuation();
    if (!gap.promises_value(last.end)) return std::nullopt;

    std::array<std::size_t, kMaxWords> begins{last.begin};
    std::size_t words = 1;
    for (Token word = last; words < kMaxWords && may_continue_name(word.in(text_)); ++words) {
        if (word.begin == 0 || !is_any(text_[word.begin - 1], " -.")) break;
        word = token_before(text_, word.begin - 1);
        if (word.begin == word.end) break;
        begins[words] = word.begin;
    }
    // The longest name first: `security code` says more than `code`.
    while (words-- > 0) {
        const Token name{begins[words], last.end};
        if (base::is_digit(text_[name.begin])) continue;
        const auto kind = announced_kind(text_, name);
        if (!kind) continue;
        if (auto mask = read_value(text_, *kind, gap, memory_)) return mask;
    }
    return std::nullopt;
}

}  // namespace errgate::errors
