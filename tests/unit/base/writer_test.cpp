// Writer: what fits is written, what does not is dropped whole and remembered.
#include "base/writer.hpp"

#include "base/json_text.hpp"

#include <gtest/gtest.h>

#include <array>
#include <cstring>
#include <limits>
#include <string>

namespace errgate::base {
namespace {

TEST(Writer, AppendsPiecesInOrder) {
    std::array<char, 64> space;
    Writer out(space);
    out.put("a");
    out.put('-');
    out.put_dec(std::uint64_t{42});
    EXPECT_EQ(out.view(), "a-42");
    EXPECT_EQ(out.size(), 4U);
    EXPECT_EQ(out.room(), 60U);
    EXPECT_TRUE(out.ok());
}

TEST(Writer, WritesTheExtremesOfEveryInteger) {
    std::array<char, 128> space;
    Writer out(space);
    out.put_dec(std::numeric_limits<std::uint64_t>::max());
    out.put(' ');
    out.put_dec(std::numeric_limits<std::int64_t>::min());
    out.put(' ');
    out.put_hex(std::numeric_limits<std::uint64_t>::max());
    EXPECT_EQ(out.view(), "18446744073709551615 -9223372036854775808 ffffffffffffffff");
}

TEST(Writer, WritesZeroAsOneDigit) {
    std::array<char, 16> space;
    Writer out(space);
    out.put_dec(std::uint64_t{0});
    out.put_dec(std::int64_t{0});
    out.put_hex(0);
    EXPECT_EQ(out.view(), "000");
}

TEST(Writer, WritesNumbersOfEveryLengthWhereTheyJustFit) {
    for (const std::int64_t value : {0, 9, 10, 99, 100, 109, 120, 999, 1'000, -1, -999, 123'456}) {
        const std::string text = std::to_string(value);
        std::string space(text.size(), '\0');
        Writer fits(space);
        fits.put_dec(value);
        EXPECT_EQ(fits.view(), text);
        space.pop_back();
        Writer full(space);
        full.put_dec(value);
        EXPECT_FALSE(full.ok()) << value;
        EXPECT_EQ(full.size(), 0U) << value;
    }
}

TEST(Writer, WritesHexInLowerCaseWithoutLeadingZeros) {
    std::array<char, 16> space;
    Writer out(space);
    out.put_hex(0xDEADBEEF);
    EXPECT_EQ(out.view(), "deadbeef");
}

TEST(Writer, FillsItsSpanToTheLastByte) {
    std::array<char, 4> space;
    Writer out(space);
    out.put("abcd");
    EXPECT_TRUE(out.ok());
    EXPECT_EQ(out.room(), 0U);
}

TEST(Writer, DropsAPieceThatDoesNotFitAndEverythingAfterIt) {
    std::array<char, 4> space;
    Writer out(space);
    out.put("ab");
    out.put("cde");
    out.put('f');  // would fit, but the text would then have a hole
    EXPECT_FALSE(out.ok());
    EXPECT_EQ(out.view(), "ab");
}

TEST(Writer, WritesPiecesTogetherOrNotAtAll) {
    std::array<char, 8> space;
    Writer out(space);
    const std::string word = "abc";
    out.put_all("<", word, '>');
    EXPECT_EQ(out.view(), "<abc>");
    out.put_all("<", word, '>');
    EXPECT_FALSE(out.ok());
    EXPECT_EQ(out.view(), "<abc>");
}

TEST(Writer, LendsRoomThatFits) {
    std::array<char, 4> store;
    Writer out(store);
    char* const room = out.claim(3);
    ASSERT_NE(room, nullptr);
    std::memcpy(room, "abc", 3);
    EXPECT_EQ(out.view(), "abc");
    EXPECT_EQ(out.claim(2), nullptr);
    EXPECT_FALSE(out.ok());
}

TEST(Writer, DropsANumberThatDoesNotFit) {
    std::array<char, 2> space;
    Writer out(space);
    out.put_dec(std::uint64_t{123});
    EXPECT_FALSE(out.ok());
    EXPECT_EQ(out.size(), 0U);
}

TEST(Writer, QuotesAndEscapesAJsonString) {
    std::array<char, 64> space;
    Writer out(space);
    out.put_json_string("say \"hi\"\n\xFF");
    EXPECT_EQ(out.view(), "\"say \\\"hi\\\"\\n\xEF\xBF\xBD\"");
}

TEST(Writer, EscapesEveryByteWhereverItStands) {
    for (int byte = 0; byte < 256; ++byte) {
        for (std::size_t size = 1; size < 18; ++size) {
            for (std::size_t at = 0; at < size; ++at) {
                std::string text(size, ' ');
                text[at] = static_cast<char>(byte);
                std::string expected;
                append_json_string(expected, text);
                std::string space(expected.size(), '\0');
                Writer out(space);
                out.put_json_string(text);
                ASSERT_EQ(out.view(), expected) << byte << " at " << at << " of " << size;
            }
        }
    }
}

TEST(Writer, StopsInsideAnEscapeThatDoesNotFit) {
    std::array<char, 4> space;
    Writer out(space);
    out.put_json_escaped(std::string_view("ab\0", 3));
    EXPECT_FALSE(out.ok());
    EXPECT_EQ(out.view(), "ab");
}

TEST(Writer, TakesAnEmptySpan) {
    Writer out(std::span<char>{});
    out.put("");
    EXPECT_TRUE(out.ok());
    out.put('x');
    EXPECT_FALSE(out.ok());
}

}  // namespace
}  // namespace errgate::base
