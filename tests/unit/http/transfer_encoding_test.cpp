// Every way seen in the wild of hiding a Transfer-Encoding from one of two readers (RFC 9112 6.1,
// 7).
#include "judge.hpp"

#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <vector>

namespace errgate::http {
namespace {

using namespace std::string_literals;

struct Case {
    std::string lines;  // the field lines of the message, without Host
    Violation expected;
};

void PrintTo(const Case& c, std::ostream* out) {
    for (char byte : c.lines) {
        if (byte >= 0x20 && byte < 0x7f) {
            *out << byte;
        } else {
            *out << "<" << static_cast<int>(static_cast<unsigned char>(byte)) << ">";
        }
    }
}

std::string te(const std::string& value) {
    return "Transfer-Encoding: " + value + "\r\n";
}

std::vector<Case> accepted() {
    return {
        {te("chunked"), Violation::none},
        {te("Chunked"), Violation::none},
        {te("CHUNKED"), Violation::none},
        {te("  chunked  "), Violation::none},
        {te("\tchunked\t"), Violation::none},
        {"transfer-encoding:chunked\r\n", Violation::none},
        {"TRANSFER-ENCODING: chunked\r\n", Violation::none},
    };
}

// Clean lists of codings we do not decode.
std::vector<Case> unsupported() {
    std::vector<Case> cases;
    for (const char* value :
         {"gzip", "x-gzip", "deflate", "compress", "br", "identity", "gzip, deflate",
          "gzip, chunked", "identity, chunked", "deflate,chunked", "x-unknown, chunked",
          "gzip, deflate, chunked", "GZIP, Chunked", "xchunked, chunked"}) {
        cases.push_back({te(value), Violation::unsupported_transfer_coding});
    }
    return cases;
}

// Some reader takes these for chunked and another does not.
std::vector<Case> obfuscated() {
    constexpr Violation bad = Violation::malformed_transfer_encoding;
    std::vector<Case> cases;
    for (const std::string& value : {""s,
                                     "chunked\x85"s,
                                     "chunked\xa0"s,
                                     "\xa0"
                                     "chunked"s,
                                     "chunked;"s,
                                     "chunked;a=b"s,
                                     "chunked; a=b"s,
                                     "chunked/1"s,
                                     ",chunked"s,
                                     "chunked,"s,
                                     ", chunked"s,
                                     "chunked ,"s,
                                     "xchunked"s,
                                     "chunkedx"s,
                                     "chunke"s,
                                     "chunkedchunked"s,
                                     "chun ked"s,
                                     "chunked chunked"s,
                                     "chunked, chunked"s,
                                     "chunked, gzip"s,
                                     "chunked, identity"s,
                                     "\"chunked\""s,
                                     "'chunked'"s,
                                     "[chunked]"s,
                                     "chunked:"s,
                                     ":chunked"s,
                                     "=chunked"s,
                                     "chunked="s,
                                     "x chunked"s,
                                     "chunked x"s,
                                     "gzip;q=1, chunked"s,
                                     "gzip,,chunked"s,
                                     "chunked\xff"s,
                                     "\xef\xbb\xbf"
                                     "chunked"s,
                                     "cow"s,
                                     "identity, cow"s,
                                     "chunked, cow"s,
                                     "c\xc4\xa5unked"s,
                                     "gzip chunked"s,
                                     "trailers, (chunked)"s}) {
        cases.push_back({te(value), bad});
    }
    cases.push_back({te("chunked") + te("chunked"), bad});
    cases.push_back({te("identity") + te("chunked"), bad});
    cases.push_back({te("chunked") + te("identity"), bad});
    cases.push_back({te("gzip") + te("chunked"), bad});
    cases.push_back({te("") + te("chunked"), bad});
    return cases;
}

// The line itself is broken, which another reader might overlook.
std::vector<Case> broken_lines() {
    return {
        {te("chunked\x0b"), Violation::malformed_field},
        {te("\x0c"
            "chunked"),
         Violation::malformed_field},
        {te("chunked\x01"), Violation::malformed_field},
        {te("chunked\0"s), Violation::malformed_field},
        {te("chunked\x7f"), Violation::malformed_field},
        {te("chunked\r"), Violation::bare_line_break},
        {"Transfer-Encoding: chunked\n\r\n", Violation::bare_line_break},
        {"Transfer-Encoding:\r\n chunked\r\n", Violation::obsolete_line_folding},
        {"Transfer-Encoding: chunked\r\n\tx\r\n", Violation::obsolete_line_folding},
        {" Transfer-Encoding: chunked\r\n", Violation::obsolete_line_folding},
        {"Transfer-Encoding : chunked\r\n", Violation::malformed_field},
        {"Transfer-Encoding\t: chunked\r\n", Violation::malformed_field},
        {"Transfer-Encoding\0: chunked\r\n"s, Violation::malformed_field},
        {"Transfer Encoding: chunked\r\n", Violation::malformed_field},
        {"X: y\rTransfer-Encoding: chunked\r\n", Violation::bare_line_break},
        {"X: y\nTransfer-Encoding: chunked\r\n", Violation::bare_line_break},
        {": chunked\r\n", Violation::malformed_field},
    };
}

class TransferEncoding : public testing::TestWithParam<Case> {};

TEST_P(TransferEncoding, of_a_request) {
    const Verdict verdict =
        judge_request("POST / HTTP/1.1\r\nHost: x\r\n" + GetParam().lines + "\r\n");
    EXPECT_EQ(verdict.violation, GetParam().expected);
    EXPECT_EQ(verdict.framing.kind,
              GetParam().expected == Violation::none ? BodyKind::chunked : BodyKind::none);
}

TEST_P(TransferEncoding, of_a_response) {
    const Verdict verdict =
        judge_response("HTTP/1.1 200 OK\r\nServer: x\r\n" + GetParam().lines + "\r\n");
    EXPECT_EQ(verdict.violation, GetParam().expected);
}

INSTANTIATE_TEST_SUITE_P(accepted, TransferEncoding, testing::ValuesIn(accepted()));
INSTANTIATE_TEST_SUITE_P(unsupported, TransferEncoding, testing::ValuesIn(unsupported()));
INSTANTIATE_TEST_SUITE_P(obfuscated, TransferEncoding, testing::ValuesIn(obfuscated()));
INSTANTIATE_TEST_SUITE_P(broken_line, TransferEncoding, testing::ValuesIn(broken_lines()));

// Names that only a lenient reader takes for the real one frame nothing (and are never forwarded).
TEST(TransferEncoding, look_alike_names_frame_nothing) {
    const Verdict verdict = judge_request(
        "POST / HTTP/1.1\r\nHost: x\r\nTransfer_Encoding: chunked\r\n"
        "X-Transfer-Encoding: chunked\r\nContent-Length: 3\r\n\r\n");
    EXPECT_EQ(verdict.violation, Violation::none);
    EXPECT_EQ(verdict.framing.length, 3u);
}

}  // namespace
}  // namespace errgate::http
