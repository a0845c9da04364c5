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
constexpr std::string_view kClientSecretMark = "_secret_";

bool is_key_char(char c) {
    return is_token_char(c) || std::string_view("-+/=.$~").find(c) != std::string_view::npos;
}

// From `at` while `belongs` holds, without the punctuation that ends a sentence.
template <class Predicate>
std::size_t run_end(std::string_view text, std::size_t at, Predicate belongs) {
    std::size_t end = at;
    while (end < text.size() && belongs(text[end]))
        ++end;
    while (end > at && (text[end - 1] == '.' || text[end - 1] == '-'))
        --end;
    return end;
}

bool starts_ignoring_case(std::string_view text, std::string_view with) {
    return base::equals_ignoring_case(text.substr(0, with.size()), with);
}

bool names_mode(std::string_view tail) {
    return std::ranges::any_of(kKeyModes,
                               [&](auto mode) { return starts_ignoring_case(tail, mode); });
}

// A mapping may have changed the case of what it took for a code: SK_LIVE_51H...
bool is_key_tail(std::string_view prefix, std::string_view written, std::string_view tail) {
    if (written != prefix) return names_mode(tail) && looks_random(tail);
    return prefix == "whsec_" || looks_random(tail) || names_mode(tail);
}

std::optional<Mask> match_key_at(std::string_view text, std::size_t begin) {
    const std::string_view rest = text.substr(begin);
    for (const auto& [prefix, min_tail] : kKeyPrefixes) {
        if (base::to_lower(rest[0]) != base::to_lower(prefix[0])) continue;
        if (!starts_ignoring_case(rest, prefix)) continue;
        const std::size_t end = run_end(text, begin + prefix.size(), is_key_char);
        const std::string_view tail = rest.substr(prefix.size(), end - begin - prefix.size());
        if (tail.size() < min_tail) continue;
        if (is_key_tail(prefix, rest.substr(0, prefix.size()), tail)) return Mask{begin, end};
    }
    return std::nullopt;
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

// In the middle of a word, when it says its mode: my_sk_live_51H..., or close to the word before
// it, where what stood between was dropped.
std::optional<Mask> match_key_inside(std::string_view text, Token token) {
    constexpr std::size_t kShortest = 12;  // a letter, sk_ and eight more
    const std::string_view word = token.in(text);
    if (word.size() < kShortest) return std::nullopt;
    for (std::size_t mark = word.find("k_"); mark != word.npos; mark = word.find("k_", mark + 1)) {
        const std::string_view tail = word.substr(mark + 2);
        if (mark < 2 || !names_mode(tail)) continue;
        if (base::is_alpha(word[mark - 2]) && !is_long_tail(tail)) continue;
        if (auto mask = match_key_at(text, token.begin + mark - 1)) return mask;
    }
    return std::nullopt;
}

// Three parts with dots are a JWT, one long part is wallet or 3-D Secure data. A short one alone
// could be a word of an id.
std::optional<Mask> match_jwt(std::string_view text, Token token) {
    constexpr std::size_t kMinHeader = 10;
    constexpr std::size_t kMinBlob = 40;
    if (!text.substr(token.begin).starts_with(kJwtMark)) return std::nullopt;
    const std::size_t end = run_end(text, token.begin, [](char c) {
        return is_token_char(c) || c == '-' || c == '.' || c == '+' || c == '/' || c == '=';
    });
    const std::string_view blob = text.substr(token.begin, end - token.begin);
    const std::size_t dot = blob.find('.');
    const bool is_jwt = dot != std::string_view::npos && dot >= kMinHeader;
    if (!is_jwt && blob.size() < kMinBlob) return std::nullopt;
    return Mask{token.begin, end};
}

// pi_3Q1_secret_AbC...: what stands before is the object's id and may stay.
std::optional<Mask> match_client_secret(std::string_view text, Token token) {
    const std::string_view word = token.in(text);
    if (word.size() <= kClientSecretMark.size()) return std::nullopt;
    const std::size_t mark = word.find(kClientSecretMark);
    if (mark == std::string_view::npos) return std::nullopt;
    const std::string_view id = word.substr(0, mark);
    const std::string_view tail = word.substr(mark + kClientSecretMark.size());
    const bool follows_id = std::ranges::any_of(id, base::is_digit);
    if (tail.size() < 4 || (!follows_id && !looks_random(tail))) return std::nullopt;
    return Mask{token.begin + mark + kClientSecretMark.size(), token.end};
}

std::optional<Mask> match_credentials(std::string_view text, Token token) {
    constexpr std::size_t kMinLength = 6;
    const std::string_view scheme = token.in(text);
    const auto is_scheme = [&](auto known) { return base::equals_ignoring_case(scheme, known); };
    if (std::ranges::none_of(kSchemes, is_scheme)) return std::nullopt;
    std::size_t begin = token.end;
    while (begin < text.size() && std::string_view(" +:\"'").find(text[begin]) != text.npos)
        ++begin;
    if (text.substr(begin).starts_with("%20")) begin += 3;
    if (begin == token.end) return std::nullopt;
    const std::size_t end = run_end(text, begin, is_key_char);
    const std::string_view value = text.substr(begin, end - begin);
    if (value.size() < kMinLength || !looks_random(value)) return std::nullopt;
    return Mask{begin, end};
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

constexpr auto kInitials = [] {
    std::array<bool, 256> initials{};
    for (const char c : kSecretInitials) {
        initials[static_cast<unsigned char>(c)] = true;
        initials[static_cast<unsigned char>(base::to_upper(c))] = true;
    }
    return initials;
}();
constexpr bool is_initial(char c) {
    return kInitials[static_cast<unsigned char>(c)];
}
static_assert(std::ranges::all_of(kKeyPrefixes, is_initial,
                                  [](const KeyPrefix& key) { return key.prefix[0]; }) &&
              std::ranges::all_of(kSchemes, is_initial,
                                  [](std::string_view scheme) { return scheme[0]; }) &&
              is_initial(kJwtMark[0]) && is_initial(kClientSecretMark[1]));

bool may_open(std::string_view text, std::size_t at) {
    return is_initial(text[at]) && at + 2 < text.size() &&
           kOpenings[opening_slot(text.substr(at, 3))];
}

}  // namespace

bool may_begin_secret(std::string_view text, std::size_t at) {
    if (!may_open(text, at)) return false;
    const std::string_view rest = text.substr(at);
    const auto opens = [&](std::string_view opening) {
        return starts_ignoring_case(rest, opening);
    };
    return std::ranges::any_of(kKeyPrefixes, opens, &KeyPrefix::prefix) ||
           std::ranges::any_of(kSchemes, opens) || opens(kJwtMark) ||
           (at > 0 && text.substr(at - 1).starts_with(kClientSecretMark));
}

bool looks_random(std::string_view word) {
    constexpr std::size_t kLongerThanWords = 20;
    for (std::size_t i = 0; i < word.size(); ++i) {
        if (base::is_digit(word[i])) return true;
        if (i > 0 && base::is_upper(word[i]) && base::is_lower(word[i - 1])) return true;
    }
    return word.size() >= kLongerThanWords && std::ranges::all_of(word, base::is_alpha);
}

std::optional<Mask> match_secret(std::string_view text, Token token) {
    if (may_open(text, token.begin)) {
        if (auto mask = match_key_at(text, token.begin)) return mask;
        if (auto mask = match_jwt(text, token)) return mask;
        if (auto mask = match_credentials(text, token)) return mask;
    }
    const auto client_secret = match_client_secret(text, token);
    const auto key = match_key_inside(text, token);
    return client_secret && (!key || client_secret->begin < key->begin) ? client_secret : key;
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
