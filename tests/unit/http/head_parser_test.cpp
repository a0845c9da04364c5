// What the parsers make of good heads, of heads in pieces, and of limits.
#include "http/head_parser.hpp"

#include "http/field_line.hpp"
#include "judge.hpp"

#include <boost/beast/http/basic_parser.hpp>
#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <string>
#include <string_view>

namespace errgate::http {
namespace {

using namespace std::string_literals;

constexpr std::string_view kPost =
    "POST /v1/charges?expand[]=customer HTTP/1.1\r\n"
    "Host: api.example:8443\r\n"
    "X-Note:  two words \t\r\n"
    "x-note: again\r\n"
    "Empty:\r\n"
    "Content-Length: 5\r\n"
    "\r\n"
    "hello";

TEST(RequestParser, keeps_views_into_the_buffer_in_order_of_arrival) {
    RequestParser parser;
    const ParseResult result = parser.feed(kPost);
    ASSERT_EQ(result.status, ParseStatus::complete);
    EXPECT_EQ(result.head_bytes, kPost.size() - 5);
    const RequestHead& head = parser.head();
    EXPECT_EQ(head.method, Method::post);
    EXPECT_EQ(head.method_text, "POST");
    EXPECT_EQ(head.target, "/v1/charges?expand[]=customer");
    EXPECT_EQ(head.version, 11);
    ASSERT_EQ(head.fields.size(), 5u);
    EXPECT_EQ(head.fields[0].id, FieldName::host);
    EXPECT_EQ(head.fields[1].value, "two words");
    EXPECT_EQ(head.fields[2].name, "x-note");
    EXPECT_EQ(head.fields[3].value, "");
    EXPECT_EQ(head.target.data(), kPost.data() + 5);
}

TEST(RequestParser, gives_one_result_however_the_bytes_arrive) {
    const Verdict whole = judge_request(kPost);
    ASSERT_TRUE(whole.complete);
    for (std::size_t at = 0; at <= kPost.size(); ++at) {
        EXPECT_EQ(judge_split<RequestParser>(kPost, at, kPost.size()), whole) << "split at " << at;
    }
    EXPECT_EQ(judge_split<RequestParser>(kPost, 0, 1), whole);
}

TEST(RequestParser, keeps_the_spelling_of_extension_methods) {
    RequestParser parser;
    ASSERT_EQ(parser.feed("purge-all / HTTP/1.0\r\n\r\n").status, ParseStatus::complete);
    EXPECT_EQ(parser.head().method, Method::unknown);
    EXPECT_EQ(parser.head().method_text, "purge-all");
    EXPECT_EQ(parser.head().version, 10);
}

TEST(RequestParser, skips_up_to_four_empty_lines_before_a_request) {
    const Verdict verdict = judge_request("\r\n\r\n\r\n\r\nGET / HTTP/1.1\r\nHost: x\r\n\r\n");
    EXPECT_TRUE(verdict.complete);
    EXPECT_EQ(verdict.head_bytes, 8u + 27u);
}

TEST(RequestParser, asks_for_more_until_the_empty_line) {
    RequestParser parser;
    EXPECT_EQ(parser.feed("").status, ParseStatus::need_more);
    EXPECT_EQ(parser.feed("\r").status, ParseStatus::need_more);
    EXPECT_EQ(parser.feed("\r\nGET / HTTP/1.1\r\nHost: x\r\n").status, ParseStatus::need_more);
}

TEST(RequestParser, repeats_its_answer_once_it_has_one) {
    RequestParser parser;
    ASSERT_EQ(parser.feed(kPost).status, ParseStatus::complete);
    const ParseResult again = parser.feed(kPost);
    EXPECT_EQ(again.status, ParseStatus::complete);
    EXPECT_EQ(parser.head().fields.size(), 5u);
}

TEST(RequestParser, begins_anew_after_reset) {
    RequestParser parser;
    ASSERT_EQ(parser.feed("nonsense\r\n").status, ParseStatus::error);
    parser.reset({});
    EXPECT_TRUE(parser.head().fields.empty());
    EXPECT_EQ(parser.feed(kPost).status, ParseStatus::complete);
}

TEST(ResponseParser, keeps_status_and_reason) {
    ResponseParser parser;
    ASSERT_EQ(parser.feed("HTTP/1.0 402 Payment Required\r\nA: b\r\n\r\n").status,
              ParseStatus::complete);
    EXPECT_EQ(parser.head().status, 402);
    EXPECT_EQ(parser.head().reason, "Payment Required");
    EXPECT_EQ(parser.head().version, 10);
}

// RFC 9112 4 asks for the space; nginx and HAProxy take the line without.
TEST(ResponseParser, takes_a_status_line_that_ends_behind_the_code) {
    const std::string text = "HTTP/1.1 200\r\nA: b\r\n\r\n";
    const Verdict whole = judge_response(text);
    EXPECT_TRUE(whole.complete);
    EXPECT_EQ(whole.head_bytes, text.size());
    EXPECT_EQ(judge_split<ResponseParser>(text, 0, 1), whole);
    ResponseParser parser;
    ASSERT_EQ(parser.feed(text).status, ParseStatus::complete);
    EXPECT_EQ(parser.head().status, 200);
    EXPECT_EQ(parser.head().reason, "");
}

struct BadStatusLine {
    const char* name;
    std::string text;
    Violation expected;
};

TEST(ResponseParser, refuses_bad_status_lines) {
    const BadStatusLine cases[] = {
        {"another protocol", "SSH-2.0-OpenSSH\r\n", Violation::malformed_start_line},
        {"TLS alert", "\x15\x03\x01", Violation::malformed_start_line},
        {"empty line first", "\r\nHTTP/1.1 200 OK\r\n\r\n", Violation::malformed_start_line},
        {"shoutcast", "ICY 200 OK\r\n\r\n", Violation::malformed_start_line},
        {"HTTP/2", "HTTP/2.0 200 OK\r\n\r\n", Violation::unsupported_version},
        {"version without minor", "HTTP/2 200\r\n\r\n", Violation::malformed_start_line},
        {"no status", "HTTP/1.1\r\n\r\n", Violation::malformed_start_line},
        {"two digits", "HTTP/1.1 20 OK\r\n\r\n", Violation::invalid_status},
        {"four digits", "HTTP/1.1 2000 OK\r\n\r\n", Violation::invalid_status},
        {"letters", "HTTP/1.1 2xx OK\r\n\r\n", Violation::invalid_status},
        {"two spaces", "HTTP/1.1  200 OK\r\n\r\n", Violation::invalid_status},
        {"status 000", "HTTP/1.1 000 OK\r\n\r\n", Violation::invalid_status},
        {"status 099", "HTTP/1.1 099 OK\r\n\r\n", Violation::invalid_status},
        {"status 600", "HTTP/1.1 600 OK\r\n\r\n", Violation::invalid_status},
        {"status 999", "HTTP/1.1 999\r\n\r\n", Violation::invalid_status},
        {"NUL in the reason", "HTTP/1.1 200 O\0K\r\n\r\n"s, Violation::malformed_start_line},
        {"bare LF", "HTTP/1.1 200 OK\nA: b\r\n\r\n", Violation::bare_line_break},
        {"bare CR", "HTTP/1.1 200 OK\rA: b\r\n\r\n", Violation::bare_line_break},
        {"obs-fold", "HTTP/1.1 200 OK\r\nA: b\r\n c\r\n\r\n", Violation::obsolete_line_folding},
        {"space before the colon", "HTTP/1.1 200 OK\r\nA : b\r\n\r\n", Violation::malformed_field},
    };
    for (const BadStatusLine& c : cases) {
        SCOPED_TRACE(c.name);
        const Verdict whole = judge_response(c.text);
        EXPECT_EQ(whole.violation, c.expected);
        EXPECT_EQ(judge_split<ResponseParser>(c.text, 0, 1), whole);
    }
}

// Limits. RFC 9110 5.4 and RFC 9112 3: a 4xx for what is too large, however little of it came.

TEST(HeadLimits, a_head_of_exactly_the_limit_passes) {
    const std::string text = "GET / HTTP/1.1\r\nHost: x\r\n\r\n";
    EXPECT_TRUE(judge_request(text, {.head_bytes = text.size()}).complete);
    EXPECT_EQ(judge_request(text, {.head_bytes = text.size() - 1}).violation,
              Violation::head_too_large);
}

TEST(HeadLimits, a_head_that_never_ends_is_refused_at_the_limit) {
    const std::string begin = "GET / HTTP/1.1\r\nHost: x\r\nA: ";
    const std::string text = begin + std::string(200, 'a');
    RequestParser parser;
    parser.reset({.head_bytes = 128});
    EXPECT_EQ(parser.feed(std::string_view(text).substr(0, 127)).status, ParseStatus::need_more);
    EXPECT_EQ(parser.feed(std::string_view(text).substr(0, 128)).violation,
              Violation::head_too_large);
}

TEST(HeadLimits, a_method_that_never_ends_is_refused_at_the_limit) {
    EXPECT_EQ(judge_request(std::string(200, 'A'), {.head_bytes = 128}).violation,
              Violation::head_too_large);
}

TEST(HeadLimits, fields_are_counted) {
    const std::string two = "GET / HTTP/1.1\r\nHost: x\r\nA: b\r\n";
    EXPECT_TRUE(judge_request(two + "\r\n", {.fields = 2}).complete);
    EXPECT_EQ(judge_request(two + "C: d\r\n", {.fields = 2}).violation, Violation::too_many_fields);
}

TEST(HeadLimits, a_target_of_exactly_the_limit_passes) {
    const std::string text = "GET /" + std::string(15, 'a') + " HTTP/1.1\r\nHost: x\r\n\r\n";
    EXPECT_TRUE(judge_request(text, {.target_bytes = 16}).complete);
    EXPECT_EQ(judge_request(text, {.target_bytes = 15}).violation, Violation::target_too_long);
}

TEST(HeadLimits, a_long_target_is_refused_before_its_line_ends) {
    const std::string text = "GET /" + std::string(16, 'a');
    RequestParser parser;
    parser.reset({.target_bytes = 16});
    EXPECT_EQ(parser.feed(std::string_view(text).substr(0, text.size() - 1)).status,
              ParseStatus::need_more);
    EXPECT_EQ(parser.feed(text).violation, Violation::target_too_long);
}

TEST(HeadLimits, a_line_break_in_the_method_begins_no_target) {
    const std::string text = "T\n /" + std::string(20, 'a') + " HTTP/1.1\r\n\r\n";
    EXPECT_EQ(judge_request(text, {.target_bytes = 15}).violation, Violation::bare_line_break);
}

// Properties.

std::string random_text(std::mt19937& random) {
    static constexpr std::string_view kPieces[] = {"GET ",
                                                   "/a",
                                                   " HTTP/1.1",
                                                   "\r\n",
                                                   "\r\n\r\n",
                                                   "Host: x",
                                                   "\n",
                                                   "\r",
                                                   ": ",
                                                   " ",
                                                   "Content-Length: 3",
                                                   "HTTP/1.1 200",
                                                   ", ",
                                                   "\t",
                                                   "chunked",
                                                   "Connection: close",
                                                   "Transfer-Encoding: "};
    std::string text;
    for (auto n = random() % 12; n > 0; --n) {
        if (random() % 8 == 0) {
            text.push_back(static_cast<char>(random()));
        } else {
            text += kPieces[random() % std::size(kPieces)];
        }
    }
    return text;
}

TEST(HeadParserProperty, the_verdict_depends_on_the_bytes_and_not_on_the_split) {
    std::mt19937 random(20240607);
    const HeadLimits tight{.head_bytes = 96, .fields = 4, .target_bytes = 24};
    for (int i = 0; i < 5000; ++i) {
        const std::string text = random_text(random);
        const std::size_t step = 1 + random() % 5;
        EXPECT_EQ(judge_split<RequestParser>(text, 0, step, tight), judge_request(text, tight))
            << testing::PrintToString(text);
        EXPECT_EQ(judge_split<ResponseParser>(text, 0, step, tight), judge_response(text, tight))
            << testing::PrintToString(text);
    }
}

// Beast's parser as a second opinion: its events, as it gives them.
template <bool isRequest>
class BeastHead final : public boost::beast::http::basic_parser<isRequest> {
  public:
    // Does Beast read `text` as a head with these fields?
    bool reads(std::string_view text, const Fields& expected) {
        this->eager(false);
        this->body_limit(boost::none);
        Code error;
        this->put({text.data(), text.size()}, error);
        return !error && this->is_header_done() &&
               std::ranges::equal(fields_, expected, [](const Field& a, const Field& b) {
                   const bool same_id = a.id == b.id || b.id == FieldName::unknown;
                   return same_id && a.name == b.name && a.value == b.value;
               });
    }

