// Eight bytes at a time against one byte at a time, for every byte at every place.
#include "base/ascii_scan.hpp"

#include "base/ascii.hpp"
#include "base/random.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>

namespace errgate::base {
namespace {

bool is_printable(char c) {
    return c >= 0x20 && c < 0x7F;
}

// High bit of each byte for which it holds.
template <class Predicate>
std::uint64_t flags(std::string_view eight, Predicate holds) {
    std::uint64_t out = 0;
    for (std::size_t i = 0; i < 8; ++i)
        out |= holds(eight[i]) ? std::uint64_t{0x80} << (8 * i) : 0;
    return out;
}

void check(const std::string& text) {
    EXPECT_EQ(is_printable_ascii(text), std::ranges::all_of(text, is_printable)) << text;
    EXPECT_EQ(count_digits(text), static_cast<std::size_t>(std::ranges::count_if(text, is_digit)));
    for (std::size_t at = 0; at <= text.size(); ++at) {
        const auto digit =
            std::find_if(text.begin() + static_cast<std::ptrdiff_t>(at), text.end(), is_digit);
        EXPECT_EQ(find_digit(text, at), static_cast<std::size_t>(digit - text.begin())) << text;
        if (at == text.size()) break;
        const std::string eight = text.substr(at, 8) + std::string(8, '.');
        const std::uint64_t word = load_filled(text, at, '.');
        EXPECT_EQ(word, load_word(eight.data())) << text << " at " << at;
        EXPECT_EQ(digit_bytes(word), flags(eight, is_digit)) << text << " at " << at;
        EXPECT_EQ(letter_bytes(word), flags(eight, is_alpha)) << text << " at " << at;
        EXPECT_EQ(count_bytes(digit_bytes(word)), static_cast<std::size_t>(std::count_if(
                                                      eight.begin(), eight.begin() + 8, is_digit)));
        if (is_printable_ascii(eight)) {
            EXPECT_EQ(lower_bytes(word), flags(eight, is_lower)) << text;
        }
    }
}

TEST(AsciiScan, EveryByteAtEveryPlace) {
    for (int c = 0; c < 256; ++c) {
        for (std::size_t size = 1; size <= 17; ++size) {
            std::string text(size, 'a');
            text[size / 2] = static_cast<char>(c);
            check(text);
        }
    }
}

TEST(AsciiScan, RandomBytesOfEveryLength) {
    Random random(31);
    for (int round = 0; round < 2000; ++round) {
        std::string text(random.below(24), ' ');
        const std::uint32_t range = round % 2 == 0 ? 256 : 128;
        for (char& c : text)
            c = static_cast<char>(random.below(range));
        check(text);
    }
}

// Of other bytes it has to be right only up to the first at or above 0x80.
TEST(AsciiScan, NoByteAboveAsciiIsASmallLetter) {
    for (int c = 0x80; c < 256; ++c) {
        const std::string text = std::string("ab1") + static_cast<char>(c) + "zzzz";
        constexpr std::uint64_t kFirstFour = 0xFFFFFFFFU;
        EXPECT_EQ(lower_bytes(load_word(text.data())) & kFirstFour, 0x8080U) << c;
    }
}

}  // namespace
}  // namespace errgate::base
