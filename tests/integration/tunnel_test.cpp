// `upgrade: true`: what asks for another protocol, who decides, and what becomes of every byte.
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
#include <thread>
#include <vector>

namespace errgate::test {
namespace {

constexpr std::uint64_t kMiB = 1024 * 1024;

const Fields kAsk = {{"Connection", "keep-alive, Upgrade"},
                     {"Upgrade", "websocket"},
                     {"Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25jZQ=="},
                     {"Sec-WebSocket-Version", "13"}};

const std::string kSwitch =
    "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n";

RoutesSpec upgrading(std::uint16_t port, const std::string& idle = "20s") {
    RoutesSpec spec = single(port, "license_pos",
                             "upgrade: true\nretry: {attempts: 2, backoff: {base: 1ms, max: 1ms}}\n"
                             "timeouts: {idle: " +
                                 idle + "}");
    spec.upstreams[0].more = "circuit_breaker: {enabled: false}";
    return spec;
}

Response ask(Client& client, const std::string& target = "/ws", const Fields& fields = kAsk) {
    client.send(format_request("GET", target, fields));
    return client.read({.stop_after_interim = true});
}

class Tunnel : public testing::Test {
  protected:
    // A client that is through, with `script` on the other side.
    Client through() {
        Client client = gateway_.client();
        EXPECT_EQ(ask(client).status, 101);
        return client;
    }
    Script& expect_switch() { return upstream_.expect("GET", "/ws").send(kSwitch); }