  private:
    using Code = boost::beast::error_code;
    using Text = boost::beast::string_view;
    void on_request_impl(Method, Text, Text, int, Code&) override {}
    void on_response_impl(int, Text, int, Code&) override {}
    void on_field_impl(FieldName id, Text name, Text value, Code&) override {
        fields_.push_back({id, name, value});
    }
    void on_header_impl(Code&) override {}
    void on_body_init_impl(const boost::optional<std::uint64_t>&, Code&) override {}
    std::size_t on_body_impl(Text, Code&) override { return 0; }
    void on_chunk_header_impl(std::uint64_t, Text, Code&) override {}
    std::size_t on_chunk_body_impl(std::uint64_t, Text, Code&) override { return 0; }
    void on_finish_impl(Code&) override {}

    Fields fields_;
};

// Ours may refuse more, never take more or read it otherwise. Exceptions: empty lines before a
// request, and the status line that ends behind its code.
template <bool isRequest, typename Parser>
void expect_beast_agrees(std::string_view text) {
    Parser parser;
    const ParseResult parsed = parser.feed(text);
    const Verdict verdict = finish(parser, parsed);
    if (!verdict.complete || verdict.violation != Violation::none) return;
    std::string_view head = text.substr(0, parsed.head_bytes);
    if constexpr (isRequest) {
        while (head.starts_with("\r\n"))
            head.remove_prefix(2);
    } else {
        if (head.substr(12, 2) == "\r\n") return;
    }
    EXPECT_TRUE(BeastHead<isRequest>().reads(head, parser.head().fields))
        << testing::PrintToString(text);
}

TEST(HeadParserProperty, beast_takes_all_that_ours_takes_and_reads_the_same) {
    std::mt19937 random(20240608);
    const std::string response =
        "HTTP/1.1 402 Payment Required\r\n" + std::string(kPost.substr(45));
    for (int i = 0; i < 20'000; ++i) {
        std::string text(random() % 2 == 0 ? kPost : std::string_view(response));
        for (auto n = random() % 4; n > 0; --n) {
            const std::size_t at = random() % text.size();
            const std::string piece = random_text(random);
            text.replace(at, random() % 3, random() % 3 == 0 ? piece.substr(0, 2) : piece);
        }
        expect_beast_agrees<true, RequestParser>(text);
        expect_beast_agrees<false, ResponseParser>(text);
    }
}

TEST(FieldLine, every_byte_is_judged_the_same_wherever_it_stands) {
    for (int byte = 0; byte < 256; ++byte) {
        const bool allowed = byte == '\t' || (byte >= 0x20 && byte != 0x7f);
        for (std::size_t before = 1; before <= 9; ++before) {
            for (std::size_t after = 1; after <= 9; ++after) {
                const std::string line = "A:" + std::string(before, 'v') + static_cast<char>(byte) +
                                         std::string(after, 'v');
                Fields fields;
                EXPECT_EQ(take_field_line(line, fields) == Violation::none, allowed)
                    << byte << " at " << before;
            }
        }
    }
}

}  // namespace
}  // namespace errgate::http
