// Every violation has a slug, a sentence and a status.
#include "http/violation.hpp"

#include <gtest/gtest.h>

#include <set>
#include <string_view>

namespace errgate::http {
namespace {

constexpr int kLast = static_cast<int>(Violation::too_many_interim_responses);

TEST(Violation, each_has_a_slug_of_its_own_and_a_sentence) {
    std::set<std::string_view> slugs;
    for (int i = 0; i <= kLast; ++i) {
        const auto v = static_cast<Violation>(i);
        EXPECT_TRUE(slugs.insert(slug(v)).second) << slug(v);
        EXPECT_EQ(slug(v).find_first_not_of("abcdefghijklmnopqrstuvwxyz01_"),
                  std::string_view::npos);
        EXPECT_TRUE(explanation(v).ends_with('.')) << slug(v);
    }
}

TEST(Violation, a_request_is_answered_with_the_status_of_the_rule_it_broke) {
    EXPECT_EQ(request_status(Violation::malformed_start_line), 400);
    EXPECT_EQ(request_status(Violation::unsupported_version), 505);
    EXPECT_EQ(request_status(Violation::target_too_long), 414);
    EXPECT_EQ(request_status(Violation::head_too_large), 431);
    EXPECT_EQ(request_status(Violation::too_many_fields), 431);
    EXPECT_EQ(request_status(Violation::unsupported_transfer_coding), 501);
    EXPECT_EQ(request_status(Violation::malformed_transfer_encoding), 400);
    EXPECT_EQ(request_status(Violation::unsupported_expectation), 417);
    EXPECT_EQ(request_status(Violation::unsupported_connect), 501);
    EXPECT_EQ(request_status(Violation::trailers_too_large), 400);
}

TEST(Violation, the_table_follows_the_enum) {
    EXPECT_EQ(slug(Violation::none), "none");
    EXPECT_EQ(slug(Violation::bare_line_break), "bare_line_break");
    EXPECT_EQ(slug(Violation::transfer_encoding_in_http10), "transfer_encoding_in_http10");
    EXPECT_EQ(slug(Violation::too_many_interim_responses), "too_many_interim_responses");
}

}  // namespace
}  // namespace errgate::http
