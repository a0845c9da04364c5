// Circles are seen in Via, and Max-Forwards counts only where RFC 9110 7.6.2 says so.
#include "http/hops.hpp"

#include <gtest/gtest.h>

namespace errgate::http {
namespace {

Fields via(std::initializer_list<std::string_view> values) {
    Fields fields;
    for (const std::string_view value : values)
        fields.push_back({FieldName::via, "Via", value});
    return fields;
}

TEST(Hops, counts_gateways_of_our_kind) {
    struct Case {
        const char* name;
        Fields fields;
        std::size_t passed;
    };
    const Case cases[] = {
        {"no Via", {}, 0},
        {"another proxy", via({"1.1 nginx"}), 0},
        {"us", via({"1.1 errgate"}), 1},
        {"us among others", via({"1.0 fred, 1.1 errgate, HTTP/1.1 errgate (pod 7), 1.1 p.example"}),
         2},
        {"several fields", via({"1.1 errgate", "1.1 errgate"}), 2},
        {"a longer name", via({"1.1 errgate.example, 1.1 my-errgate"}), 0},
        {"no version", via({"errgate"}), 0},
    };
    for (const Case& c : cases)
        EXPECT_EQ(gateways_passed(c.fields), c.passed) << c.name;
}

TEST(Hops, max_forwards_is_for_options_and_trace) {
    struct Case {
        const char* name;
        Method method;
        std::string_view value;
        std::optional<std::uint64_t> left;
    };
    const Case cases[] = {
        {"OPTIONS", Method::options, "0", 0},
        {"TRACE", Method::trace, "10", 10},
        {"GET", Method::get, "0", std::nullopt},
        {"no number", Method::options, "many", std::nullopt},
        {"negative", Method::options, "-1", std::nullopt},
        {"empty", Method::options, "", std::nullopt},
        {"too large for us", Method::options, "99999999999999999999", std::nullopt},
    };
    for (const Case& c : cases) {
        const RequestHead head{
            c.method, "", "*", 11, {{FieldName::unknown, "max-forwards", c.value}}};
        EXPECT_EQ(max_forwards(head), c.left) << c.name;
    }
}

}  // namespace
}  // namespace errgate::http
