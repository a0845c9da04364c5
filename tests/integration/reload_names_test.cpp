// A provider's name that comes to stand for another address is followed as soon as the old one does
// not answer, also after a reload that was refused.
#include "support/fake_upstream.hpp"
#include "support/gateway.hpp"

#include <gtest/gtest.h>

#include <csignal>
#include <cstdlib>
#include <fstream>

namespace errgate::test {
namespace {

// Its own /etc/hosts, in a name space of mounts of its own.
const char* const kWithHosts =
    "mount --bind \"$1\" /etc/hosts || exit 99; exec \"$0\" run --config \"$2\"";

TEST(NewAddress, IsFoundWhenTheOldOneDoesNotAnswer) {
    FakeUpstream upstream;
    upstream.otherwise().reply(200, {}, "moved here");
    const TempDir dir;
    const std::string hosts = dir.write("hosts", "127.0.0.2 psp.example\n");  // nobody listens
    RoutesSpec spec = single(upstream.port(), "license_pos", "retry: {attempts: 1}");
    spec.upstreams[0].host = "psp.example";
    spec.upstreams[0].more = "circuit_breaker: {enabled: false}";
    const std::string file = dir.write("errgate.yaml", to_yaml(spec));
    Process gateway({"/usr/bin/unshare", "--mount", "/bin/sh", "-c", kWithHosts, errgate_binary(),
                     hosts, file});
    const std::string prefix = "errgate: listening on http://127.0.0.1:";
    const auto line = gateway.err().wait_for(prefix);
    if (!line && !gateway.err().text().starts_with(file))
        GTEST_SKIP() << "needs a mount of its own: " << gateway.err().text();
    ASSERT_TRUE(line && gateway.err().wait_for("errgate: admin on")) << gateway.err().text();
    const auto port = static_cast<std::uint16_t>(std::atoi(line->c_str() + prefix.size()));

    spec.more = "access_log: {path: /nonexistent/access.log}";  // the last thing that is tried
    std::ofstream(file) << to_yaml(spec);
    ASSERT_TRUE(gateway.err().wait_for("errgate: reload (files changed) refused: "));

    std::ofstream(hosts) << "127.0.0.1 psp.example\n";
    EXPECT_EQ(Client(port).get("/").field("Errgate-Code"), "upstream_unreachable");
    const auto deadline = std::chrono::steady_clock::now() + kPatience;  // sooner than the refresh
    // A connection each: one that asks as fast as it can soon reaches its limit of requests.
    Response response = Client(port).get("/");
    while (response.status != 200 && std::chrono::steady_clock::now() < deadline)
        response = Client(port).get("/");
    EXPECT_EQ(response.body, "moved here");
    gateway.signal(SIGTERM);
    EXPECT_EQ(gateway.wait(), 0);
}

}  // namespace
}  // namespace errgate::test
