// UTF-8: the boundaries of table 3-7 of the Unicode standard, one by one.
#include "base/utf8.hpp"

#include "base/random.hpp"

#include <gtest/gtest.h>

#include <string>

namespace errgate::base {
namespace {

constexpr std::string_view kR = kReplacementCharacter;

struct Case {
    const char* name;
    std::string_view text;
    bool valid;
    std::string repaired;
};

std::string repaired(std::size_t count, std::string_view rest = "") {
    std::string out;
    for (std::size_t i = 0; i < count; ++i)
        out.append(kR);
    return out.append(rest);
}

class Utf8Case : public testing::TestWithParam<Case> {};

TEST_P(Utf8Case, IsJudgedRight) {
    EXPECT_EQ(is_valid_utf8(GetParam().text), GetParam().valid);
}
TEST_P(Utf8Case, IsRepaired) {
    EXPECT_EQ(repair_utf8(GetParam().text), GetParam().repaired);
}

INSTANTIATE_TEST_SUITE_P(
    Table, Utf8Case,
    testing::Values(Case{"empty", "", true, ""},                                                 //
                    Case{"ascii", "plain ascii text", true, "plain ascii text"},                 //
                    Case{"two_bytes", "\xC3\xA9", true, "\xC3\xA9"},                             //
                    Case{"three_bytes", "\xE2\x82\xAC", true, "\xE2\x82\xAC"},                   //
                    Case{"four_bytes", "\xF0\x9F\x92\xB3", true, "\xF0\x9F\x92\xB3"},            //
                    Case{"last_scalar", "\xF4\x8F\xBF\xBF", true, "\xF4\x8F\xBF\xBF"},           //
                    Case{"before_surrogates", "\xED\x9F\xBF", true, "\xED\x9F\xBF"},             //
                    Case{"lone_continuation", "a\x80z", false, "a" + repaired(1, "z")},          //
                    Case{"latin1", "caf\xE9 noir", false, "caf" + repaired(1, " noir")},         //
                    Case{"overlong_slash_2", "\xC0\xAF", false, repaired(2)},                    //
                    Case{"overlong_slash_3", "\xE0\x80\xAF", false, repaired(3)},                //
                    Case{"overlong_slash_4", "\xF0\x80\x80\xAF", false, repaired(4)},            //
                    Case{"overlong_nul", "\xC0\x80", false, repaired(2)},                        //
                    Case{"first_surrogate", "\xED\xA0\x80", false, repaired(3)},                 //
                    Case{"last_surrogate", "\xED\xBF\xBF", false, repaired(3)},                  //
                    Case{"past_the_last_scalar", "\xF4\x90\x80\x80", false, repaired(4)},        //
                    Case{"five_byte_lead", "\xF8\x88\x80\x80\x80", false, repaired(5)},          //
                    Case{"byte_order_mark_of_utf16", "\xFF\xFE", false, repaired(2)},            //
                    Case{"cut_after_one_of_two", "x\xC3", false, "x" + repaired(1)},             //
                    Case{"cut_after_two_of_three", "x\xE2\x82", false, "x" + repaired(1)},       //
                    Case{"cut_after_three_of_four", "x\xF0\x9F\x92", false, "x" + repaired(1)},  //
                    Case{"cut_then_ascii", "\xE2\x82!", false, repaired(1, "!")},                //
                    Case{"after_a_long_ascii_run", "0123456789abcdef\xFF", false,
                         "0123456789abcdef" + repaired(1)}),
    [](const auto& param) { return param.param.name; });

TEST(Utf8, RepairOfRandomBytesIsAlwaysValid) {
    Random random(7);
    for (int round = 0; round < 2000; ++round) {
        std::string text(random.below(40), '\0');
        for (char& c : text)
            c = static_cast<char>(random.below(256));
        EXPECT_TRUE(is_valid_utf8(repair_utf8(text)));
    }
}

TEST(Utf8, TruncateKeepsATextThatFits) {
    EXPECT_EQ(truncate_utf8("abc", 3), "abc");
}

TEST(Utf8, TruncateCutsAsciiAtTheLimit) {
    EXPECT_EQ(truncate_utf8("abcdef", 4), "abcd");
    EXPECT_EQ(truncate_characters("abcdef", 4), "abcd");
    EXPECT_EQ(truncate_characters("a\xC3\xA9\xF0\x9F\x98\x80z", 3), "a\xC3\xA9\xF0\x9F\x98\x80");
    EXPECT_EQ(truncate_characters("\xC3\xA9\xC3\xA9", 2), "\xC3\xA9\xC3\xA9");
    EXPECT_EQ(truncate_characters("abc", 0), "");
}

TEST(Utf8, TruncateNeverEndsInsideACharacter) {
    const std::string_view text = "a\xC3\xA9\xE2\x82\xAC\xF0\x9F\x92\xB3";  // 1 + 2 + 3 + 4 bytes
    const std::size_t kept[] = {0, 1, 1, 3, 3, 3, 6, 6, 6, 6, 10};
    for (std::size_t limit = 0; limit <= text.size(); ++limit) {
        EXPECT_EQ(truncate_utf8(text, limit).size(), kept[limit]) << limit;
    }
}

}  // namespace
}  // namespace errgate::base
