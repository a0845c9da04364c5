// HTTPS to clients: versions, certificates both ways, clean ends, and clients other than our own.
#include "support/certificates.hpp"
#include "support/envelope.hpp"
#include "support/fake_upstream.hpp"
#include "support/gateway.hpp"
#include "support/pattern.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <csignal>
#include <string>
#include <vector>

namespace errgate::test {
namespace {

using testing::HasSubstr;
using testing::StartsWith;

constexpr std::uint64_t kMiB = 1024 * 1024;

class TlsListener : public testing::Test {
  protected:
    RoutesSpec routes(const std::string& more_tls = "", const std::string& more = "") const {
        RoutesSpec spec = single(upstream_.port(), "kira", "retry: {attempts: 1}");
        spec.listen_tls = "certificate: " + own_.certificate + ", private_key: " + own_.key +
                          (more_tls.empty() ? "" : ", " + more_tls);
        spec.more = more;
        return spec;
    }
    RoutesSpec asking_for_certificates() const { return routes("client_ca: " + authority_.file()); }
    TlsOptions trusting() const { return {.authorities = authority_.file()}; }
    static std::string port(const Gateway& gateway) { return std::to_string(gateway.port()); }

    TempDir dir_;
    Authority authority_{dir_, "ca"};
    CertificateFiles own_ = authority_.issue({.name = "errgate", .dns = {"localhost"}});
    FakeUpstream upstream_;
};

TEST_F(TlsListener, ServesTls13WithHttp11) {
    Gateway gateway(routes());
    upstream_.expect("GET", "/pay").reply(200, {}, "paid");
    TlsOptions options = trusting();
    options.protocols = "http/1.1";
    Client client = gateway.client();
    ASSERT_TRUE(client.secure(tls_client(options)));
    EXPECT_EQ(client.get("/pay").body, "paid");
    const TlsFacts facts = client.socket().tls();
    EXPECT_EQ(facts.version, "TLSv1.3");
    EXPECT_EQ(facts.protocol, "http/1.1");
    EXPECT_EQ(facts.peer, "errgate");
    EXPECT_EQ(upstream_.last_request().field("X-Forwarded-Proto"), "https");
}

TEST_F(TlsListener, SpeaksTls12AndNothingOlder) {
    Gateway gateway(routes());
    upstream_.expect("GET", "/pay").reply(200, {}, "paid");
    TlsOptions options = trusting();
    options.max_version = 12;
    Client client = gateway.client();
    ASSERT_TRUE(client.secure(tls_client(options)));
    EXPECT_EQ(client.get("/pay").body, "paid");
    EXPECT_EQ(client.socket().tls().version, "TLSv1.2");

    options.max_version = 11;
    Client old = gateway.client();
    EXPECT_FALSE(old.secure(tls_client(options)));
    EXPECT_THAT(old.socket().tls().error, HasSubstr("protocol version"));
}

TEST_F(TlsListener, RefusesAClientThatOffersOtherProtocolsOnly) {
    Gateway gateway(routes());
    TlsOptions options = trusting();
    options.protocols = "h2";
    Client client = gateway.client();
    EXPECT_FALSE(client.secure(tls_client(options)));
    EXPECT_THAT(client.socket().tls().error, HasSubstr("no application protocol"));
}

TEST_F(TlsListener, SaysWhereItListens) {
    Gateway gateway(routes());
    EXPECT_TRUE(gateway.process()
                    .err()
                    .wait_for("errgate: listening on https://127.0.0.1:" + port(gateway))
                    .has_value());
}

TEST_F(TlsListener, ClosesCleanlyOnAClientThatSpeaksPlainHttp) {
    Gateway gateway(routes());
    Client client = gateway.client();
    ASSERT_TRUE(client.send(format_request("POST", "/pay", {}, pattern(0, 100'000))));
    std::string bytes;
    auto status = Socket::ReadStatus::data;
    while (status == Socket::ReadStatus::data)
        status = client.socket().read_some(bytes);
    EXPECT_EQ(status, Socket::ReadStatus::end) << "a reset would hide what was said";
    EXPECT_EQ(bytes.find("HTTP/"), std::string::npos);
    upstream_.expect("GET", "/pay").reply(200, {}, "paid");
    Client other = gateway.client();
    ASSERT_TRUE(other.secure(tls_client(trusting())));
    EXPECT_EQ(other.get("/pay").body, "paid");
}

TEST_F(TlsListener, GivesAHandshakeTheTimeOfAHead) {
    Gateway gateway(routes("", "client: {header_timeout: 200ms}"));
    Client client = gateway.client();
    EXPECT_TRUE(client.closed_by_peer());
}

// ------------------------------------------------------------ the client's certificate

TEST_F(TlsListener, LetsInWhoShowsACertificateOfTheAuthority) {
    Gateway gateway(asking_for_certificates());
    upstream_.expect("GET", "/pay").reply(200, {}, "paid");
    TlsOptions options = trusting();
    options.identity = authority_.issue({.name = "app"});
    Client client = gateway.client();
    ASSERT_TRUE(client.secure(tls_client(options)));
    EXPECT_EQ(client.get("/pay").body, "paid");
}

TEST_F(TlsListener, RefusesAnybodyElse) {
    Gateway gateway(asking_for_certificates());
    const Authority other(dir_, "other");
    const std::vector<std::pair<std::string, CertificateFiles>> identities = {
        {"none", {}},
        {"of another authority", other.issue({.name = "app"})},
        {"expired", authority_.issue({.name = "old", .ends_in = -60})},
    };
    for (const int version : {0, 12}) {
        for (const auto& [name, identity] : identities) {
            SCOPED_TRACE(name + " " + std::to_string(version));
            TlsOptions options = trusting();
            options.identity = identity;
            options.max_version = version;
            Client client = gateway.client();
            // A client of TLS 1.3 is done before it is refused.
            if (client.secure(tls_client(options))) {
                std::string bytes;
                EXPECT_EQ(client.socket().read_some(bytes), Socket::ReadStatus::reset);
            }
            EXPECT_THAT(client.socket().tls().error, HasSubstr("alert"));
        }
    }
    EXPECT_EQ(upstream_.connection_count(), 0u);
}

// ------------------------------------------------------------ messages and their ends

TEST_F(TlsListener, AnswersRequestsThatCameInOneRecord) {
    Gateway gateway(routes());
    upstream_.expect("GET", "/a").reply(200, {}, "first");
    upstream_.expect("GET", "/b").reply(200, {}, "second");
    Client client = gateway.client();
    ASSERT_TRUE(client.secure(tls_client(trusting())));
    client.send(format_request("GET", "/a") + format_request("GET", "/b"));
    EXPECT_EQ(client.read().body, "first");
    EXPECT_EQ(client.read().body, "second");
}

TEST_F(TlsListener, StreamsBodiesBothWays) {
    const std::uint64_t size = 8 * kMiB;
    upstream_.discard_bodies();
    Gateway gateway(routes());
    upstream_.expect("POST", "/import").reply(201, {}, "stored");
    upstream_.expect("GET", "/export")
        .send("HTTP/1.1 200 OK\r\nContent-Length: " + std::to_string(size) + "\r\n\r\n")
        .send_pattern(size);
    Client client = gateway.client();
    ASSERT_TRUE(client.secure(tls_client(trusting())));
    client.send(format_request("POST", "/import", {{"Content-Length", std::to_string(size)}}));
    for (std::uint64_t at = 0; at < size; at += kMiB)
        ASSERT_TRUE(client.send(pattern(at, kMiB)));
    EXPECT_EQ(client.read().status, 201);
    client.send(format_request("GET", "/export"));
    const Response response = client.read({.pattern_body = true});
    EXPECT_TRUE(response.complete) << response.error;
    EXPECT_EQ(response.body_size, size);
}

TEST_F(TlsListener, EndsABodyWithCloseNotify) {
    Gateway gateway(routes());
    upstream_.expect("GET", "/pay")
        .send("HTTP/1.1 200 OK\r\nConnection: close\r\n\r\nall of it")
        .finish_writing();
    Client client = gateway.client();
    ASSERT_TRUE(client.secure(tls_client(trusting())));
    client.send("GET /pay HTTP/1.0\r\nHost: errgate\r\n\r\n");
    std::string bytes;
    auto status = Socket::ReadStatus::data;
    while (status == Socket::ReadStatus::data)
        status = client.socket().read_some(bytes);
    EXPECT_EQ(status, Socket::ReadStatus::end);
    EXPECT_TRUE(bytes.ends_with("all of it"));
}

TEST_F(TlsListener, CutsOffABodyThatBrokeOff) {
    Gateway gateway(routes());
    Gate sent;
    Gate read;
    upstream_.expect("GET", "/pay")
        .send("HTTP/1.1 200 OK\r\nConnection: close\r\n\r\nhalf of it")
        .open(sent)
        .wait(read)
        .reset();
    Client client = gateway.client();
    ASSERT_TRUE(client.secure(tls_client(trusting())));
    client.send("GET /pay HTTP/1.0\r\nHost: errgate\r\n\r\n");
    std::string bytes;
    while (!bytes.ends_with("half of it"))
        ASSERT_EQ(client.socket().read_some(bytes), Socket::ReadStatus::data);
    read.open();
    EXPECT_EQ(client.socket().read_some(bytes), Socket::ReadStatus::reset);
}

TEST_F(TlsListener, NoticesAClientThatLeaves) {
    Gateway gateway(routes());
    Gate reached;
    upstream_.expect("GET", "/slow").open(reached).stay_silent();
    Client client = gateway.client();
    ASSERT_TRUE(client.secure(tls_client(trusting())));
    client.send(format_request("GET", "/slow"));
    ASSERT_TRUE(upstream_.wait_for_requests(1));
    client.socket().close();
    EXPECT_EQ(gateway.log_line(0)["code"], "request_canceled");
}

TEST_F(TlsListener, SaysGoodbyeWhenItStops) {
    Gateway gateway(routes());
    upstream_.expect("GET", "/pay").reply(200, {}, "paid");
    Client client = gateway.client();
    ASSERT_TRUE(client.secure(tls_client(trusting())));
    EXPECT_EQ(client.get("/pay").body, "paid");
    gateway.process().signal(SIGTERM);
    std::string bytes;
    EXPECT_EQ(client.socket().read_some(bytes), Socket::ReadStatus::end);
    EXPECT_EQ(gateway.wait_for_exit(), 0);
}

// ------------------------------------------------------------ other people's clients

TEST_F(TlsListener, ServesCurl) {
    Gateway gateway(asking_for_certificates());
    upstream_.expect("POST", "/pay").reply(200, {}, "paid");
    const CertificateFiles app = authority_.issue({.name = "app"});
    const RunResult curl = run_program({"/usr/bin/curl", "-sS", "--cacert", authority_.file(),
                                        "--cert", app.certificate, "--key", app.key, "--data", "{}",
                                        "-w", " %{http_version} %{ssl_verify_result}",
                                        "https://localhost:" + port(gateway) + "/pay"});
    EXPECT_EQ(curl.out, "paid 1.1 0\n") << curl.err;
}

TEST_F(TlsListener, ResumesTheSessionsOfOpenssl) {
    Gateway gateway(routes());
    upstream_.otherwise().reply(200, {}, "paid");
    for (const std::string version : {"-tls1_3", "-tls1_2"}) {
        SCOPED_TRACE(version);
        const std::string client =
            "printf 'GET /pay HTTP/1.1\\r\\nHost: a\\r\\nConnection: close\\r\\n\\r\\n' | "
            "openssl s_client -ign_eof -connect 127.0.0.1:" +
            port(gateway) + " -CAfile " + authority_.file() + " " + version + " ";
        const std::string session = dir_.path("session" + version);
        const RunResult first = run_program({"/bin/sh", "-c", client + "-sess_out " + session});
        EXPECT_THAT(first.out, HasSubstr("New, TLSv1")) << first.err;
        EXPECT_THAT(first.out, HasSubstr("Verify return code: 0 (ok)"));
        const RunResult second = run_program({"/bin/sh", "-c", client + "-sess_in " + session});
        EXPECT_THAT(second.out, HasSubstr("Reused, TLSv1")) << second.err;
        EXPECT_THAT(second.out, HasSubstr("paid"));
    }
}

}  // namespace
}  // namespace errgate::test
