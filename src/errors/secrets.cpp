// Prefixes and shapes of credentials, as the providers document them.
#include "errors/secrets.hpp"

#include <algorithm>
#include <array>

namespace errgate::errors {

namespace {

struct KeyPrefix {
    std::string_view prefix;
    std::size_t min_tail;  // shorter ones are words, not keys
};

constexpr auto kKeyPrefixes = std::to_array<KeyPrefix>({
    {"sk_", 8},      {"rk_", 8},    {"pk_", 8},    {"ek_", 8},       {"whsec_", 8},
    {"sk-", 16},     {"test_", 24}, {"live_", 24}, {"rzp_live_", 8}, {"rzp_test_", 8},
    {"FLWSECK", 8},  {"sq0", 16},   {"EAAA", 32},  {"AQE", 40},      {"access_token", 16},
    {"APP_USR", 16}, {"ghp_", 20},  {"AKIA", 12},  {"shpat_", 20},   {"xox", 16},
});

constexpr auto kKeyModes = std::to_array<std::string_view>({"live", "test", "prod", "sandbox"});

constexpr auto kSchemes = std::to_array<std::string_view>({"bearer", "basic"});
constexpr std::string_view kJwtMark = "eyJ";  // base64 for `{"`

constexpr std::string_view kKeyMark = "k_";  // of sk_, rk_, pk_ and ek_

constexpr RunReader::Kind kKeyChars = [] {
    RunReader::Kind kind = kTokenChars;
    for (const char c : std::string_view("-+/=.$~"))
        kind[static_cast<unsigned char>(c)] = true;
    return kind;
}();

bool is_any(char c, std::string_view set) {
    return set.find(c) != std::string_view::npos;
}

bool starts_ignoring_case(std::string_view text, std::string_view with) {
    // The first character tells nearly always.
    return !text.empty() && letter_slot(text[0]) == letter_slot(with[0]) &&
           base::equals_ignoring_case(text.substr(0, with.size()), with);
}

bool names_mode(std::string_view tail) {
    return std::ranges::any_of(kKeyModes,
                               [&](auto mode) { return starts_ignoring_case(tail, mode); });
}

// What follows sk_live_ in a key and in hardly a name that ends in "sk": letters and digits without
// end.
bool is_long_tail(std::string_view tail) {
    constexpr std::size_t kLong = 16;
    const std::size_t size = tail.find('_') + 1;  // behind the mode
    const std::string_view random = tail.substr(size, kLong);
    return random.size() == kLong && std::ranges::all_of(random, base::is_alnum) &&
           std::ranges::any_of(random, base::is_digit);
}

// Three parts with dots are a JWT, one long part is wallet or 3-D Secure data. A short one alone
// could be a word of an id.
std::optional<Mask> match_jwt(std::string_view text, Token token) {
    constexpr std::size_t kMinHeader = 10;
    constexpr std::size_t kMinBlob = 40;
    if (!text.substr(token.begin).starts_with(kJwtMark)) return std::nullopt;
    std::size_t end = token.end;
    while (end < text.size() && (is_token_char(text[end]) || is_any(text[end], "-.+/=")))
        ++end;
    while (text[end - 1] == '.' || text[end - 1] == '-')
        --end;
    const std::string_view blob = text.substr(token.begin, end - token.begin);
    const std::size_t dot = blob.find('.');
    const bool is_jwt = dot != std::string_view::npos && dot >= kMinHeader;
    if (!is_jwt && blob.size() < kMinBlob) return std::nullopt;
    return Mask{token.begin, end};
}

// pi_3Q1_secret_AbC...: what stands before is the object's id and may stay.
std::optional<Mask> match_client_secret(std::string_view text, Token token, std::size_t limit) {
    const std::size_t mark = text.substr(0, limit).find(kClientSecretMark, token.begin);
    if (mark == std::string_view::npos) return std::nullopt;
    const Token tail{mark + kClientSecretMark.size(), token.end};
    if (tail.end - tail.begin < 4) return std::nullopt;
    const std::string_view id = text.substr(token.begin, mark - token.begin);
    const bool follows_id = std::ranges::any_of(id, base::is_digit);
    if (!follows_id && !looks_random(tail.in(text))) return std::nullopt;
    return Mask{tail.begin, tail.end};
}

// Could a secret begin with these three characters, whatever their case? A yes may be wrong.
constexpr std::size_t opening_slot(std::string_view opening) {
    std::size_t slot = 0;
    for (const char c : opening.substr(0, 3))
        slot = slot * 37 + static_cast<unsigned char>(base::to_lower(c));
    return slot % 2048;
}
constexpr auto kOpenings = [] {
    std::array<bool, 2048> openings{};
    for (const KeyPrefix& key : kKeyPrefixes)
        openings[opening_slot(key.prefix)] = true;
    for (const std::string_view scheme : kSchemes)
        openings[opening_slot(scheme)] = true;
    openings[opening_slot(kJwtMark)] = true;
    openings[opening_slot(kClientSecretMark.substr(1))] = true;
    return openings;
}();

static_assert(std::ranges::all_of(kKeyPrefixes,
                                  [](auto& key) { return has_secret_opening(key.prefix, 0); }) &&
              std::ranges::all_of(kSchemes,
                                  [](auto scheme) { return has_secret_opening(scheme, 0); }) &&
              has_secret_opening(kJwtMark, 0) && has_secret_opening(kClientSecretMark, 1));

bool may_open(std::string_view text, std::size_t at) {
    return has_secret_opening(text, at) && kOpenings[opening_slot(text.substr(at, 3))];
}

}  // namespace

bool opens_like_secret(std::string_view text, std::size_t at) {
    if (!may_open(text, at)) return false;
    const std::string_view rest = text.substr(at);
    const auto opens = [&](std::string_view opening) {
        return starts_ignoring_case(rest, opening);
    };
    return std::ranges::any_of(kKeyPrefixes, opens, &KeyPrefix::prefix) ||
           std::ranges::any_of(kSchemes, opens) || opens(kJwtMark) ||
           (at > 0 && text.substr(at - 1).starts_with(kClientSecretMark));
}

SecretMatcher::SecretMatcher(std::string_view text) : text_(text), keys_(text, kKeyChars) {
    find_inner_mark(0);
}

void SecretMatcher::find_inner_mark(std::size_t at) {
    inner_mark_ = text_.find('_', at);
    while (inner_mark_ != text_.npos && !is_inner_mark(text_, inner_mark_))
        inner_mark_ = text_.find('_', inner_mark_ + 1);
}

// A mapping may have changed the case of what it took for a code: SK_LIVE_51H...
bool SecretMatcher::is_key_tail(std::string_view prefix, std::string_view written,
                                Token tail) const {
    const bool mode = names_mode(tail.in(text_));
    const bool random = keys_.looks_random(tail.begin, tail.end);
    if (written != prefix) return mode && random;
    return prefix == "whsec_" || random || mode;
}

std::optional<Mask> SecretMatcher::match_key_at(std::size_t begin) {
    const std::string_view rest = text_.substr(begin);
    for (const auto& [prefix, min_tail] : kKeyPrefixes) {
        if (!starts_ignoring_case(rest, prefix)) continue;
        const std::size_t tail = begin + prefix.size();
        const std::size_t end = keys_.end_of_words(tail);
        if (end - tail < min_tail) continue;
        if (is_key_tail(prefix, rest.substr(0, prefix.size()), {tail, end}))
            return Mask{begin, end};
    }
    return std::nullopt;
}

// In the middle of a word, when it says its mode: my_sk_live_51H..., or close to the word before
// it, where what stood between was dropped.
std::optional<Mask> SecretMatcher::match_key_inside(Token token, std::size_t limit) {
    constexpr std::size_t kShortest = 12;  // a letter, sk_ and eight more
    if (token.end - token.begin < kShortest) return std::nullopt;
    const std::string_view within = text_.substr(0, limit);
    for (std::size_t mark = within.find(kKeyMark, token.begin); mark != within.npos;
         mark = within.find(kKeyMark, mark + 1)) {
        const std::size_t before = mark - token.begin;
        const std::string_view tail = text_.substr(mark + 2, token.end - mark - 2);
        if (before < 2 || !names_mode(tail)) continue;
        if (base::is_alpha(text_[mark - 2]) && !is_long_tail(tail)) continue;
        if (auto mask = match_key_at(mark - 1)) return mask;
    }
    return std::nullopt;
}

std::optional<Mask> SecretMatcher::match_credentials(Token token) {
    constexpr std::size_t kMinLength = 6;
    const std::string_view scheme = token.in(text_);
    const auto is_scheme = [&](auto known) { return base::equals_ignoring_case(scheme, known); };
    if (std::ranges::none_of(kSchemes, is_scheme)) return std::nullopt;
    std::size_t begin = token.end;
    while (begin < text_.size() && is_any(text_[begin], " +:\"'"))
        ++begin;
    if (text_.substr(begin).starts_with("%20")) begin += 3;
    if (begin == token.end) return std::nullopt;
    const std::size_t end = keys_.end_of_words(begin);
    if (end - begin < kMinLength || !keys_.looks_random(begin, end)) return std::nullopt;
    return Mask{begin, end};
}

std::optional<Mask> SecretMatcher::match_inside(Token token, std::size_t limit) {
    const auto client_secret = match_client_secret(text_, token, limit);
    const auto key = match_key_inside(token, limit);
    return client_secret && (!key || client_secret->begin < key->begin) ? client_secret : key;
}

std::optional<Mask> SecretMatcher::match_closely(Token token, std::size_t limit) {
    if (may_open(text_, token.begin)) {
        if (auto mask = match_key_at(token.begin)) return mask;
        if (auto mask = match_jwt(text_, token)) return mask;
        if (auto mask = match_credentials(token)) return mask;
    }
    return inner_mark_ < limit ? match_inside(token, limit) : std::nullopt;
}

std::optional<Mask> match_user_info(std::string_view text, std::size_t at) {
    // Many JSON writers escape the slash.
    const std::string_view rest = text.substr(at);
    const std::size_t scheme = rest.starts_with("://") ? 3 : rest.starts_with(R"(:\/\/)") ? 5 : 0;
    if (scheme == 0) return std::nullopt;
    const std::size_t begin = at + scheme;
    const std::size_t end = std::min(text.find_first_of("/?# \"'<>", begin), text.size());
    const std::size_t sign = text.substr(begin, end - begin).rfind('@');
    if (sign == std::string_view::npos || sign == 0) return std::nullopt;
    return Mask{begin, begin + sign};
}

std::optional<Mask> match_pem(std::string_view text, std::size_t at) {
    constexpr std::string_view kDashes = "-----";
    if (!text.substr(at).starts_with(kPemBegin)) return std::nullopt;
    const std::size_t footer = text.find("-----END ", at);
    if (footer == std::string_view::npos) return Mask{at, text.size()};
    const std::size_t close = text.find(kDashes, footer + kDashes.size());
    return Mask{at, close == std::string_view::npos ? text.size() : close + kDashes.size()};
}

}  // namespace errgate::errors
