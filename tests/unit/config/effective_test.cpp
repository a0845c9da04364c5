// The configuration in use as JSON: complete, and without its secrets.
#include "config/effective.hpp"

#include "routes_file.hpp"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace errgate::config {
namespace {

nlohmann::json effective(const std::string& text) {
    const LoadResult result = load_text(
        text, "f", environment({{"HOST", "api.secret.example"}, {"WAIT", "7s"}, {"KEY", "k3y"}}));
    for (const Problem& problem : result.problems)
        ADD_FAILURE() << to_string(problem);
    if (!result.snapshot) return {};
    return nlohmann::json::parse(result.snapshot->effective);
}

TEST(Effective, FillsInDefaults) {
    const auto shown = effective(minimal());
    EXPECT_EQ(shown["admin"]["address"], "127.0.0.1:9464");
    EXPECT_EQ(shown["limits"]["request_buffer"], 1024 * 1024);
    EXPECT_EQ(shown["upstreams"]["kira"]["circuit_breaker"]["max_open"], "5m");
    EXPECT_EQ(shown["routes"][0]["match"]["path_prefix"], "/");
    EXPECT_EQ(shown["routes"][0]["upgrade"], false);
    EXPECT_EQ(shown["journal"]["entries"], 1000);
}

TEST(Effective, PutsDefaultsIntoEveryRoute) {
    const auto shown = effective(minimal("defaults: {timeouts: {total: 40s}}"));
    EXPECT_EQ(shown["routes"][0]["timeouts"]["total"], "40s");
}

TEST(Effective, MasksWhatCameFromTheEnvironment) {
    const auto shown = effective(replaced(minimal("defaults: {timeouts: {total: \"${WAIT}\"}}"),
                                          "http://api.example", "[\"http://${HOST}\"]"));
    EXPECT_EQ(shown["upstreams"]["kira"]["url"][0], "[redacted]");
    EXPECT_EQ(shown["routes"][0]["timeouts"]["total"], "[redacted]");
    EXPECT_EQ(shown.dump().find("secret.example"), std::string::npos);
}

TEST(Effective, MasksASingleUrlToo) {
    const auto shown = effective(replaced(minimal(), "http://api.example", "\"http://${HOST}\""));
    EXPECT_EQ(shown.dump().find("secret.example"), std::string::npos);
}

TEST(Effective, MasksEveryHeaderThatIsSet) {
    const auto shown = effective(with_route(
        "headers: {request: {set: {A: \"${KEY}\", B: plain}}, response: {set: {C: p2}}}"));
    const auto& headers = shown["routes"][0]["headers"];
    EXPECT_EQ(headers["request"]["set"]["A"], "[redacted]");
    EXPECT_EQ(headers["request"]["set"]["B"], "[redacted]");
    EXPECT_EQ(headers["response"]["set"]["C"], "[redacted]");
}

TEST(Effective, MasksTheAdminToken) {
    const LoadResult result = load_text(minimal("admin: {token: \"${T}\"}"), "f",
                                        environment({{"T", "0123456789abcdef"}}));
    ASSERT_NE(result.snapshot, nullptr);
    EXPECT_EQ(result.snapshot->admin_access.token, "0123456789abcdef");
    EXPECT_EQ(result.snapshot->effective.find("0123456789abcdef"), std::string::npos);
}

}  // namespace
}  // namespace errgate::config
