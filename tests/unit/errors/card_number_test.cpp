// What is a card number: the test numbers of the schemes are, look-alikes are not.
#include "errors/card_number.hpp"

#include "errors/issuer.hpp"

#include <gtest/gtest.h>

#include <string>

namespace errgate::errors {
namespace {

struct Case {
    const char* name;
    std::string_view digits;
};

class CardNumber : public testing::TestWithParam<Case> {};
TEST_P(CardNumber, IsRecognised) {
    EXPECT_TRUE(looks_like_card_number(GetParam().digits));
}

INSTANTIATE_TEST_SUITE_P(
    Schemes, CardNumber,
    testing::Values(Case{"visa", "4242424242424242"}, Case{"visa_13", "4222222222222"},
                    Case{"visa_19", "4000000000000000006"}, Case{"mastercard", "5555555555554444"},
                    Case{"mastercard_2_series", "2223003122003222"},
                    Case{"mastercard_2_first", "2221000000000009"},
                    Case{"mastercard_2_last", "2720990000000007"},
                    Case{"amex_34", "343434343434343"}, Case{"amex_37", "378282246310005"},
                    Case{"discover_6011", "6011111111111117"},
                    Case{"discover_644", "6445644564456445"},
                    Case{"discover_65", "6500000000000002"}, Case{"diners_30", "30569309025904"},
                    Case{"diners_36", "36227206271667"}, Case{"diners_38", "38520000023237"},
                    Case{"jcb", "3530111333300000"}, Case{"jcb_first", "3566002020360505"},
                    Case{"unionpay", "6200000000000005"},
                    Case{"unionpay_19", "6205500000000000004"},
                    Case{"maestro_50", "5018000000000009"}, Case{"maestro_67", "6759649826438453"},
                    Case{"maestro_13", "6304000000000"}, Case{"mir", "2200000000000004"}),
    [](const auto& line) { return line.param.name; });

class NoCardNumber : public testing::TestWithParam<Case> {};
TEST_P(NoCardNumber, IsRefused) {
    EXPECT_FALSE(looks_like_card_number(GetParam().digits));
}

INSTANTIATE_TEST_SUITE_P(
    LookAlikes, NoCardNumber,
    testing::Values(
        Case{"empty", ""}, Case{"wrong_check_digit", "4242424242424241"},
        Case{"luhn_without_issuer", "1000000000000008"}, Case{"luhn_prefix_8", "8800000000000007"},
        Case{"luhn_prefix_9", "9000000000000001"}, Case{"zeros", "0000000000000000"},
        Case{"twelve_digits", "424242424242"}, Case{"twenty_digits", "42424242424242424242"},
        Case{"visa_of_14_digits", "42424242424242"}, Case{"amex_of_16_digits", "3782822463100005"},
        Case{"with_spaces", "4242 4242 4242 4242"}, Case{"with_a_letter", "424242424242424x"},
        Case{"epoch_milliseconds", "1700000000008"}),
    [](const auto& line) { return line.param.name; });

TEST(IssuerRange, EndsWhereTheSchemesSay) {
    EXPECT_FALSE(has_issuer_range("2220990000000000"));
    EXPECT_TRUE(has_issuer_range("2221000000000000"));
    EXPECT_TRUE(has_issuer_range("2720990000000000"));
    EXPECT_FALSE(has_issuer_range("2721000000000000"));
    EXPECT_TRUE(has_issuer_range("2204990000000000"));
    EXPECT_FALSE(has_issuer_range("2205000000000000"));
    EXPECT_FALSE(has_issuer_range("3527990000000000"));
    EXPECT_TRUE(has_issuer_range("3528000000000000"));
}

std::size_t end_of_card(std::string_view text) {
    const auto match = match_card(text, 0);
    return match ? match->end : 0;
}

TEST(MatchCard, EndsBehindTheLastDigit) {
    EXPECT_EQ(end_of_card("4242424242424242 was declined"), 16U);
    EXPECT_EQ(end_of_card("4242 4242 4242 4242 was declined"), 19U);
    EXPECT_EQ(end_of_card("3782-822463-10005"), 17U);
}

TEST(MatchCard, ShowsTheLastFourAcrossASeparator) {
    const auto match = match_card("4-0-0-0-0-0-0-0-0-0-0-0-0-0-0-2", 0);
    ASSERT_TRUE(match);
    EXPECT_EQ(std::string(match->last_four.begin(), match->last_four.end()), "0002");
}

TEST(MatchCard, InAPointerEndsWhereThePointerHasItsLastDigit) {
    const auto end = [](std::string_view text) {
        const auto match = match_card_in_pointer(text, 0);
        return match ? match->end : 0;
    };
    EXPECT_EQ(end("4242~14242~04242~14242~1x"), 22U);
    EXPECT_EQ(end("3782~1822463~010005"), 19U);
    EXPECT_EQ(end("4242424242424242"), 0U) << "no escape: match_card() has seen it";
    EXPECT_EQ(end("4242~14242"), 0U);
}

TEST(MatchCard, DoesNotStartInsideALongerGroup) {
    EXPECT_EQ(end_of_card("424242424242424200000"), 0U);
}

TEST(MatchCard, TakesThreeSeparatorsButNotFour) {
    EXPECT_NE(end_of_card("4242 - 4242 - 4242 - 4242"), 0U);
    EXPECT_EQ(end_of_card("4242    4242 4242 4242"), 0U);
}

}  // namespace
}  // namespace errgate::errors
