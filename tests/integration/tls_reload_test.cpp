// Certificates that are replaced while the gateway runs: new handshakes use the new files, and
// connections that were there before go on.
#include "support/certificates.hpp"
#include "support/envelope.hpp"
#include "support/fake_upstream.hpp"
#include "support/gateway.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <filesystem>

namespace errgate::test {
namespace {

namespace fs = std::filesystem;

// Renamed into place, as tools that renew certificates do.
void replace(const std::string& file, const std::string& by) {
    fs::rename(by, file);
}
void replace(const CertificateFiles& files, const CertificateFiles& by) {
    replace(files.certificate, by.certificate);
    replace(files.key, by.key);
}

void expect_reload(const Gateway& gateway, int status) {
    const Response verdict = gateway.admin("POST", "/reload");
    EXPECT_EQ(verdict.status, status) << verdict.body;
}

// ------------------------------------------------------------ what the listener shows

class ListenerFiles : public testing::Test {
  protected:
    ListenerFiles() { upstream_.otherwise().reply(200, {}, "ok"); }

    RoutesSpec routes(const std::string& more_tls = "") const {
        RoutesSpec spec = single(upstream_.port());
        spec.listen_tls =
            "certificate: " + own_.certificate + ", private_key: " + own_.key + more_tls;
        return spec;
    }
    CertificateFiles issue(const std::string& name) const {
        return authority_.issue({.name = name, .dns = {"localhost"}});
    }
    // Common name of the certificate that a new client gets to see; empty when it is refused.
    std::string shown(const Gateway& gateway, const CertificateFiles& identity = {}) const {
        Client client = gateway.client();
        if (!client.secure(tls_client({.identity = identity, .authorities = authority_.file()})))
            return "";
        return client.get("/").body == "ok" ? client.socket().tls().peer : "";
    }

    TempDir dir_;
    Authority authority_{dir_, "ca"};
    CertificateFiles own_ = issue("before");
    FakeUpstream upstream_;
};

TEST_F(ListenerFiles, AreReadAgain) {
    Gateway gateway(routes());
    Client old = gateway.client();
    ASSERT_TRUE(old.secure(tls_client({.authorities = authority_.file()})));
    EXPECT_EQ(old.get("/").body, "ok");
    replace(own_, issue("after"));
    expect_reload(gateway, 200);
    EXPECT_EQ(shown(gateway), "after");
    EXPECT_EQ(old.get("/").body, "ok") << "on the connection that was there before";
    EXPECT_EQ(old.socket().tls().peer, "before");
}

TEST_F(ListenerFiles, AreReadAgainWithoutAWord) {
    Gateway gateway(routes());
    EXPECT_EQ(shown(gateway), "before");
    replace(own_, issue("after"));
    const auto deadline = std::chrono::steady_clock::now() + kPatience;
    std::string now = "before";
    while (now == "before" && std::chrono::steady_clock::now() < deadline)
        now = shown(gateway);
    EXPECT_EQ(now, "after");
}

TEST_F(ListenerFiles, StayAsTheyAreWhenTheNewOnesDoNotFit) {
    Gateway gateway(routes());
    replace(own_.certificate, issue("after").certificate);  // and the key is still the old one's
    expect_reload(gateway, 422);
    EXPECT_EQ(shown(gateway), "before");
    EXPECT_EQ(gateway.metric("errgate_config_last_reload_success"), 0);
}

TEST_F(ListenerFiles, DecideWhichClientsGetIn) {
    const Authority others(dir_, "others");
    const std::string admitted = dir_.path("admitted.pem");
    fs::copy_file(authority_.file(), admitted);
    Gateway gateway(routes(", client_ca: " + admitted));
    const CertificateFiles ours = authority_.issue({.name = "app"});
    const CertificateFiles theirs = others.issue({.name = "app"});
    Client old = gateway.client();
    ASSERT_TRUE(old.secure(tls_client({.identity = ours, .authorities = authority_.file()})));
    EXPECT_EQ(old.get("/").body, "ok");
    EXPECT_EQ(shown(gateway, theirs), "");

    fs::copy_file(others.file(), admitted + ".new");
    replace(admitted, admitted + ".new");
    expect_reload(gateway, 200);
    EXPECT_EQ(shown(gateway, theirs), "before");
    EXPECT_EQ(shown(gateway, ours), "");
    EXPECT_EQ(old.get("/").body, "ok");
}

TEST_F(ListenerFiles, AreShownWhateverNameIsAskedFor) {
    Gateway gateway(routes());
    for (const std::string name : {"localhost", "other.example", ""}) {
        SCOPED_TRACE(name);
        Client client = gateway.client();
        ASSERT_TRUE(client.secure(tls_client({.server_name = name}), name));
        EXPECT_EQ(client.get("/").body, "ok");
        EXPECT_EQ(client.socket().tls().peer, "before");
    }
}

// ------------------------------------------------------------ what the upstream is shown

class UpstreamFiles : public testing::Test {
  protected:
    RoutesSpec routes(const std::string& tls) const {
        RoutesSpec spec = single(upstream_.port(), "kira", "retry: {attempts: 1}");
        spec.upstreams[0].scheme = "https";
        spec.upstreams[0].more = "circuit_breaker: {enabled: false}\ntls: {" + tls + "}";
        return spec;
    }

