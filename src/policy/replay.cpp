// Replay safety of a request, and the digest that guards it.
#include "policy/replay.hpp"

#include "base/ascii_scan.hpp"

#include <algorithm>
#include <array>
#include <cstring>

namespace errgate::policy {

bool replay_safe(std::string_view method, bool has_honoured_key, const RetryParams& params) {
    return has_honoured_key || std::ranges::find(params.replay_safe_methods, method) !=
                                   params.replay_safe_methods.end();
}

bool safe_method(std::string_view method) {
    constexpr std::array<std::string_view, 4> kSafe{"GET", "HEAD", "OPTIONS", "TRACE"};
    return std::ranges::find(kSafe, method) != kSafe.end();
}

namespace {

constexpr std::size_t kWord = 8;

// One-to-one in `state` for a given word, so a single changed word always changes the result.
std::uint64_t mix(std::uint64_t state, std::uint64_t word) {
    state = (state ^ word) * 0xff51afd7ed558ccdU;
    return state ^ (state >> 32U);
}

}  // namespace

// Bytes lie in a word as they lie in memory: the digest never leaves this process.
void ReplayDigest::add_byte(char byte) {
    std::memcpy(reinterpret_cast<char*>(&tail_) + size_ % kWord, &byte, 1);
    if (++size_ % kWord != 0) return;
    mixed_ = mix(mixed_, tail_);
    tail_ = 0;
}

void ReplayDigest::add(std::string_view bytes) {
    while (!bytes.empty() && size_ % kWord != 0) {
        add_byte(bytes.front());
        bytes.remove_prefix(1);
    }
    for (; bytes.size() >= kWord; bytes.remove_prefix(kWord), size_ += kWord) {
        mixed_ = mix(mixed_, base::load_word(bytes.data()));
    }
    for (const char byte : bytes)
        add_byte(byte);
}

std::uint64_t ReplayDigest::value() const {
    return mix(mix(mixed_, tail_), size_);
}

}  // namespace errgate::policy
