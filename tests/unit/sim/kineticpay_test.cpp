#include "ask.hpp"

#include <gtest/gtest.h>

namespace errgate::sim {
namespace {

TEST(Kineticpay, AnswersEveryDocumentedStatus) {
    for (const int status : {401, 403, 404, 429, 500, 502, 503, 504}) {
        EXPECT_EQ(ask("kineticpay", "GET", "/bills/" + std::to_string(status)).status, status);
    }
    EXPECT_EQ(find_provider("kineticpay")->cases.size(), 8u);
}

TEST(Kineticpay, RateLimitSaysHowLongToWait) {
    const Response got = ask("kineticpay", "GET", "/bills/429");
    EXPECT_EQ(got.fields,
              (std::vector<std::pair<std::string, std::string>>{{"Retry-After", "12"}}));
    EXPECT_EQ(got.body, "");
}

TEST(Kineticpay, IncompleteDataIsA403) {
    EXPECT_EQ(ask("kineticpay", "POST", "/bills", {}, "{}").status, 403);
    EXPECT_EQ(ask("kineticpay", "PATCH", "/bills/1", {}, "{}").status, 403);
    EXPECT_EQ(ask("kineticpay", "POST", "/bills", {}, R"({"amount":5})").status, 200);
    EXPECT_EQ(ask("kineticpay", "GET", "/bills/1").status, 200);
}

}  // namespace
}  // namespace errgate::sim
