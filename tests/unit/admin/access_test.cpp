// refuse(): who may ask the admin listener what.
#include "admin/access.hpp"

#include <gtest/gtest.h>

namespace errgate::admin {
namespace {

constexpr Caller kLocal{.host_fields = 1, .host = "127.0.0.1:9464"};

unsigned status(const Request& request, const Caller& caller, const Access& access = {}) {
    const auto refused = refuse(request, caller, access);
    return refused ? refused->status : 0;
}

TEST(Access, NeedsExactlyOneTrustedHost) {
    const Request get{.method = "GET", .target = "/config"};
    EXPECT_EQ(status(get, kLocal), 0U);
    EXPECT_EQ(status(get, {.host_fields = 0}), 400U);
    EXPECT_EQ(status(get, {.host_fields = 2, .host = "127.0.0.1"}), 400U);
    EXPECT_EQ(status(get, {.host_fields = 1, .host = "evil.example"}), 421U);
    EXPECT_EQ(status(get, {.host_fields = 0, .version = 10}), 0U);
}

TEST(Access, TokenIsForWhatIsNotOpen) {
    struct Case {
        const char* target;
        const char* authorization;
        bool public_metrics;
        unsigned status;
    };
    const Case cases[] = {
        {"/livez", "", false, 0},
        {"/readyz?x", "", false, 0},
        {"/metrics", "", false, 401},
        {"/metrics", "", true, 0},
        {"/metrics/", "", true, 401},
        {"/errors/livez", "", true, 401},
        {"/", "", false, 0},
        {"/page/app.js", "", false, 0},
        {"/page/config", "", false, 401},
        {"/reload", "", false, 401},
        {"/config", "Bearer 0123456789abcdef", false, 0},
        {"/config", "BEARER  0123456789abcdef", false, 0},
        {"/config", "Bearer 0123456789abcdeX", false, 401},
        {"/config", "Bearer", false, 401},
        {"/config", "Basic 0123456789abcdef", false, 401},
    };
    for (const Case& c : cases) {
        Caller caller = kLocal;
        caller.authorization = c.authorization;
        const Access access{.token = "0123456789abcdef", .public_metrics = c.public_metrics};
        EXPECT_EQ(status({.method = "GET", .target = c.target}, caller, access), c.status)
            << c.target << " " << c.authorization;
    }
}

TEST(Access, RefusesRequestsOfAnotherSite) {
    struct Case {
        const char* method;
        const char* origin;
        const char* site;
        unsigned status;
    };
    const Case cases[] = {
        {"POST", "", "", 0},
        {"POST", "http://127.0.0.1:9464", "", 0},
        {"POST", "http://127.0.0.1:8080", "", 403},
        {"POST", "null", "", 403},
        {"POST", "", "cross-site", 403},
        {"POST", "", "same-site", 403},
        {"POST", "http://127.0.0.1:9464", "same-origin", 0},
        {"GET", "http://evil.example", "cross-site", 0},
    };
    for (const Case& c : cases) {
        Caller caller = kLocal;
        caller.origin = c.origin;
        caller.sec_fetch_site = c.site;
        EXPECT_EQ(status({.method = c.method, .target = "/reload"}, caller), c.status)
            << c.method << " " << c.origin << " " << c.site;
    }
}

TEST(Access, SecretsAreTheSameOrNot) {
    EXPECT_TRUE(same_secret("secret", "secret"));
    for (const char* other : {"", "s", "secreT", "secretsecret", "secret "})
        EXPECT_FALSE(same_secret(other, "secret")) << other;
    EXPECT_FALSE(same_secret("secret", ""));
}

}  // namespace
}  // namespace errgate::admin
