#include "policy/replay.hpp"

#include <gtest/gtest.h>

#include <random>
#include <set>
#include <string>

namespace errgate::policy {
namespace {

struct ReplayCase {
    std::string name;
    std::string_view method;
    bool key;
    bool expected;
};

class ReplaySafe : public testing::TestWithParam<ReplayCase> {};

TEST_P(ReplaySafe, ByMethodOrKey) {
    const ReplayCase& c = GetParam();
    EXPECT_EQ(replay_safe(c.method, c.key, RetryParams{}), c.expected);
}

INSTANTIATE_TEST_SUITE_P(
    Replay, ReplaySafe,
    testing::Values(ReplayCase{"get", "GET", false, true}, ReplayCase{"put", "PUT", false, true},
                    ReplayCase{"delete", "DELETE", false, true},
                    ReplayCase{"post", "POST", false, false},
                    ReplayCase{"patch", "PATCH", false, false},
                    ReplayCase{"post_with_key", "POST", true, true},
                    ReplayCase{"methods_are_case_sensitive", "get", false, false},
                    ReplayCase{"empty_method", "", false, false}),
    [](const auto& test) { return test.param.name; });

TEST(ReplaySafe, MethodsAreConfigurable) {
    RetryParams params;
    params.replay_safe_methods = {"GET", "PATCH"};
    EXPECT_TRUE(replay_safe("PATCH", false, params));
    EXPECT_FALSE(replay_safe("DELETE", false, params));
}

TEST(SafeMethod, IsNarrowerThanReplaySafe) {
    EXPECT_TRUE(safe_method("GET"));
    EXPECT_TRUE(safe_method("TRACE"));
    EXPECT_FALSE(safe_method("PUT"));
    EXPECT_FALSE(safe_method("DELETE"));
    EXPECT_FALSE(safe_method("POST"));
}

std::uint64_t digest_of(std::string_view bytes) {
    ReplayDigest digest;
    digest.add(bytes);
    return digest.value();
}

const std::string kCharge = R"({"amount":1099,"currency":"usd","source":"tok_visa"})";

TEST(ReplayDigest, HowTheBytesAreCutDoesNotMatter) {
    std::mt19937 random{7};
    for (int round = 0; round < 500; ++round) {
        ReplayDigest digest;
        std::string_view rest = kCharge;
        while (!rest.empty()) {
            const std::size_t piece = random() % (rest.size() + 1);
            digest.add(rest.substr(0, piece));
            rest.remove_prefix(piece);
        }
        ASSERT_EQ(digest.value(), digest_of(kCharge));
    }
}

TEST(ReplayDigest, EveryChangedBitShows) {
    std::set<std::uint64_t> seen{digest_of(kCharge)};
    for (std::size_t bit = 0; bit < kCharge.size() * 8; ++bit) {
        std::string changed = kCharge;
        changed[bit / 8] = static_cast<char>(changed[bit / 8] ^ (1 << (bit % 8)));
        EXPECT_TRUE(seen.insert(digest_of(changed)).second) << "bit " << bit;
    }
}

TEST(ReplayDigest, EveryLengthShows) {
    std::set<std::uint64_t> seen;
    for (std::size_t length = 0; length < 64; ++length) {
        EXPECT_TRUE(seen.insert(digest_of(std::string(length, '\0'))).second) << length;
    }
}

TEST(ReplayDigest, SwappedWordsShow) {
    EXPECT_NE(digest_of("aaaaaaaabbbbbbbb"), digest_of("bbbbbbbbaaaaaaaa"));
}

TEST(ReplayDigest, AskingDoesNotChangeIt) {
    ReplayDigest digest;
    digest.add("abc");
    EXPECT_EQ(digest.value(), digest.value());
    digest.add("def");
    EXPECT_EQ(digest.value(), digest_of("abcdef"));
}

}  // namespace
}  // namespace errgate::policy
