#include "ask.hpp"

#include <gtest/gtest.h>

namespace errgate::sim {
namespace {

TEST(SixDigit, HasEveryErrorForEveryMethodNumber) {
    EXPECT_EQ(find_provider("six_digit")->cases.size(), 21u * 5u);
}

TEST(SixDigit, ReportsAFailureInsideA200) {
    const Response got = ask("six_digit", "POST", "/refunds/0207");
    EXPECT_EQ(got.status, 200);
    EXPECT_EQ(got.body, R"({"status":"error","code":"010207","data":null,)"
                        R"("error":"Invalid invoice state for refund"})");
}

struct Prefix {
    std::string_view method;
    std::string_view code;
};

TEST(SixDigit, PutsTheMethodInFrontOfFourDigits) {
    constexpr Prefix kPrefixes[] = {
        {"POST", "010101"},   {"GET", "020101"},   {"PUT", "030101"},
        {"DELETE", "040101"}, {"PATCH", "000101"}, {"", "000101"},
    };
    for (const Prefix& one : kPrefixes) {
        const Response got = ask("six_digit", one.method, "/invoices/0101");
        EXPECT_NE(got.body.find('"' + std::string(one.code) + '"'), std::string::npos)
            << one.method;
    }
}

TEST(SixDigit, TakesSixDigitsAsTheyAre) {
    EXPECT_NE(ask("six_digit", "GET", "/invoices/040107").body.find("040107"), std::string::npos);
}

struct Price {
    std::string_view name;
    std::string_view body;
    std::string_view expected;
};

TEST(SixDigit, ChecksThePriceOfANewInvoice) {
    constexpr Price kPrices[] = {
        {"none", "{}", "010103"},
        {"below", R"({"price":99})", "010110"},
        {"lowest", R"({"price":100})", "success"},
        {"highest", R"({"price":1000000})", "success"},
        {"above", R"({"price":1000001})", "010111"},
    };
    for (const Price& one : kPrices) {
        const Response got = ask("six_digit", "POST", "/invoices", {}, one.body);
        EXPECT_NE(got.body.find(one.expected), std::string::npos) << one.name;
    }
}

}  // namespace
}  // namespace errgate::sim
