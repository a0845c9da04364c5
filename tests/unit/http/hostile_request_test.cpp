// Requests that two readers could read in two ways, each with the rule it breaks.
#include "judge.hpp"

#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <vector>

namespace errgate::http {
namespace {

using namespace std::string_literals;

struct Case {
    const char* name;
    std::string text;
    Violation expected;
};

void PrintTo(const Case& c, std::ostream* out) {
    *out << c.name;
}

// A request whose field lines are these.
std::string get(const std::string& lines) {
    return "GET /a HTTP/1.1\r\n" + lines + "\r\n";
}
std::string post(const std::string& lines) {
    return "POST /a HTTP/1.1\r\nHost: x\r\n" + lines + "\r\n";
}
std::string target(const std::string& text) {
    return "GET " + text + " HTTP/1.1\r\nHost: x\r\n\r\n";
}

const std::vector<Case>& start_lines() {
    static const std::vector<Case> cases{
        {"2: TLS client hello", "\x16\x03\x01\x02", Violation::malformed_start_line},
        {"2: NUL first", "\0GET / HTTP/1.1\r\n\r\n"s, Violation::malformed_start_line},
        {"2.2: LF first", "\nGET / HTTP/1.1\r\n\r\n", Violation::bare_line_break},
        {"2.2: CR first", "\rGET / HTTP/1.1\r\n\r\n", Violation::bare_line_break},
        {"2.2: five empty lines", "\r\n\r\n\r\n\r\n\r\nGET / HTTP/1.1\r\n\r\n",
         Violation::malformed_start_line},
        {"2.2: space first", " GET / HTTP/1.1\r\n\r\n", Violation::malformed_start_line},
        {"2.2: bare LF after the request line", "GET / HTTP/1.1\nHost: x\r\n\r\n",
         Violation::bare_line_break},
        {"2.2: bare CR after the request line", "GET / HTTP/1.1\rHost: x\r\n\r\n",
         Violation::bare_line_break},
        {"2.2: space line before the first field", "GET / HTTP/1.1\r\n \r\nHost: x\r\n\r\n",
         Violation::obsolete_line_folding},
        {"2.3: HTTP/2 preface", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", Violation::unsupported_version},
        {"2.3: HTTP/0.9", "GET /\r\n", Violation::unsupported_version},
        {"2.3: HTTP/1.2", "GET / HTTP/1.2\r\n\r\n", Violation::unsupported_version},
        {"2.3: HTTP/3.7", "GET / HTTP/3.7\r\n\r\n", Violation::unsupported_version},
        {"2.3: HTTP/0.9 by name", "GET / HTTP/0.9\r\n\r\n", Violation::unsupported_version},
        {"2.3: lower case", "GET / http/1.1\r\n\r\n", Violation::malformed_start_line},
        {"2.3: two digits", "GET / HTTP/1.10\r\n\r\n", Violation::malformed_start_line},
        {"2.3: no digit", "GET / HTTP/1.\r\n\r\n", Violation::malformed_start_line},
        {"2.3: another protocol", "GET / RTSP/1.0\r\n\r\n", Violation::malformed_start_line},
        {"3: one word", "hello\r\n", Violation::malformed_start_line},
        {"3: nothing behind the method", "GET \r\n\r\n", Violation::malformed_start_line},
        {"3: two spaces", "GET  / HTTP/1.1\r\nHost: x\r\n\r\n", Violation::invalid_target},
        {"3: space behind the version", "GET / HTTP/1.1 \r\nHost: x\r\n\r\n",
         Violation::malformed_start_line},
        {"3.1: method with a bracket", "GE[T / HTTP/1.1\r\nHost: x\r\n\r\n",
         Violation::invalid_method},
        {"3.1: method with a tab", "GET\t/ HTTP/1.1\r\nHost: x\r\n\r\n", Violation::invalid_method},
        {"3.2: space in the target", target("/a b"), Violation::invalid_target},
        {"3.2: tab in the target", target("/a\tb"), Violation::invalid_target},
        {"3.2: NUL in the target", target("/a\0b"s), Violation::invalid_target},
        {"3.2: DEL in the target", target("/a\x7f"), Violation::invalid_target},
        {"3.2: byte over 0x7f", target("/a\xc3\xa4"), Violation::invalid_target},
        {"3.2: fragment", target("/a#b"), Violation::invalid_target},
        {"3.2: backslash", target("/a\\b"), Violation::invalid_target},
        {"3.2: quote", target("/a\"b"), Violation::invalid_target},
        {"3.2: angle", target("/<a>"), Violation::invalid_target},
        {"3.2: caret", target("/^a"), Violation::invalid_target},
        {"3.2: backtick", target("/`a"), Violation::invalid_target},
        {"3.2: brace", target("/{a}"), Violation::invalid_target},
        {"3.2: bar", target("/a|b"), Violation::invalid_target},
        {"3.2.1: relative", target("a/b"), Violation::invalid_target},
        {"3.2.1: dot segment", target("/a/./b"), Violation::invalid_target},
        {"3.2.1: dot dot segment", target("/a/../b"), Violation::invalid_target},
        {"3.2.1: dot dot at the end", target("/a/.."), Violation::invalid_target},
        {"3.2.1: dot dot before the query", target("/a/..?b"), Violation::invalid_target},
        {"3.2.1: encoded dots", target("/a/%2e%2E/b"), Violation::invalid_target},
        {"3.2.1: half encoded dots", target("/a/.%2e/b"), Violation::invalid_target},
        {"3.2.1: dots with a parameter", target("/a/..;x=y/b"), Violation::invalid_target},
        {"3.2.1: encoded slash behind dots", target("/a/..%2fb"), Violation::invalid_target},
        {"3.2.1: encoded slash before dots", target("/a%2f../b"), Violation::invalid_target},
        {"3.2.1: encoded backslash behind dots", target("/a/..%5Cb"), Violation::invalid_target},
        {"3.2.2: another scheme", target("ftp://x/a"), Violation::invalid_target},
        {"3.2.2: no authority", target("http:///a"), Violation::invalid_target},
        {"3.2.2: userinfo", target("http://u:p@x/a"), Violation::invalid_target},
        {"3.2.2: dots behind the authority", target("http://x/../a"), Violation::invalid_target},
        {"3.2.2: query without path", target("http://x?a"), Violation::invalid_target},
        {"3.2.3: CONNECT", "CONNECT x:443 HTTP/1.1\r\nHost: x\r\n\r\n",
         Violation::unsupported_connect},
        {"3.2.4: asterisk without OPTIONS", target("*"), Violation::invalid_target},
    };
    return cases;
}

const std::vector<Case>& fields() {
    static const std::vector<Case> cases{
        {"2.2: bare LF after a field", "GET / HTTP/1.1\r\nHost: x\nA: b\r\n\r\n",
         Violation::bare_line_break},
        {"2.2: bare LF ends the head", "GET / HTTP/1.1\r\nHost: x\r\n\nA: b\r\n\r\n",
         Violation::bare_line_break},
        {"2.2: bare CR in a value", get("Host: x\r\nA: b\rc\r\n"), Violation::bare_line_break},
        {"2.2: CR CR LF", get("Host: x\r\r\n"), Violation::bare_line_break},
        {"5: NUL in a value", get("Host: x\r\nA: b\0c\r\n"s), Violation::malformed_field},
        {"5: control byte in a value", get("Host: x\r\nA: b\x01\r\n"), Violation::malformed_field},
        {"5: vertical tab in a value", get("Host: x\r\nA: \x0b\r\n"), Violation::malformed_field},
        {"5: DEL in a value", get("Host: x\r\nA: \x7f\r\n"), Violation::malformed_field},
        {"5: NUL in a name", get("Host: x\r\nA\0: b\r\n"s), Violation::malformed_field},
        {"5: empty name", get("Host: x\r\n: b\r\n"), Violation::malformed_field},
        {"5: no colon", get("Host: x\r\nA\r\n"), Violation::malformed_field},
        {"5: name with a space", get("Host: x\r\nA b: c\r\n"), Violation::malformed_field},
        {"5: name over 0x7f", get("Host: x\r\n\xc3\xa4: c\r\n"), Violation::malformed_field},
        {"5: name with a slash", get("Host: x\r\na/b: c\r\n"), Violation::malformed_field},
        {"5.1: space before the colon", get("Host : x\r\n"), Violation::malformed_field},
        {"5.1: tab before the colon", post("Content-Length\t: 3\r\n"), Violation::malformed_field},
        {"5.2: folded with a space", get("Host: x\r\nA: b\r\n c\r\n"),
         Violation::obsolete_line_folding},
        {"5.2: folded with a tab", get("Host: x\r\nA: b\r\n\tc\r\n"),
         Violation::obsolete_line_folding},
        {"5.2: folded into nothing", get("Host: x\r\nA:\r\n b\r\n"),
         Violation::obsolete_line_folding},
        {"5.2: line of whitespace", get("Host: x\r\n \r\nA: b\r\n"),
         Violation::obsolete_line_folding},
        {"9110 7.6.1: Connection is no list", get("Host: x\r\nConnection: a b\r\n"),
         Violation::malformed_field},
        {"3.2: no Host", get("A: b\r\n"), Violation::missing_host},
        {"3.2: two Hosts", get("Host: x\r\nHost: x\r\n"), Violation::repeated_host},
        {"3.2: two different Hosts", get("Host: x\r\nhost: y\r\n"), Violation::repeated_host},
        {"3.2: two Hosts in 1.0", "GET / HTTP/1.0\r\nHost: x\r\nHost: y\r\n\r\n",
         Violation::repeated_host},
        {"3.2: absolute form does not replace the field", "GET http://x/ HTTP/1.1\r\n\r\n",
         Violation::missing_host},
        {"9110 7.2: empty Host", get("Host:\r\n"), Violation::invalid_host},
        {"9110 7.2: Host list", get("Host: x, y\r\n"), Violation::invalid_host},
        {"9110 7.2: Host with a space", get("Host: x y\r\n"), Violation::invalid_host},
        {"9110 7.2: Host with a path", get("Host: x/a\r\n"), Violation::invalid_host},
        {"9110 7.2: Host with userinfo", get("Host: u@x\r\n"), Violation::invalid_host},
        {"9110 7.2: Host with a fragment", get("Host: x#a\r\n"), Violation::invalid_host},
        {"9110 7.2: port is no number", get("Host: x:8o\r\n"), Violation::invalid_host},
        {"9110 7.2: port too large", get("Host: x:65536\r\n"), Violation::invalid_host},
        {"9110 7.2: two ports", get("Host: x:80:80\r\n"), Violation::invalid_host},
        {"9110 7.2: port alone", get("Host: :80\r\n"), Violation::invalid_host},
        {"9110 7.2: bare IPv6", get("Host: ::1\r\n"), Violation::invalid_host},
        {"9110 7.2: open bracket", get("Host: [::1\r\n"), Violation::invalid_host},
        {"9110 7.2: no address in brackets", get("Host: [x]\r\n"), Violation::invalid_host},
        {"9110 7.2: text behind the bracket", get("Host: [::1]x\r\n"), Violation::invalid_host},
        {"9110 7.2: broken percent encoding", get("Host: a%2\r\n"), Violation::invalid_host},
        {"9110 10.1.1: another expectation", post("Expect: 200-ok\r\n"),
         Violation::unsupported_expectation},
        {"9110 10.1.1: obfuscated expectation", post("Expect: y 100-continue\r\n"),
         Violation::unsupported_expectation},
        {"9110 10.1.1: second expectation", post("Expect: 100-continue\r\nExpect: x\r\n"),
         Violation::unsupported_expectation},
    };
    return cases;
}

const std::vector<Case>& lengths() {
    constexpr Violation bad = Violation::invalid_content_length;
    constexpr Violation both = Violation::content_length_and_transfer_encoding;
    static const std::vector<Case> cases{
        {"9110 8.6: empty", post("Content-Length:\r\n"), bad},
        {"9110 8.6: empty next to a real one", post("Content-Length:\r\nContent-Length: 3\r\n"),
         bad},
        {"9110 8.6: plus", post("Content-Length: +3\r\n"), bad},
        {"9110 8.6: minus", post("Content-Length: -3\r\n"), bad},
        {"9110 8.6: hexadecimal", post("Content-Length: 0x3\r\n"), bad},
        {"9110 8.6: fraction", post("Content-Length: 3.0\r\n"), bad},
        {"9110 8.6: exponent", post("Content-Length: 3e0\r\n"), bad},
        {"9110 8.6: underscore", post("Content-Length: 1_0\r\n"), bad},
        {"9110 8.6: text behind", post("Content-Length: 3a\r\n"), bad},
        {"9110 8.6: space between", post("Content-Length: 3 3\r\n"), bad},
        {"9110 8.6: semicolon", post("Content-Length: 3;\r\n"), bad},
        {"9110 8.6: quoted", post("Content-Length: \"3\"\r\n"), bad},
        {"9110 8.6: no-break space", post("Content-Length: \xa0\x33\r\n"), bad},
        {"9110 8.6: 2^63", post("Content-Length: 9223372036854775808\r\n"), bad},
        {"9110 8.6: 2^64", post("Content-Length: 18446744073709551616\r\n"), bad},
        {"9110 8.6: 2^64 + 3", post("Content-Length: 18446744073709551619\r\n"), bad},
        {"6.3: list that differs", post("Content-Length: 3, 4\r\n"), bad},
        {"6.3: list with an empty element", post("Content-Length: 3,\r\n"), bad},
        {"6.3: list that begins empty", post("Content-Length: ,3\r\n"), bad},
        {"6.3: fields that differ", post("Content-Length: 3\r\nContent-Length: 4\r\n"), bad},
        {"6.3: first is right, second bad", post("Content-Length: 3\r\nContent-Length: a\r\n"),
         bad},
        {"6.1: length, then chunked", post("Content-Length: 3\r\nTransfer-Encoding: chunked\r\n"),
         both},
        {"6.1: chunked, then length", post("Transfer-Encoding: chunked\r\nContent-Length: 3\r\n"),
         both},
        {"6.1: another coding, then length",
         post("Transfer-Encoding: identity\r\nContent-Length: 3\r\n"), both},
        {"6.1: length, then another coding",
         post("Content-Length: 3\r\nTransfer-Encoding: identity\r\n"), both},
        {"6.1: chunked and length 0", post("Transfer-Encoding: chunked\r\nContent-Length: 0\r\n"),
         both},
        {"6.1: chunked in 1.0", "POST / HTTP/1.0\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n",
         Violation::transfer_encoding_in_http10},
        {"6.1: gzip in 1.0", "POST / HTTP/1.0\r\nTransfer-Encoding: gzip\r\n\r\n",
         Violation::transfer_encoding_in_http10},
    };
    return cases;
}

class HostileRequest : public testing::TestWithParam<Case> {};

TEST_P(HostileRequest, is_refused_for_the_right_reason) {
    EXPECT_EQ(judge_request(GetParam().text).violation, GetParam().expected);
}

TEST_P(HostileRequest, is_refused_alike_however_its_bytes_arrive) {
    const std::string& text = GetParam().text;
    const Verdict whole = judge_request(text);
    for (std::size_t at = 0; at < text.size(); ++at) {
        EXPECT_EQ(judge_split<RequestParser>(text, at, text.size()), whole) << "split at " << at;
    }
    EXPECT_EQ(judge_split<RequestParser>(text, 0, 1), whole) << "byte by byte";
}

INSTANTIATE_TEST_SUITE_P(start_line, HostileRequest, testing::ValuesIn(start_lines()));
INSTANTIATE_TEST_SUITE_P(field, HostileRequest, testing::ValuesIn(fields()));
INSTANTIATE_TEST_SUITE_P(length, HostileRequest, testing::ValuesIn(lengths()));

}  // namespace
}  // namespace errgate::http
