// Wait hints in every form providers use.
#include "mapping/wait.hpp"

#include "answers.hpp"
#include "mapping/iso_date.hpp"

namespace errgate::mapping {
namespace {

using namespace std::chrono;

constexpr base::WallTime kNow = sys_days(year(2025) / November / 22) + hours(12);

struct WaitCase {
    const char* name;
    const char* text;
    WaitFormat format;
    long expected;  // ms; -1: nothing
};

class Wait : public testing::TestWithParam<WaitCase> {};

TEST_P(Wait, IsRead) {
    const auto wait = parse_wait(GetParam().text, GetParam().format, kNow);
    EXPECT_EQ(wait ? wait->count() : -1, GetParam().expected);
}

constexpr auto kAuto = WaitFormat::automatic;
INSTANTIATE_TEST_SUITE_P(
    Forms, Wait,
    testing::Values(WaitCase{"seconds", "12", kAuto, 12'000}, WaitCase{"zero", "0", kAuto, 0},
                    WaitCase{"fraction", " 1.5 ", kAuto, 1'500},
                    WaitCase{"epoch_seconds", "1763812830", kAuto, 30'000},
                    WaitCase{"epoch_millis", "1763812830250", kAuto, 30'250},
                    WaitCase{"past_epoch", "1763812000", kAuto, 0},
                    WaitCase{"http_date", "Sat, 22 Nov 2025 12:00:30 GMT", kAuto, 30'000},
                    WaitCase{"past_date", "Sat, 22 Nov 2025 11:00:30 GMT", kAuto, 0},
                    WaitCase{"iso_date", "2025-11-22T12:01:00Z", kAuto, 60'000},
                    WaitCase{"iso_offset", "2025-11-22T13:01:00+01:00", kAuto, 60'000},
                    WaitCase{"negative", "-4", kAuto, -1}, WaitCase{"word", "soon", kAuto, -1},
                    WaitCase{"empty", " ", kAuto, -1}, WaitCase{"not_a_number", "nan", kAuto, -1},
                    WaitCase{"exponent", "1e99", kAuto, -1},
                    WaitCase{"beyond_a_double",
                             "99999999999999999999999999999999999999999999999999999999999999999999"
                             "9999999999999999999999999999999999999999999999999999999999999999999"
                             "9999999999999999999999999999999999999999999999999999999999999999999"
                             "9999999999999999999999999999999999999999999999999999999999999999999"
                             "99999999999999999999999999999999999999999999999999999999999999999.0",
                             kAuto, -1},
                    WaitCase{"the_epoch", "Thu, 01 Jan 1970 00:00:00 GMT", kAuto, 0},
                    WaitCase{"garbage", "\x01\xff;=", kAuto, -1},
                    WaitCase{"two_dots", "1.2.3", kAuto, -1},
                    WaitCase{"endless", "999999999", kAuto, 365L * 24 * 3600 * 1000},
                    WaitCase{"delta_s", "1763812830", WaitFormat::delta_s, 365L * 24 * 3600 * 1000},
                    WaitCase{"delta_ms", "250", WaitFormat::delta_ms, 250},
                    WaitCase{"epoch_s", "1763812801", WaitFormat::epoch_s, 1'000},
                    WaitCase{"duration", "30.5s", WaitFormat::duration, 30'500},
                    WaitCase{"duration_without_unit", "30", WaitFormat::duration, -1},
                    WaitCase{"date_only", "12", WaitFormat::http_date, -1}),
    [](const auto& each) { return std::string(each.param.name); });

long hint(http::Fields sent, std::string body = "{}", std::vector<WaitSource> sources = {}) {
    const Answer answer{std::move(body), 429, std::move(sent)};
    const auto wait = wait_hint(sources, answer.context, kNow);
    return wait ? wait->count() : -1;
}

TEST(WaitHint, HeadersInOrderOfPrecedence) {
    EXPECT_EQ(hint(fields({{"Retry-After", "3"}, {"Retry-After-Ms", "250"}})), 250);
    EXPECT_EQ(hint(fields({{"Retry-After", "3"}, {"X-Ms-Retry-After-Ms", "10"}})), 10);
    EXPECT_EQ(hint(fields({{"RateLimit", "\"p\";r=0;t=60"}, {"Retry-After", "3"}})), 3'000);
    EXPECT_EQ(hint(fields({{"X-RateLimit-Reset", "9"}, {"RateLimit", "\"p\";r=0;t=60"}})), 60'000);
    EXPECT_EQ(hint(fields({{"X-Rate-Limit-Reset", "8"}, {"RateLimit-Reset", "9"}})), 9'000);
    EXPECT_EQ(hint(fields({{"X-Rate-Limit-Reset", "8"}})), 8'000);
    EXPECT_EQ(hint(fields({})), -1);
}

TEST(WaitHint, AnUnreadableOneGivesWayToTheNext) {
    EXPECT_EQ(hint(fields({{"Retry-After", "later"}, {"X-RateLimit-Reset", "9"}})), 9'000);
}

TEST(WaitHint, RateLimitCountsOnlyWhereNothingIsLeft) {
    EXPECT_EQ(hint(fields({{"RateLimit", "\"p\";r=5;t=60"}})), -1);
    EXPECT_EQ(hint(fields({{"RateLimit", "\"p\"; t=9; r=0"}})), 9'000);
    EXPECT_EQ(hint(fields({{"RateLimit", "\"a\";r=0;t=5, \"b\";r=9;t=600, \"c\";r=0;t=7"}})),
              7'000);
}

TEST(WaitHint, DatesAreReadAgainstTheResponsesOwnClock) {
    const char* const when = "Sat, 22 Nov 2025 12:00:30 GMT";
    EXPECT_EQ(hint(fields({{"Retry-After", when}})), 30'000);
    EXPECT_EQ(hint(fields({{"Retry-After", when}, {"Date", "Sat, 22 Nov 2025 12:00:20 GMT"}})),
              10'000);
    EXPECT_EQ(hint(fields({{"Retry-After", when}, {"Date", "yesterday"}})), 30'000);
}

TEST(WaitHint, TheDialectsOwnSourceComesFirst) {
    Selector from;
    from.source = Selector::Source::pointer;
    from.pointers.push_back(ptr("/retryDelay"));
    const std::vector<WaitSource> sources{{from, WaitFormat::duration}};
    EXPECT_EQ(hint(fields({{"Retry-After", "3"}}), R"({"retryDelay":"1.5s"})", sources), 1'500);
    EXPECT_EQ(hint(fields({{"Retry-After", "3"}}), R"({"retryDelay":"?"})", sources), 3'000);
}

TEST(IsoDate, Forms) {
    const auto seconds_after_noon = [](std::string_view text) -> long {
        const auto date = parse_iso_date(text);
        return date ? duration_cast<seconds>(*date - kNow).count() : -1;
    };
    EXPECT_EQ(seconds_after_noon("2025-11-22 12:00"), 0);
    EXPECT_EQ(seconds_after_noon("2025-11-22t12:00:07.250z"), 7);
    EXPECT_EQ(seconds_after_noon("2025-11-22T06:30:00-0530"), 0);
    EXPECT_EQ(seconds_after_noon("2025-11-23"), 12 * 3600);
    for (const char* text : {"", "2025", "2025-13-01", "2025-02-30", "2025-11-22T25:00",
                             "2025-11-22T12:00:00+1", "2025-11-22T12:00:00Zx", "22-11-2025"})
        EXPECT_FALSE(parse_iso_date(text)) << text;
}

}  // namespace
}  // namespace errgate::mapping