    TempDir dir_;
    Authority authority_{dir_, "ca"};
    FakeUpstream upstream_{tls_server(
        {.identity = authority_.issue({.name = "psp"}), .authorities = authority_.file()})};
    CertificateFiles own_ = authority_.issue({.name = "before"});
    std::string identity_ =
        ", client_certificate: " + own_.certificate + ", client_key: " + own_.key;
};

TEST_F(UpstreamFiles, OfOurIdentityAreReadAgain) {
    upstream_.otherwise().reply(200, {}, "ok");
    Gate answer;
    upstream_.expect("POST", "/slow").wait(answer).reply(200, {}, "done");
    Gateway gateway(routes("ca_file: " + authority_.file() + identity_));
    Client slow = gateway.client();
    slow.send(format_request("POST", "/slow", {}, "{}"));
    ASSERT_TRUE(upstream_.wait_for_requests(1));
    replace(own_, authority_.issue({.name = "after"}));
    expect_reload(gateway, 200);
    Client client = gateway.client();
    EXPECT_EQ(client.get("/").body, "ok");
    EXPECT_EQ(upstream_.tls(0).peer, "before");
    EXPECT_EQ(upstream_.tls(1).peer, "after");
    answer.open();
    EXPECT_EQ(slow.read().body, "done") << "what is under way ends on its own connection";
    EXPECT_EQ(client.get("/").body, "ok");
    EXPECT_EQ(upstream_.connection_count(), 2u) << "and that one is not used again";
}

TEST_F(UpstreamFiles, OfWhomToTrustAreReadAgain) {
    upstream_.otherwise().reply(200, {}, "ok");
    const std::string trusted = dir_.path("trusted.pem");
    const Authority others(dir_, "others");
    fs::copy_file(authority_.file(), trusted);
    Gateway gateway(routes("ca_file: " + trusted + identity_));
    Client client = gateway.client();
    EXPECT_EQ(client.get("/").body, "ok");
    fs::copy_file(others.file(), trusted + ".new");
    replace(trusted, trusted + ".new");
    expect_reload(gateway, 200);
    const Response refused = client.post("/charge", "{}");
    EXPECT_ENVELOPE(refused, "upstream_unreachable", 502, "gateway", "not_applied", true);
    EXPECT_EQ(refused.field("Proxy-Status"), "errgate; error=tls_certificate_error");
    EXPECT_EQ(upstream_.request_count(), 1u) << "the old connection is trusted no more either";
}

}  // namespace
}  // namespace errgate::test