    FakeUpstream upstream_;
    Gateway gateway_{upgrading(upstream_.port())};
};

TEST_F(Tunnel, PassesBytesBothWaysUntilBothHaveEnded) {
    expect_switch().echo().send("bye").close();
    Client client = gateway_.client();
    const Response answer = ask(client);
    EXPECT_EQ(answer.status, 101);
    EXPECT_EQ(answer.field("Upgrade"), "websocket");
    EXPECT_EQ(answer.field("Connection"), "upgrade");
    EXPECT_EQ(answer.field("Sec-WebSocket-Accept"), "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=");
    EXPECT_TRUE(answer.has_field("X-Request-Id"));

    const ReceivedRequest request = upstream_.request(0);
    EXPECT_EQ(request.field("Connection"), "upgrade");
    EXPECT_EQ(request.field("Upgrade"), "websocket");
    EXPECT_EQ(request.field("Sec-WebSocket-Key"), "dGhlIHNhbXBsZSBub25jZQ==");

    client.send("ping");
    EXPECT_EQ(client.read_bytes(4), "ping");
    client.socket().finish_writing();
    EXPECT_EQ(client.read_to_end(), "bye") << "the other direction goes on";

    const nlohmann::json line = gateway_.log_line(0);
    EXPECT_EQ(line["status"], 101);
    EXPECT_EQ(line["request_bytes"], 4);
    EXPECT_EQ(line["response_bytes"], 7);
    EXPECT_EQ(line["attempts"].size(), 1u);
    EXPECT_EQ(sample(gateway_.metrics(), "errgate_requests_total", {{"status", "101"}}), 1);
    EXPECT_TRUE(gateway_.wait_for_metric("errgate_upstream_connections", {}, 0));
    EXPECT_EQ(gateway_.metric("errgate_in_flight_requests"), 0);
}

TEST_F(Tunnel, DeliversWhatComesWithThe101) {
    upstream_.expect("GET", "/ws").send(kSwitch + "welcome").echo();
    Client client = through();
    EXPECT_EQ(client.read_bytes(7), "welcome");
}

TEST_F(Tunnel, KeepsWhatTheClientSendsTooEarlyUntilThe101) {
    Gate decide;
    upstream_.expect("GET", "/ws").wait(decide).send(kSwitch).echo();
    Client client = gateway_.client();
    const std::string early = format_request("GET", "/admin");
    client.send(format_request("GET", "/ws", kAsk) + early);
    ASSERT_TRUE(upstream_.wait_for_requests(1));
    EXPECT_TRUE(upstream_.received(0).ends_with("\r\n\r\n"));
    EXPECT_EQ(upstream_.received(0).find("/admin"), std::string::npos);
    decide.open();
    EXPECT_EQ(client.read({.stop_after_interim = true}).status, 101);
    EXPECT_EQ(client.read_bytes(early.size()), early);
    EXPECT_EQ(upstream_.request_count(), 1u);
}

TEST_F(Tunnel, AnEndOfTheUpstreamLeavesTheClientItsDirection) {
    expect_switch().finish_writing();
    Client client = through();
    std::string nothing;
    EXPECT_EQ(client.socket().read_some(nothing), Socket::ReadStatus::end);
    EXPECT_TRUE(client.send("last words"));
    client.socket().finish_writing();
    EXPECT_EQ(gateway_.log_line(0)["request_bytes"], 10);
}

TEST_F(Tunnel, CarriesMegabytesBothWaysAtOnceThroughFixedBuffers) {
    const std::uint64_t size = 32 * kMiB;
    expect_switch().echo();
    Client client = through();
    const std::uint64_t before = gateway_.peak_memory();
    std::thread sender([&] {
        for (std::uint64_t at = 0; at < size; at += kMiB)
            client.socket().write_all(pattern(at, kMiB));
        client.socket().finish_writing();
    });
    std::uint64_t got = 0;
    bool same = true;
    for (std::string bytes; !(bytes = client.read_bytes(64 * 1024)).empty();) {
        same = same && matches_pattern(got, bytes);
        got += bytes.size();
    }
    sender.join();
    EXPECT_EQ(got, size);
    EXPECT_TRUE(same);
    EXPECT_LT(gateway_.peak_memory() - before, 8 * kMiB);
}

TEST_F(Tunnel, ASideThatDoesNotReadStopsTheOther) {
    Gate read;
    expect_switch().wait(read).echo();
    Client client = through();
    const std::string megabyte(kMiB, 'x');
    std::uint64_t sent = 0;
    while (client.socket().write_all(megabyte, std::chrono::milliseconds(300)) && sent < 200 * kMiB)
        sent += kMiB;
    EXPECT_LT(sent, 200 * kMiB) << "nobody keeps what the upstream does not take";
    Client other = gateway_.client();
    upstream_.expect("GET", "/other").reply(200, {}, "other");
    EXPECT_EQ(other.get("/other").body, "other");
    read.open();
    EXPECT_EQ(client.read_bytes(kMiB), megabyte) << "and nothing of it was lost";
}

TEST_F(Tunnel, ABreakOnEitherSideIsABreakOnTheOther) {
    Gate cut;
    expect_switch().wait(cut).reset();
    Client client = through();
    cut.open();
    std::string nothing;
    EXPECT_EQ(client.socket().read_some(nothing), Socket::ReadStatus::reset);
    const nlohmann::json line = gateway_.log_line(0);
    EXPECT_EQ(line["status"], 101);
    EXPECT_EQ(line["attempts"][0]["result"], "connection_reset");

    expect_switch().echo();
    Client leaving = through();
    leaving.socket().reset();
    EXPECT_TRUE(upstream_.wait_for_closed(1));
    EXPECT_EQ(gateway_.log_line(1)["attempts"][0]["result"], "client_gone");
}

TEST(TunnelIdle, EndsBothSidesInOrder) {
    FakeUpstream upstream;
    Gateway gateway(upgrading(upstream.port(), "300ms"));
    upstream.expect("GET", "/ws").send(kSwitch).echo();
    Client client = gateway.client();
    ASSERT_EQ(ask(client).status, 101);
    std::string nothing;
    EXPECT_EQ(client.socket().read_some(nothing), Socket::ReadStatus::end);
    EXPECT_TRUE(upstream.wait_for_closed(0));
    EXPECT_EQ(gateway.log_line(0)["attempts"][0]["result"], "response_idle_timeout");
}

TEST_F(Tunnel, ClosesWhenTheGatewayDrains) {
    expect_switch().echo();
    Client client = through();
    client.send("ping");
    EXPECT_EQ(client.read_bytes(4), "ping");
    gateway_.process().signal(SIGTERM);
    std::string nothing;
    EXPECT_EQ(client.socket().read_some(nothing), Socket::ReadStatus::end);
    client.socket().close();
    EXPECT_EQ(gateway_.wait_for_exit(), 0);
    EXPECT_EQ(gateway_.log_line(0)["response_bytes"], 4);
}

TEST_F(Tunnel, OutlivesAReload) {
    expect_switch().echo();
    Client client = through();
    gateway_.rewrite(single(upstream_.port(), "kira"));
    EXPECT_EQ(gateway_.admin("POST", "/reload").status, 200);
    client.send("ping");
    EXPECT_EQ(client.read_bytes(4), "ping");
    Client late = gateway_.client();
    EXPECT_EQ(ask(late).status, 426) << "the route does not say so any more";
}

// ------------------------------------------------------------ refusals

// CVE-2026-2833 of Pingora: bytes behind an upgrade request went upstream before it had agreed.
TEST_F(Tunnel, AnyOtherAnswerIsOrdinaryAndEarlyBytesGoNowhere) {
    const std::string early = format_request("GET", "/admin", {{"X-Smuggled", "1"}});
    upstream_.expect("GET", "/ws").reply(200, {}, "no, thanks");
    upstream_.expect("GET", "/ws").reply(403, {}, "{}");
    for (const int status : {200, 403}) {
        SCOPED_TRACE(status);
        Client client = gateway_.client();
        client.send(format_request("GET", "/ws", kAsk) + early);
        const Response answer = client.read();
        EXPECT_EQ(answer.status, status);
        EXPECT_EQ(answer.field("Connection"), "close");
        EXPECT_TRUE(client.closed_by_peer());
    }
    EXPECT_EQ(upstream_.request_count(), 2u);
    for (const ReceivedRequest& request : upstream_.requests())
        EXPECT_EQ(request.target, "/ws");
    EXPECT_EQ(upstream_.received(0).find("Smuggled"), std::string::npos);
}

TEST_F(Tunnel, A101ForAnythingElseIsNoAnswer) {
    const std::vector<std::pair<std::string, std::string>> cases = {
        {"another protocol", "Connection: upgrade\r\nUpgrade: irc/6.9\r\n"},
        {"h2c", "Connection: upgrade\r\nUpgrade: h2c\r\n"},
        {"two at once", "Connection: upgrade\r\nUpgrade: websocket, irc/6.9\r\n"},
        {"none", "Connection: upgrade\r\n"},
        {"not nominated", "Upgrade: websocket\r\n"},
    };
    for (const auto& [name, fields] : cases) {
        SCOPED_TRACE(name);
        upstream_.expect("POST", "/ws").send("HTTP/1.1 101 Yes\r\n" + fields + "\r\n").close();
        Client client = gateway_.client();
        client.send(format_request("POST", "/ws", kAsk));
        EXPECT_ENVELOPE(client.read(), "invalid_upstream_response", 502, "gateway", "unknown",
                        false);
        EXPECT_TRUE(client.closed_by_peer());
    }
}

TEST_F(Tunnel, IsNotOpenedForWhatIsUnsound) {
    const std::vector<std::pair<std::string, std::string>> cases = {
        {"not nominated", format_request("GET", "/ws", {{"Upgrade", "websocket"}})},
        {"with a body", format_request("POST", "/ws", kAsk, "hello")},
        {"malformed",
         format_request("GET", "/ws", {{"Connection", "upgrade"}, {"Upgrade", "a b"}})},
    };
    for (const auto& [name, bytes] : cases) {
        SCOPED_TRACE(name);
        Client client = gateway_.client();
        client.send(bytes);
        const Response answer = client.read();
        EXPECT_EQ(answer.status, 426);
        EXPECT_EQ(answer.field("Errgate-Code"), "not_supported");
        EXPECT_TRUE(client.closed_by_peer());
    }
    EXPECT_EQ(upstream_.connection_count(), 0u);
}

TEST(NoTunnel, WithoutTheRoutesWord) {
    FakeUpstream upstream;
    Gateway gateway(single(upstream.port()));
    Client client = gateway.client();
    const Response answer = ask(client);
    EXPECT_EQ(answer.status, 426);
    EXPECT_EQ(answer.field("Upgrade"), "HTTP/1.1");
    EXPECT_TRUE(client.closed_by_peer());
    Client connect = gateway.client();
    connect.send("CONNECT a:443 HTTP/1.1\r\nHost: a:443\r\n\r\n");
    EXPECT_EQ(connect.read().status, 501);
    EXPECT_EQ(upstream.connection_count(), 0u);
}

TEST_F(Tunnel, NeverAsksForAnotherVersionOfHttp) {
    upstream_.expect("GET", "/plain").reply(200, {}, "plain");
    Client client = gateway_.client();
    const Fields offer = {{"Connection", "Upgrade, HTTP2-Settings"},
                          {"Upgrade", "h2c"},
                          {"HTTP2-Settings", "AAMAAABkAAQAAP__"}};
    EXPECT_EQ(client.get("/plain", offer).body, "plain");
    EXPECT_FALSE(upstream_.request(0).has_field("Upgrade"));
    EXPECT_FALSE(upstream_.request(0).has_field("HTTP2-Settings"));
    EXPECT_FALSE(upstream_.request(0).has_field("Connection"));
    upstream_.expect("GET", "/ws").send(kSwitch).close();
    EXPECT_EQ(ask(client, "/ws", {{"Connection", "Upgrade"}, {"Upgrade", "h2c, websocket"}}).status,
              101)
        << "on the same connection: an offer of h2c is no wish to speak something else";
    EXPECT_EQ(upstream_.request(1).field("Upgrade"), "websocket");
}

TEST_F(Tunnel, IsNothingForHttp10) {
    upstream_.expect("GET", "/ws").reply(200, {}, "plain");
    Client client = gateway_.client();
    client.send("GET /ws HTTP/1.0\r\nHost: a\r\nConnection: upgrade\r\nUpgrade: websocket\r\n\r\n");
    EXPECT_EQ(client.read({.version = 10}).body, "plain");
    EXPECT_FALSE(upstream_.request(0).has_field("Upgrade"));
}

TEST_F(Tunnel, IsAskedForAgainOnlyWhereThatIsSafe) {
    upstream_.expect("GET", "/ws").reset();
    expect_switch().echo();
    Client client = through();
    client.send("ping");
    EXPECT_EQ(client.read_bytes(4), "ping");

    upstream_.expect("POST", "/ws").reset();
    Client posting = gateway_.client();
    posting.send(format_request("POST", "/ws", kAsk));
    EXPECT_ENVELOPE(posting.read(), "invalid_upstream_response", 502, "gateway", "unknown", false);
    EXPECT_EQ(upstream_.request_count(), 3u);
}

// ------------------------------------------------------------ TLS

TEST(TunnelTls, RunsUnderTlsOnBothSides) {
    const TempDir dir;
    const Authority authority(dir, "ca");
    const CertificateFiles own = authority.issue({.name = "errgate", .dns = {"localhost"}});
    FakeUpstream upstream(tls_server({.identity = authority.issue({.name = "psp"})}));
    RoutesSpec spec = upgrading(upstream.port());
    spec.upstreams[0].scheme = "https";
    spec.upstreams[0].more = "tls: {ca_file: " + authority.file() + "}";
    spec.listen_tls = "certificate: " + own.certificate + ", private_key: " + own.key;
    Gateway gateway(spec);
    upstream.expect("GET", "/ws").send(kSwitch + "welcome").echo().send("bye").finish_writing();
    Client client = gateway.client();
    ASSERT_TRUE(client.secure(tls_client({.authorities = authority.file()})));
    ASSERT_EQ(ask(client).status, 101);
    EXPECT_EQ(client.read_bytes(7), "welcome");
    for (std::uint64_t at = 0; at < 8 * kMiB; at += 64 * 1024) {
        ASSERT_TRUE(client.send(pattern(at, 64 * 1024)));
        ASSERT_TRUE(matches_pattern(at, client.read_bytes(64 * 1024))) << at;
    }
    client.socket().finish_writing();
    EXPECT_EQ(client.read_to_end(), "bye");
    EXPECT_EQ(gateway.log_line(0)["response_bytes"], 8 * kMiB + 10);
}

}  // namespace
}  // namespace errgate::test
