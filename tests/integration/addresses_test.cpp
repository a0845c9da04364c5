// Upstreams with several addresses, and with names: one that does not answer costs no request.
#include "support/envelope.hpp"
#include "support/fake_upstream.hpp"
#include "support/gateway.hpp"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <string>

namespace errgate::test {
namespace {

class Addresses : public testing::Test {
  protected:
    RoutesSpec after(std::uint16_t first) const {
        RoutesSpec spec = single(first, "license_pos", "retry: {attempts: 1}");
        spec.upstreams[0].other_ports = {upstream_.port()};
        return spec;
    }
    // A POST, sent once, in one attempt.
    void expect_served_by_the_second(Gateway& gateway) {
        upstream_.expect("POST", "/charge").reply(200, {}, "ok");
        Client client = gateway.client();
        EXPECT_EQ(client.post("/charge", "{}").body, "ok");
        const nlohmann::json line = gateway.log_line(0);
        ASSERT_EQ(line["attempts"].size(), 1u);
        EXPECT_EQ(line["attempts"][0]["address"], "127.0.0.1:" + std::to_string(upstream_.port()));
        EXPECT_EQ(upstream_.request_count(), 1u);
    }

    FakeUpstream upstream_;
};

TEST_F(Addresses, ThatRefuseGiveWayToTheNext) {
    Gateway gateway(after(refused_port()));
    expect_served_by_the_second(gateway);
}

TEST_F(Addresses, ThatAreSilentGiveWayToTheNext) {
    const Blackhole blackhole;
    Gateway gateway(after(blackhole.port()));
    expect_served_by_the_second(gateway);
}

TEST_F(Addresses, ThatAreAllSilentAreOneFailureToConnect) {
    const Blackhole blackhole;
    const Blackhole other;
    RoutesSpec spec =
        single(blackhole.port(), "license_pos", "retry: {attempts: 1}\ntimeouts: {connect: 600ms}");
    spec.upstreams[0].other_ports = {other.port()};
    Gateway gateway(spec);
    Client client = gateway.client();
    EXPECT_ENVELOPE(client.post("/charge", "{}"), "upstream_unreachable", 502, "gateway",
                    "not_applied", true);
}

TEST_F(Addresses, OfANameAreLookedUp) {
    RoutesSpec spec = single(upstream_.port());
    spec.upstreams[0].host = "localhost";
    Gateway gateway(spec);
    expect_served_by_the_second(gateway);
    EXPECT_EQ(upstream_.request(0).field("Host"), "localhost:" + std::to_string(upstream_.port()));
}

}  // namespace
}  // namespace errgate::test
