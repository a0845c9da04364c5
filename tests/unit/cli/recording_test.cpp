#include "cli/recording.hpp"

#include <gtest/gtest.h>

namespace errgate::cli {
namespace {

std::string error_of(std::string_view line) {
    std::string error;
    EXPECT_FALSE(parse_recording(line, error).has_value()) << line;
    return error;
}

Recording parsed(std::string_view line) {
    std::string error;
    const auto recording = parse_recording(line, error);
    EXPECT_EQ(error, "");
    return recording.value_or(Recording{});
}

TEST(RecordingLine, ReadsEveryMember) {
    const Recording got = parsed(
        R"({"id":"a1","dialect":"kira","request":{"method":"GET","path":"/v1/x","replay_safe":true},)"
        R"("status":404,"headers":{"Content-Type":"application/json"},"body":"{}"})");
    EXPECT_EQ(got.id, "a1");
    EXPECT_EQ(got.dialect, "kira");
    EXPECT_EQ(got.method, "GET");
    EXPECT_EQ(got.path, "/v1/x");
    EXPECT_EQ(got.replay_safe, true);
    EXPECT_EQ(got.status, 404);
    ASSERT_EQ(got.fields.size(), 1u);
    EXPECT_EQ(got.fields[0].second, "application/json");
    EXPECT_EQ(got.body, "{}");
}

TEST(RecordingLine, OnlyTheStatusIsNeeded) {
    const Recording got = parsed(R"({"status":500})");
    EXPECT_TRUE(got.id.is_null());
    EXPECT_EQ(got.dialect, "");
    EXPECT_EQ(got.method, "POST");
    EXPECT_EQ(got.path, "/");
    EXPECT_FALSE(got.replay_safe.has_value());
    EXPECT_EQ(got.body, "");
}

TEST(RecordingLine, ProviderStandsInForDialect) {
    EXPECT_EQ(parsed(R"({"status":500,"provider":"kira"})").dialect, "kira");
    EXPECT_EQ(parsed(R"({"status":500,"provider":"a","dialect":"b"})").dialect, "b");
}

TEST(RecordingLine, AFieldMayComeTwice) {
    const Recording got = parsed(R"({"status":401,"headers":{"WWW-Authenticate":["a","b"]}})");
    ASSERT_EQ(got.fields.size(), 2u);
    EXPECT_EQ(got.fields[1].second, "b");
}

TEST(RecordingLine, MembersItDoesNotKnowAreLeftAlone) {
    EXPECT_EQ(parsed(R"({"status":500,"expect":{"code":"x"},"seed":"000"})").status, 500);
}

TEST(RecordingLine, BodyEncodings) {
    EXPECT_EQ(parsed(R"({"status":500,"body":"aGk=","body_encoding":"base64"})").body, "hi");
    EXPECT_EQ(parsed(R"({"status":500,"body":"é","body_encoding":"latin-1"})").body, "\xE9");
    EXPECT_EQ(parsed(R"({"status":500,"body":"é","body_encoding":"utf-8"})").body, "é");
    EXPECT_EQ(parsed(R"({"status":500,"body":null})").body, "");
}

struct Bad {
    std::string_view line;
    std::string_view error;
};

TEST(RecordingLine, SaysWhatIsWrong) {
    constexpr Bad kBad[] = {
        {"{", "not valid JSON"},
        {"[1]", "not a JSON object"},
        {"{}", R"("status" must be a number from 100 to 599)"},
        {R"({"status":"500"})", R"("status" must be a number from 100 to 599)"},
        {R"({"status":99})", R"("status" must be a number from 100 to 599)"},
        {R"({"status":-1})", R"("status" must be a number from 100 to 599)"},
        {R"({"status":500,"dialect":7})", R"("dialect" must be a string)"},
        {R"({"status":500,"request":"GET"})", R"("request" must be an object)"},
        {R"({"status":500,"request":{"replay_safe":1}})", R"("replay_safe" must be true or false)"},
        {R"({"status":500,"headers":[]})", R"("headers" must be an object)"},
        {R"({"status":500,"headers":{"A":1}})",
         R"("headers.A" must be a string or a list of strings)"},
        {R"({"status":500,"body":{}})", R"("body" must be a string)"},
        {R"({"status":500,"body":"!","body_encoding":"base64"})", R"("body" must be base64)"},
        {R"({"status":500,"body":"€","body_encoding":"latin-1"})",
         R"("body" must be characters below U+0100 only)"},
        {R"({"status":500,"body_encoding":"utf-16"})",
         R"("body_encoding" must be utf-8, base64 or latin-1)"},
    };
    for (const Bad& bad : kBad)
        EXPECT_EQ(error_of(bad.line), bad.error) << bad.line;
}

TEST(Base64, DecodesWithAndWithoutPadding) {
    EXPECT_EQ(decode_base64(""), "");
    EXPECT_EQ(decode_base64("Zg=="), "f");
    EXPECT_EQ(decode_base64("Zm8="), "fo");
    EXPECT_EQ(decode_base64("Zm9v"), "foo");
    EXPECT_EQ(decode_base64("Zm9vYg"), "foob");
    EXPECT_EQ(decode_base64("+/8A"), std::string("\xFB\xFF\x00", 3));
}

TEST(Base64, RefusesEverythingElse) {
    for (const std::string_view text : {"Z", "Zg=", "Z===", "Zm9v=", "Zg==Zg==", "Z g=", "Zm-_"}) {
        EXPECT_FALSE(decode_base64(text).has_value()) << text;
    }
}

}  // namespace
}  // namespace errgate::cli
