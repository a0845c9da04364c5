// Redaction of random texts: always valid UTF-8, never a planted number, stable, within its limit.
#include "base/random.hpp"
#include "base/utf8.hpp"
#include "errors/redact.hpp"

#include <gtest/gtest.h>

#include <array>
#include <string>

namespace errgate::errors {
namespace {

constexpr int kRounds = 3000;

constexpr auto kFragments = std::to_array<std::string_view>({"cvv=",        "\"number\":\"",
                                                             "Bearer ",     "sk_live_",
                                                             "eyJ",         "%20",
                                                             " - ",         "://",
                                                             "-----BEGIN ", ";",
                                                             "[redacted]",  "****",
                                                             "password: ",  "_secret_",
                                                             "whsec_",      "sk-",
                                                             "test",        "AKIA",
                                                             "EAAA",        "xoxb-",
                                                             "basic ",      "security code ",
                                                             "abcdefghij",  "FLWSECK"});

std::string random_text(base::Random& random, std::uint32_t pieces) {
    std::string out;
    for (std::uint32_t i = random.below(pieces); i > 0; --i) {
        switch (random.below(5)) {
            case 0:
                out += kFragments[random.below(kFragments.size())];
                break;
            case 1:
                out += std::to_string(random.next() >> random.below(60));
                break;
            case 2:
                out += static_cast<char>(random.below(256));
                break;
            case 3:
                out += static_cast<char>('a' + random.below(26));
                break;
            default:
                out += " ,;:=-+/%|@^?\"'~"[random.below(16)];
                break;
        }
    }
    return out;
}

// A number with its Luhn digit, in an issuer's range.
std::string random_card(base::Random& random) {
    constexpr std::array<std::string_view, 6> kPrefixes = {"4",    "51",   "2221",
                                                           "6011", "3528", "2200"};
    std::string digits(kPrefixes[random.below(kPrefixes.size())]);
    while (digits.size() < 15)
        digits += static_cast<char>('0' + random.below(10));
    for (char check = '0'; check <= '9'; ++check) {
        if (looks_like_card_number(digits + check)) return digits + check;
    }
    ADD_FAILURE() << "no check digit fits " << digits;
    return digits;
}

std::string grouped(std::string_view digits, std::string_view separator) {
    std::string out;
    for (std::size_t i = 0; i < digits.size(); ++i) {
        if (i > 0 && i % 4 == 0) out += separator;
        out += digits[i];
    }
    return out;
}

std::string digits_of(std::string_view text) {
    std::string out;
    for (const char c : text) {
        if (c >= '0' && c <= '9') out += c;
    }
    return out;
}

// The quick look spares most texts the scan. A control character at the end, which is dropped, asks
// for the scan.
TEST(RedactProperty, TheQuickLookMissesNothingThatTheScanWouldHide) {
    base::Random random(23);
    for (int round = 0; round < 20 * kRounds; ++round) {
        std::string text = random_text(random, 8);
        std::erase_if(text, [](char c) { return c < ' ' || c > '~'; });
        ASSERT_EQ(redact(text), redact(text + '\x01')) << text;
    }
}

// Ids, paths, URLs and versions have rules of their own in the quick look.
TEST(RedactProperty, TheQuickLookMissesNothingInIdsAndPaths) {
    constexpr auto kPieces = std::to_array<std::string_view>(
        {"/v1/", "ch_",   "req_",     "k_",      "sk_",    "_secret_", "sk-", "eyJ",
         "EAAA", "test_", "live_",    "FLWSECK", "whsec_", "-",        ".",   "_",
         "/",    "4242",  "42424242", "7",       "aB",     "account",  "K_"});
    base::Random random(26);
    int unscanned = 0;
    for (int round = 0; round < 6 * kRounds; ++round) {
        std::string text = random.below(4) == 0 ? "https://" : "";
        for (std::uint32_t n = random.below(6); n > 0; --n) {
            text += kPieces[random.below(kPieces.size())];
            for (std::uint32_t i = random.below(12); i > 0; --i)
                text += "abcdefxyzABCDEF0123456789"[random.below(25)];
        }
        if (random.below(3) == 0) text += random_card(random);
        if (random.below(3) == 0) text += "42424242-4242-4242-4242-42424242424a";
        ASSERT_EQ(redact(text), redact(text + '\x01')) << text;
        unscanned += redact(text) == text ? 1 : 0;
    }
    EXPECT_GT(unscanned, kRounds);
}

TEST(RedactProperty, IsAlwaysValidUtf8WithoutControlCharacters) {
    base::Random random(21);
    for (int round = 0; round < kRounds; ++round) {
        const std::string out = redact(random_text(random, 80), random.below(300));
        ASSERT_TRUE(base::is_valid_utf8(out));
        for (const char c : out)
            ASSERT_TRUE(static_cast<unsigned char>(c) >= 0x20 && c != 0x7F);
    }
}

TEST(RedactProperty, StaysWithinItsLimit) {
    base::Random random(22);
    for (int round = 0; round < kRounds; ++round) {
        const std::size_t limit = random.below(100);
        EXPECT_LE(redact(random_text(random, 80), limit).size(), limit);
    }
}

TEST(RedactProperty, ChangesNothingTheSecondTime) {
    base::Random random(23);
    for (int round = 0; round < kRounds; ++round) {
        const std::string text = random_text(random, 40);
        const std::string once = redact(text);
        EXPECT_EQ(redact(once), once) << text;
    }
}

TEST(RedactProperty, APlantedCardNumberNeverComesOut) {
    constexpr std::array<std::string_view, 11> kSeparators = {"",  " ", "-",     "%20", "+", "\n",
                                                              "_", ".", "%252D", "~0",  "~1"};
    constexpr std::array<std::string_view, 14> kBefore = {
        " ", "=", "\"", "(", "card ", ":", "%3D", "\t", "REQ_", "tok", "ch_3Qx", "/", "~0", "~1"};
    constexpr std::array<std::string_view, 12> kAfter = {" ", ".",  "\"", ")",  ",",   " was",
                                                         "&", "\n", "_",  "x7", "abc", "_secret"};
    base::Random random(24);
    for (int round = 0; round < kRounds; ++round) {
        const std::string card = random_card(random);
        std::string text = "The text says";
        text += kBefore[random.below(kBefore.size())];
        text += grouped(card, kSeparators[random.below(kSeparators.size())]);
        text += kAfter[random.below(kAfter.size())];
        const std::string out = redact(text);
        EXPECT_EQ(digits_of(out).find(card.substr(0, 12)), std::string::npos)
            << text << " -> " << out;
        EXPECT_NE(out.find("****" + card.substr(12)), std::string::npos) << text << " -> " << out;
    }
}

TEST(RedactProperty, APlantedCardNumberInNoiseNeverComesOutWhole) {
    base::Random random(25);
    for (int round = 0; round < kRounds; ++round) {
        const std::string card = random_card(random);
        const std::string text =
            random_text(random, 30) + " card: " + card + " end " + random_text(random, 30);
        EXPECT_EQ(redact(text).find(card), std::string::npos) << text;
    }
}

// A text in which nothing looks like a secret is not scanned. That look must miss nothing that the
// scan would mask: an '@' behind the text forces the scan.
TEST(RedactProperty, WhatIsLetThroughUnscannedHoldsNothing) {
    constexpr std::array<std::string_view, 24> kPieces = {
        "sk_",   "live_", "test", "whsec_", "pi_", "_secret_", "Bearer ",     "basic ",
        "sk-",   "sq0",   "xoxb", "AKIA",   "eyJ", "AQE",      "-----BEGIN ", "password",
        "token", " ",     "- ",   ".",      "7",   "abcdefgh", "FLWSECK",     "ABC"};
    base::Random random(11);
    int unscanned = 0;
    for (int i = 0; i < 5 * kRounds; ++i) {
        std::string text;
        for (std::uint32_t n = 1 + random.below(6); n > 0; --n) {
            text += kPieces[random.below(kPieces.size())];
            for (std::uint32_t letters = random.below(9); letters > 0; --letters)
                text += static_cast<char>('a' + random.below(26));
        }
        if (redact(text, 1000) != text) continue;
        ++unscanned;
        EXPECT_EQ(redact(text + " @", 1000), text + " @");
    }
    EXPECT_GT(unscanned, kRounds);
}

}  // namespace
}  // namespace errgate::errors
