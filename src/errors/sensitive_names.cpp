// A table of names, looked up by their last character.
#include "errors/sensitive_names.hpp"

#include <algorithm>
#include <bit>

namespace errgate::errors {

namespace {

enum class Match : std::uint8_t {
    suffix,  // the end of any name: card_cvc, stripeApiKey
    word,    // the whole name or its last part after an underscore
    field,   // the whole name, written as a field: "number", card[number]
};

struct Name {
    std::string_view text;  // lower case, without separators
    ValueKind kind;
    Match match;
};

constexpr auto kNames = std::to_array<Name>({
    {"cvv", ValueKind::security_code, Match::suffix},
    {"cvc", ValueKind::security_code, Match::suffix},
    {"cvv2", ValueKind::security_code, Match::suffix},
    {"cvc2", ValueKind::security_code, Match::suffix},
    {"securitycode", ValueKind::security_code, Match::suffix},
    {"verificationvalue", ValueKind::security_code, Match::suffix},
    {"cid", ValueKind::security_code, Match::word},
    {"csc", ValueKind::security_code, Match::word},
    {"cav2", ValueKind::security_code, Match::word},
    {"cvn", ValueKind::security_code, Match::word},
    {"pin", ValueKind::pin, Match::word},
    {"pinblock", ValueKind::secret, Match::suffix},
    {"pan", ValueKind::number, Match::word},
    {"cardnumber", ValueKind::number, Match::suffix},
    {"cardno", ValueKind::number, Match::suffix},
    {"ccnumber", ValueKind::number, Match::suffix},
    {"accountnumber", ValueKind::number, Match::suffix},
    {"iban", ValueKind::number, Match::word},
    {"number", ValueKind::number, Match::field},
    {"password", ValueKind::secret, Match::suffix},
    {"passwd", ValueKind::secret, Match::suffix},
    {"secret", ValueKind::secret, Match::suffix},
    {"secretkey", ValueKind::secret, Match::suffix},
    {"privatekey", ValueKind::secret, Match::suffix},
    {"apikey", ValueKind::secret, Match::suffix},
    {"token", ValueKind::secret, Match::suffix},
    {"authorization", ValueKind::secret, Match::suffix},
    {"cryptogram", ValueKind::secret, Match::suffix},
    {"trackdata", ValueKind::secret, Match::suffix},
    {"track", ValueKind::secret, Match::word},
    {"track1", ValueKind::secret, Match::word},
    {"track2", ValueKind::secret, Match::word},
});

// Letters and digits in lower case; of everything else, nothing.
constexpr auto kFolded = [] {
    std::array<char, 256> folded{};
    for (std::size_t i = 0; i < folded.size(); ++i) {
        const char c = static_cast<char>(i);
        if (base::is_alnum(c)) folded[i] = base::to_lower(c);
    }
    return folded;
}();

// The end of a name: its letters and digits in lower case, and where its last word begins. Only as
// much of it as the longest known name needs.
class NameText {
  public:
    static constexpr std::size_t kKept = 40;

    explicit NameText(std::string_view name) {
        name.remove_prefix(name.size() - std::min(name.size(), text_.size()));
        for (const char c : name) {
            if (const char lower = kFolded[static_cast<unsigned char>(c)]; lower != '\0') {
                text_[size_++] = lower;
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

constexpr std::string_view kBeforeField = "\"'[.&?{,;";

bool stands_as_field(std::string_view text, std::size_t begin) {
    return begin == 0 || kBeforeField.find(text[begin - 1]) != std::string_view::npos;
}

// A bit for each of the names that end in a character.
constexpr auto kNamesEndingIn = [] {
    std::array<std::uint64_t, 128> names{};
    static_assert(kNames.size() <= 64);
    for (std::size_t i = 0; i < kNames.size(); ++i)
        names[static_cast<unsigned char>(kNames[i].text.back())] |= std::uint64_t{1} << i;
    return names;
}();

// `name` begins at `begin`.
std::optional<ValueKind> find_kind(std::string_view text, std::size_t begin, const NameText& name) {
    const std::string_view joined = name.joined();
    if (joined.empty()) return std::nullopt;
    std::uint64_t candidates = kNamesEndingIn[static_cast<unsigned char>(joined.back())];
    for (; candidates != 0; candidates &= candidates - 1) {
        const Name& known = kNames[static_cast<std::size_t>(std::countr_zero(candidates))];
        if (!joined.ends_with(known.text)) continue;
        const bool whole = joined == known.text;
        switch (known.match) {
            case Match::suffix:
                return known.kind;
            case Match::word:
                if (whole || name.last_word() == known.text) return known.kind;
                break;
            case Match::field:
                if (whole && stands_as_field(text, begin)) return known.kind;
                break;
        }
    }
    return std::nullopt;
}

}  // namespace

constexpr std::array<std::uint32_t, 32> kNameEndings = [] {
    std::array<std::uint32_t, 32> endings{};
    for (const Name& name : kNames) {
        const std::string_view end = name.text.substr(name.text.size() - 2);
        endings[letter_slot(end[0])] |= 1U << letter_slot(end[1]);
    }
    for (std::uint32_t& ending : endings)
        ending |= 1U << letter_slot('_');
    endings[letter_slot('_')] = ~0U;
    return endings;
}();

std::optional<ValueKind> announced_kind(std::string_view text, Token name) {
    return find_kind(text, name.begin, NameText(name.in(text)));
}

bool is_sensitive_name(std::string_view name) {
    // A token that a mapping names on purpose (one_time_token) is for the client to send back; one
    // of these opens an account.
    constexpr auto kKeys = std::to_array<std::string_view>(
        {"token", "accesstoken", "refreshtoken", "authtoken", "apitoken", "bearertoken"});
    // Nearly every name ends in no way a secret's does, and is told by its last two characters.
    const bool may_be_track = name.empty() || !base::is_alnum(name[0]) ||
                              base::to_lower(name[0]) == 't' || name.size() > NameText::kKept;
    const bool ends_in_word =
        name.size() >= 2 && base::is_alnum(name.back()) && base::is_alnum(name[name.size() - 2]);
    if (!may_be_track && ends_in_word && !may_end_name(name)) return false;
    const NameText text(name);
    const std::string_view joined = text.joined();
    if (joined.starts_with("track")) return !joined.starts_with("tracking");
    if (joined.ends_with("token")) return std::ranges::find(kKeys, joined) != kKeys.end();
    return find_kind(name, 0, text).has_value();
}

}  // namespace errgate::errors
