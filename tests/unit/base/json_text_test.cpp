// JSON strings: every control character, every ill-formed byte, and the fast path beside them.
#include "base/json_text.hpp"

#include "base/random.hpp"
#include "base/utf8.hpp"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <string>

namespace errgate::base {
namespace {

std::string as_json(std::string_view text) {
    std::string out;
    append_json_string(out, text);
    return out;
}

TEST(JsonText, EmptyStringIsTwoQuotes) {
    EXPECT_EQ(as_json(""), R"("")");
}

TEST(JsonText, EscapesWithTheShortFormWhereThereIsOne) {
    EXPECT_EQ(as_json("\" \\ \b \f \n \r \t"), R"("\" \\ \b \f \n \r \t")");
}

TEST(JsonText, EscapesOtherControlCharactersByNumber) {
    EXPECT_EQ(as_json(std::string_view("\0\x1b\x1f", 3)), R"("\u0000\u001b\u001f")");
}

TEST(JsonText, LeavesSlashDeleteAndValidUtf8Alone) {
    EXPECT_EQ(as_json("/ \x7F \xE2\x82\xAC"), "\"/ \x7F \xE2\x82\xAC\"");
}

TEST(JsonText, ReplacesIllFormedBytes) {
    EXPECT_EQ(as_json("a\xFFz"), "\"a\xEF\xBF\xBDz\"");
}

TEST(JsonText, FindsASpecialByteAtEveryPlaceOfAWord) {
    for (const char special : {'"', '\\', '\n', '\x1f', '\0'}) {
        for (std::size_t at = 0; at < 24; ++at) {
            std::string text(24, 'x');
            text[at] = special;
            EXPECT_EQ(nlohmann::json::parse(as_json(text)).get<std::string>(), text) << at;
        }
    }
}

TEST(JsonText, RandomBytesParseBackAsTheirRepair) {
    Random random(11);
    for (int round = 0; round < 2000; ++round) {
        std::string text(random.below(60), '\0');
        for (char& c : text)
            c = static_cast<char>(random.below(256));
        EXPECT_EQ(nlohmann::json::parse(as_json(text)).get<std::string>(), repair_utf8(text));
    }
}

}  // namespace
}  // namespace errgate::base
