// HTTP dates in and out (RFC 9110 section 5.6.7).
#include "http/date.hpp"

#include <gtest/gtest.h>

#include <array>
#include <string>

namespace errgate::http {
namespace {

using base::WallTime;

// Sun, 06 Nov 1994 08:49:37 GMT, the example of the RFC.
constexpr WallTime kExample{std::chrono::seconds(784111777)};
// 2024-01-01.
constexpr WallTime kNow{std::chrono::seconds(1704067200)};

std::string format(WallTime when) {
    std::array<char, 64> buffer;
    base::Writer out(buffer);
    put_http_date(out, when);
    return std::string(out.view());
}

TEST(HttpDate, is_written_as_imf_fixdate) {
    EXPECT_EQ(format(kExample), "Sun, 06 Nov 1994 08:49:37 GMT");
    EXPECT_EQ(format(kExample + base::Millis(999)), "Sun, 06 Nov 1994 08:49:37 GMT");
    EXPECT_EQ(format(WallTime{}), "Thu, 01 Jan 1970 00:00:00 GMT");
    EXPECT_EQ(format(WallTime{std::chrono::seconds(1709251199)}), "Thu, 29 Feb 2024 23:59:59 GMT");
}

TEST(HttpDate, is_read_in_three_forms) {
    for (const char* text : {"Sun, 06 Nov 1994 08:49:37 GMT", "Sunday, 06-Nov-94 08:49:37 GMT",
                             "Sun Nov  6 08:49:37 1994"}) {
        EXPECT_EQ(parse_http_date(text, kNow), kExample) << text;
    }
    EXPECT_EQ(parse_http_date("Thu Nov 16 08:49:37 1994", kNow), kExample + std::chrono::days(10));
}

TEST(HttpDate, reads_what_it_writes) {
    for (int day = 0; day < 40000; day += 97) {
        const WallTime when{std::chrono::seconds(day * 86400L + day)};
        EXPECT_EQ(parse_http_date(format(when), kNow), when);
    }
}

// A year more than 50 years ahead is the most recent past one.
TEST(HttpDate, places_two_digit_years_near_now) {
    EXPECT_EQ(format(*parse_http_date("Sunday, 06-Nov-74 08:49:37 GMT", kNow)).substr(12, 4),
              "2074");
    EXPECT_EQ(format(*parse_http_date("Sunday, 06-Nov-75 08:49:37 GMT", kNow)).substr(12, 4),
              "1975");
}

TEST(HttpDate, reads_a_leap_second_as_the_next) {
    EXPECT_EQ(parse_http_date("Sat, 31 Dec 2016 23:59:60 GMT", kNow),
              parse_http_date("Sun, 01 Jan 2017 00:00:00 GMT", kNow));
}

TEST(HttpDate, nothing_else_is_read) {
    for (const char* text :
         {"", "120", "Sun, 6 Nov 1994 08:49:37 GMT", "Sun, 06 Nov 1994 08:49:37",
          "Sun, 06 Nov 1994 08:49:37 UTC", "Sun, 06 Nov 1994 08:49:37 GMT ",
          "sun, 06 nov 1994 08:49:37 gmt", "Sun, 31 Feb 1994 08:49:37 GMT",
          "Sun, 00 Nov 1994 08:49:37 GMT", "Sun, 06 Nov 1994 24:00:00 GMT",
          "Sun, 06 Nov 1994 08:60:37 GMT", "Sun, 06 Nov 1994 08:49:61 GMT",
          "Sun, 06 Nov 9999 08:49:37 GMT", "Sun, 06 Nov 0001 08:49:37 GMT", "1994-11-06T08:49:37Z",
          "Sun Nov 6 08:49:37 1994", "Sunday, 06-Nov-1994 08:49:37 GMT"}) {
        EXPECT_EQ(parse_http_date(text, kNow), std::nullopt) << text;
    }
}

TEST(CachedDate, follows_the_second) {
    CachedDate cache;
    EXPECT_EQ(cache.at(kExample), "Sun, 06 Nov 1994 08:49:37 GMT");
    EXPECT_EQ(cache.at(kExample + base::Millis(500)), "Sun, 06 Nov 1994 08:49:37 GMT");
    EXPECT_EQ(cache.at(kExample + base::Millis(1000)), "Sun, 06 Nov 1994 08:49:38 GMT");
    EXPECT_EQ(cache.at(kExample), "Sun, 06 Nov 1994 08:49:37 GMT");
}

}  // namespace
}  // namespace errgate::http
