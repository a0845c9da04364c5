// is_trusted_host: which names a browser may have been tricked into using.
#include "admin/host_check.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace errgate::admin {
namespace {

TEST(TrustedHost, IsANameThatNoStrangerOwns) {
    struct Case {
        const char* name;
        std::string_view field;
        bool trusted;
    };
    const Case cases[] = {
        {"localhost", "localhost", true},
        {"localhost with port", "localhost:9464", true},
        {"localhost in capitals", "LOCALHOST:9464", true},
        {"below localhost", "errgate.localhost:9464", true},
        {"IPv4", "127.0.0.1:9464", true},
        {"IPv4 of a pod", "10.2.3.4", true},
        {"IPv6", "[::1]:9464", true},
        {"IPv6 without port", "[fd00::7]", true},
        {"in the list", "errgate:9464", true},
        {"in the list, other case", "ERRGATE", true},
        {"a stranger's", "evil.example:9464", false},
        {"a stranger's that looks local", "localhost.evil.example", false},
        {"an address as a stranger's label", "127.0.0.1.evil.example:9464", false},
        {"ends like a trusted one", "notlocalhost", false},
        {"empty", "", false},
        {"port only", ":9464", false},
        {"bracket left open", "[::1", false},
        {"empty brackets", "[]:9464", false},
    };
    const std::vector<std::string> allowed{"errgate"};
    for (const Case& c : cases)
        EXPECT_EQ(is_trusted_host(c.field, allowed), c.trusted) << c.name;
}

}  // namespace
}  // namespace errgate::admin
