// Targets and authorities that are accepted, and what they stand for. Refusals:
// hostile_request_test.
#include "http/target.hpp"

#include <gtest/gtest.h>

namespace errgate::http {
namespace {

RequestHead request(Method method, std::string_view target) {
    return {method, "", target, 11, {{FieldName::host, "Host", "field.example"}}};
}

struct Case {
    const char* name;
    Method method;
    std::string_view target;
    std::string_view authority;
    std::string_view origin;
};

TEST(Target, says_whom_and_what_the_client_asked_for) {
    const Case cases[] = {
        {"origin form", Method::get, "/a?b=c", "field.example", "/a?b=c"},
        {"brackets and percent", Method::get, "/a%zz?x[]=%5B", "field.example", "/a%zz?x[]=%5B"},
        {"dots inside names", Method::get, "/.well-known/a..b/...", "field.example",
         "/.well-known/a..b/..."},
        {"dots in the query", Method::get, "/a?b=/../c", "field.example", "/a?b=/../c"},
        {"empty segments", Method::get, "//a//", "field.example", "//a//"},
        {"asterisk", Method::options, "*", "field.example", "*"},
        {"absolute form", Method::get, "http://url.example:81/a?b", "url.example:81", "/a?b"},
        {"https in capitals", Method::get, "HTTPS://url.example/", "url.example", "/"},
        {"absolute form without a path", Method::get, "http://url.example", "url.example", "/"},
        {"the same with OPTIONS (3.2.4)", Method::options, "http://url.example", "url.example",
         "*"},
        {"IPv6", Method::get, "http://[::1]:80/a", "[::1]:80", "/a"},
    };
    for (const Case& c : cases) {
        SCOPED_TRACE(c.name);
        const RequestHead head = request(c.method, c.target);
        EXPECT_EQ(check_target(head), Violation::none);
        EXPECT_EQ(authority(head), c.authority);
        EXPECT_EQ(origin_target(head), c.origin);
    }
}

TEST(Target, has_no_authority_without_host) {
    EXPECT_EQ(authority({Method::get, "GET", "/", 10, {}}).data(), nullptr);
}

TEST(Authority, accepts_names_and_addresses) {
    for (std::string_view text : {"x", "pay.internal", "127.0.0.1:8080", "[2001:db8::1]",
                                  "[::1]:443", "a_b-c~d", "x:", "%C3%A4.example", "x:65535"}) {
        EXPECT_TRUE(is_authority(text)) << text;
    }
}

}  // namespace
}  // namespace errgate::http
