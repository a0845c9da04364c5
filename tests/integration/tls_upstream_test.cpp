// HTTPS to the provider: who it is, what breaks, what is kept, and that nothing is charged twice.
#include "support/certificates.hpp"
#include "support/envelope.hpp"
#include "support/fake_upstream.hpp"
#include "support/gateway.hpp"
#include "support/pattern.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <functional>
#include <string>
#include <vector>

namespace errgate::test {
namespace {

using nlohmann::json;
using testing::AnyOf;
using testing::HasSubstr;
using testing::StartsWith;

constexpr std::uint64_t kMiB = 1024 * 1024;
constexpr ExpectedEnvelope kUnreachable{"upstream_unreachable", 502, "gateway", "not_applied",
                                        true};

class TlsUpstream : public testing::Test {
  protected:
    TlsOptions server_options(const CertificateSpec& spec = {}) const {
        return {.identity = authority_.issue(spec), .authorities = {}};
    }

    // One quick attempt unless the route says otherwise.
    RoutesSpec routes(const FakeUpstream& upstream, const std::string& tls,
                      const std::string& route_more = "retry: {attempts: 1}") const {
        RoutesSpec spec = single(upstream.port(), "kira", route_more);
        spec.upstreams[0].scheme = "https";
        spec.upstreams[0].more =
            "circuit_breaker: {enabled: false}\nretry_budget: {ratio: 1, min_per_second: 1000}\n"
            "tls: {" +
            tls + "}";
        return spec;
    }
    RoutesSpec trusting(const FakeUpstream& upstream) const {
        return routes(upstream, "ca_file: " + authority_.file());
    }

    TempDir dir_;
    Authority authority_{dir_, "ca"};
};

TEST_F(TlsUpstream, SpeaksTls13AndHttp11ToAVerifiedProvider) {
    TlsOptions options = server_options();
    options.protocols = "http/1.1";
    FakeUpstream upstream(tls_server(options));
    upstream.expect("GET", "/pay").reply(200, {}, "paid");
    Gateway gateway(trusting(upstream));
    EXPECT_EQ(gateway.client().get("/pay").body, "paid");
    const TlsFacts facts = upstream.tls(0);
    EXPECT_EQ(facts.version, "TLSv1.3");
    EXPECT_EQ(facts.protocol, "http/1.1");
    EXPECT_EQ(facts.server_name, "") << "an address is no server name (RFC 6066 section 3)";
}

TEST_F(TlsUpstream, SpeaksTls12WhereTheProviderDoes) {
    TlsOptions options = server_options();
    options.max_version = 12;
    FakeUpstream upstream(tls_server(options));
    upstream.expect("GET", "/pay").reply(200, {}, "paid");
    Gateway gateway(trusting(upstream));
    EXPECT_EQ(gateway.client().get("/pay").body, "paid");
    EXPECT_EQ(upstream.tls(0).version, "TLSv1.2");
}

TEST_F(TlsUpstream, NamesTheHostOfTheUrl) {
    FakeUpstream upstream(tls_server(server_options({.dns = {"localhost"}, .ip = {}})));
    upstream.expect("GET", "/pay").reply(200, {}, "paid");
    RoutesSpec spec = trusting(upstream);
    spec.upstreams[0].host = "localhost";
    Gateway gateway(spec);
    EXPECT_EQ(gateway.client().get("/pay").body, "paid");
    EXPECT_EQ(upstream.tls(0).server_name, "localhost");
}

TEST_F(TlsUpstream, NamesAndVerifiesAnotherServerWhereTheFileSaysSo) {
    FakeUpstream upstream(tls_server(server_options({.dns = {"*.psp.example"}, .ip = {}})));
    upstream.expect("GET", "/pay").reply(200, {}, "paid");
    Gateway gateway(
        routes(upstream, "server_name: api.psp.example, ca_file: " + authority_.file()));
    EXPECT_EQ(gateway.client().get("/pay").body, "paid");
    EXPECT_EQ(upstream.tls(0).server_name, "api.psp.example");
}

// ------------------------------------------------------------ who is not let in

struct RefusedCase {
    std::string name;
    CertificateSpec certificate;
    std::string signed_by;  // "ca", "other", "itself"
    std::string url_host;
    std::string detail;
};

TEST_F(TlsUpstream, RefusesACertificateAndSaysWhichCheckFailed) {
    const Authority other(dir_, "other");
    const std::vector<RefusedCase> cases = {
        {"expired", {.name = "old", .ends_in = -60}, "ca", "127.0.0.1", "certificate has expired"},
        {"not yet valid",
         {.name = "new", .begins_in = 3000},
         "ca",
         "127.0.0.1",
         "certificate is not yet valid"},
        {"self-signed", {.name = "self"}, "itself", "127.0.0.1", "self-signed certificate"},
        {"unknown authority",
         {.name = "stranger"},
         "other",
         "127.0.0.1",
         "unable to get local issuer certificate"},
        {"another address",
         {.name = "address", .ip = {"127.0.0.2"}},
         "ca",
         "127.0.0.1",
         "IP address mismatch"},
        {"another name",
         {.name = "name", .dns = {"api.example"}},
         "ca",
         "localhost",
         "hostname mismatch"},
        {"the name only as common name",
         {.name = "localhost", .ip = {}},
         "ca",
         "localhost",
         "hostname mismatch"},
    };
    for (const RefusedCase& c : cases) {
        SCOPED_TRACE(c.name);
        const CertificateFiles identity = c.signed_by == "ca" ? authority_.issue(c.certificate)
                                          : c.signed_by == "other"
                                              ? other.issue(c.certificate)
                                              : self_signed(dir_, c.certificate);
        FakeUpstream upstream(tls_server({.identity = identity, .authorities = {}}));
        RoutesSpec spec = trusting(upstream);
        spec.upstreams[0].host = c.url_host;
        Gateway gateway(spec);
        const Response response = gateway.client().post("/pay", "{}");
        EXPECT_ENVELOPE(response, kUnreachable);
        EXPECT_EQ(response.field("Proxy-Status"), "errgate; error=tls_certificate_error");
        const json attempt = gateway.log_line(0)["attempts"][0];
        EXPECT_EQ(attempt["result"], "tls_certificate");
        EXPECT_EQ(attempt["detail"], c.detail);
        EXPECT_EQ(upstream.request_count(), 0u);
    }
}

TEST_F(TlsUpstream, TrustsTheSystemsAuthoritiesByDefault) {
    FakeUpstream upstream(tls_server(server_options()));
    RoutesSpec spec = trusting(upstream);
    spec.upstreams[0].more = "";
    Gateway gateway(spec);
    EXPECT_EQ(gateway.client().get("/pay").field("Proxy-Status"),
              "errgate; error=tls_certificate_error");
}

TEST_F(TlsUpstream, TakesAnyCertificateOnlyWhenToldAndSaysSo) {
    FakeUpstream upstream(
        tls_server({.identity = self_signed(dir_, {.ends_in = -60}), .authorities = {}}));
    upstream.expect("GET", "/pay").reply(200, {}, "paid");
    Gateway gateway(routes(upstream, "verify: false"));
    EXPECT_EQ(gateway.client().get("/pay").body, "paid");
    EXPECT_THAT(gateway.process().err().text(), HasSubstr("upstream \"psp\" is not verified"));
}

TEST_F(TlsUpstream, RefusesVersionsBefore12) {
    TlsOptions options = server_options();
    options.max_version = 11;
    FakeUpstream upstream(tls_server(options));
    Gateway gateway(trusting(upstream));
    const Response response = gateway.client().get("/pay");
    EXPECT_ENVELOPE(response, kUnreachable);
    EXPECT_EQ(response.field("Proxy-Status"), "errgate; error=tls_alert_received");
    EXPECT_EQ(gateway.log_line(0)["attempts"][0]["detail"], "protocol version");
}

TEST_F(TlsUpstream, RefusesAProviderThatSpeaksNoTls) {
    FakeUpstream upstream;
    upstream.on_accept().send("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n").stay_silent();
    Gateway gateway(trusting(upstream));
    const Response response = gateway.client().post("/pay", "{}");
    EXPECT_ENVELOPE(response, kUnreachable);
    EXPECT_EQ(response.field("Proxy-Status"), "errgate; error=tls_protocol_error");
    EXPECT_EQ(gateway.log_line(0)["attempts"][0]["detail"], "wrong version number");
}

TEST_F(TlsUpstream, CountsTheHandshakeAsConnecting) {
    FakeUpstream upstream;
    upstream.on_accept().stay_silent();
    Gateway gateway(routes(upstream, "ca_file: " + authority_.file(),
                           "retry: {attempts: 1}\ntimeouts: {connect: 200ms}"));
    const Response response = gateway.client().post("/pay", "{}");
    EXPECT_ENVELOPE(response, kUnreachable);
    EXPECT_EQ(response.field("Proxy-Status"), "errgate; error=connection_timeout");
}

// ------------------------------------------------------------ our own certificate

TEST_F(TlsUpstream, ShowsItsCertificateToAProviderThatAsks) {
    TlsOptions options = server_options();
    options.authorities = authority_.file();
    FakeUpstream upstream(tls_server(options));
    upstream.expect("GET", "/pay").reply(200, {}, "paid");
    const CertificateFiles own = authority_.issue({.name = "gateway"});
    Gateway gateway(routes(upstream, "ca_file: " + authority_.file() + ", client_certificate: " +
                                         own.certificate + ", client_key: " + own.key));
    EXPECT_EQ(gateway.client().get("/pay").body, "paid");
    EXPECT_EQ(upstream.tls(0).peer, "gateway");
}

// TLS 1.3 lets us send before the provider has looked at our certificate, so what became of the
// request is known only when the refusal overtook it.
TEST_F(TlsUpstream, IsRefusedByAProviderThatWantsACertificate) {
    for (const int version : {0, 12}) {
        SCOPED_TRACE(version);
        TlsOptions options = server_options();
        options.authorities = authority_.file();
        options.max_version = version;
        FakeUpstream upstream(tls_server(options));
        Gateway gateway(trusting(upstream));
        const Response response = gateway.client().post("/pay", "{}");
        EXPECT_EQ(response.field("Errgate-Code"), "upstream_unreachable");
        EXPECT_EQ(response.field("Proxy-Status"), "errgate; error=tls_alert_received");
        if (version == 12) {
            EXPECT_ENVELOPE(response, kUnreachable);
        }
        EXPECT_EQ(upstream.request_count(), 0u);
    }
}

// ------------------------------------------------------------ what is kept

TEST_F(TlsUpstream, UsesOneConnectionForRequestsAfterOneAnother) {
    FakeUpstream upstream(tls_server(server_options()));
    upstream.otherwise().reply(200, {}, "paid");
    Gateway gateway(trusting(upstream));
    Client client = gateway.client();
    for (int i = 0; i < 5; ++i)
        EXPECT_EQ(client.get("/pay").body, "paid");
    EXPECT_EQ(upstream.connection_count(), 1u);
}

TEST_F(TlsUpstream, ResumesItsSessionOnANewConnection) {
    for (const int version : {0, 12}) {
        SCOPED_TRACE(version);
        TlsOptions options = server_options();
        options.max_version = version;
        FakeUpstream upstream(tls_server(options));
        upstream.otherwise().reply(200, {{"Connection", "close"}}, "paid");
        Gateway gateway(trusting(upstream));
        Client client = gateway.client();  // one worker
        for (int i = 0; i < 3; ++i)
            EXPECT_EQ(client.get("/pay").body, "paid");
        EXPECT_FALSE(upstream.tls(0).resumed);
        EXPECT_TRUE(upstream.tls(1).resumed);
        EXPECT_TRUE(upstream.tls(2).resumed);
    }
}

TEST_F(TlsUpstream, LeavesAConnectionThatTheProviderClosed) {
    FakeUpstream upstream(tls_server(server_options()));
    upstream.expect("POST", "/pay").reply(200, {}, "first").close();
    upstream.expect("POST", "/pay").reply(200, {}, "second");
    Gateway gateway(trusting(upstream));
    Client client = gateway.client();
    EXPECT_EQ(client.post("/pay", "{}").body, "first");
    ASSERT_TRUE(upstream.wait_for_closed(0));
    EXPECT_EQ(client.post("/pay", "{}").body, "second");
}

TEST_F(TlsUpstream, NeverReadsSurplusBytesAsTheNextAnswer) {
    FakeUpstream upstream(tls_server(server_options()));
    Gate sent;
    upstream.expect("GET", "/pay")
        .send(
            "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nokHTTP/1.1 200 OK\r\n"
            "Content-Length: 4\r\n\r\nevil")
        .open(sent);
    upstream.expect("GET", "/pay").reply(200, {}, "good");
    Gateway gateway(trusting(upstream));
    Client client = gateway.client();
    EXPECT_EQ(client.get("/pay").body, "ok");
    EXPECT_EQ(client.get("/pay").body, "good");
    EXPECT_EQ(upstream.connection_count(), 2u);
}

// ------------------------------------------------------------ bodies

TEST_F(TlsUpstream, StreamsBodiesBothWays) {
    const std::uint64_t size = 8 * kMiB;
    FakeUpstream upstream(tls_server(server_options()));
    upstream.discard_bodies();
    upstream.expect("POST", "/import").reply(201, {}, "stored");
    upstream.expect("GET", "/export")
        .send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
        .send_pattern_chunks(size, 99'991);
    Gateway gateway(trusting(upstream));
    Client client = gateway.client();
    client.send(format_request("POST", "/import", {{"Content-Length", std::to_string(size)}}));
    for (std::uint64_t at = 0; at < size; at += kMiB)
        ASSERT_TRUE(client.send(pattern(at, kMiB)));
    EXPECT_EQ(client.read().status, 201);
    EXPECT_EQ(upstream.last_request().body_size, size);
    client.send(format_request("GET", "/export"));
    const Response response = client.read({.pattern_body = true});
    EXPECT_TRUE(response.complete) << response.error;
    EXPECT_EQ(response.body_size, size);
    EXPECT_EQ(upstream.connection_count(), 1u);
}

TEST_F(TlsUpstream, PassesOnAnAnswerThatComesBeforeTheBodyIsSent) {
    FakeUpstream upstream(tls_server(server_options()));
    upstream.expect("POST", "/import").before_body().reply(413).stay_silent();
    Gateway gateway(trusting(upstream));
    Client client = gateway.client();
    client.send(format_request("POST", "/import", {{"Content-Length", "10000000"}}));
    client.send(pattern(0, 2 * kMiB));  // the rest never comes
    EXPECT_EQ(client.read().status, 413);
}

TEST_F(TlsUpstream, TakesCloseNotifyForTheEndOfABody) {
    FakeUpstream upstream(tls_server(server_options()));
    upstream.expect("GET", "/export")
        .send("HTTP/1.1 200 OK\r\nConnection: close\r\n\r\nall of it")
        .finish_writing();
    Gateway gateway(trusting(upstream));
    const Response response = gateway.client().get("/export");
    EXPECT_TRUE(response.complete) << response.error;
    EXPECT_EQ(response.body, "all of it");
}

TEST_F(TlsUpstream, TakesAnEndWithoutCloseNotifyForATruncation) {
    FakeUpstream upstream(tls_server(server_options()));
    upstream.expect("GET", "/export")
        .send("HTTP/1.1 200 OK\r\nConnection: close\r\n\r\nhalf of it")
        .cut_off();
    Gateway gateway(trusting(upstream));
    EXPECT_FALSE(gateway.client().get("/export").complete);
    EXPECT_EQ(gateway.log_line(0)["attempts"][0]["result"], "response_truncated");
}

// ------------------------------------------------------------ never charge twice

struct Kind {
    std::string name, method;
    Fields fields;
    bool replay_safe;
};
const std::vector<Kind> kKinds = {{"GET", "GET", {}, true},
                                  {"POST with a key", "POST", {{"idempotency-key", "k-1"}}, true},
                                  {"POST without a key", "POST", {}, false}};

constexpr const char* kThreeAttempts = "retry: {attempts: 3, backoff: {base: 1ms, max: 5ms}}";

TEST_F(TlsUpstream, RepeatsEveryRequestWhoseHandshakeFailed) {
    FakeUpstream upstream(tls_server(server_options({.ends_in = -60})));
    Gateway gateway(routes(upstream, "ca_file: " + authority_.file(), kThreeAttempts));
    std::size_t connections = 0;
    for (const Kind& kind : kKinds) {
        SCOPED_TRACE(kind.name);
        const Response response = gateway.client().request(kind.method, "/charge", kind.fields,
                                                           kind.method == "GET" ? "" : "{}");
        EXPECT_ENVELOPE(response, kUnreachable);
        EXPECT_EQ(response.json()["attempts"], 3);
        connections += 3;
        EXPECT_TRUE(upstream.wait_for_connections(connections));
        EXPECT_EQ(upstream.connection_count(), connections);
        EXPECT_EQ(upstream.request_count(), 0u);
    }
}

TEST_F(TlsUpstream, RepeatsOnlyWhatIsReplaySafeOnceItWasSent) {
    FakeUpstream upstream(tls_server(server_options()));
    Gateway gateway(routes(upstream, "ca_file: " + authority_.file(), kThreeAttempts));
    const std::vector<std::pair<std::string, std::function<void(Script&)>>> ends = {
        {"reset", [](Script& s) { s.reset(); }},
        {"close_notify", [](Script& s) { s.close(); }},
        {"cut off", [](Script& s) { s.cut_off(); }},
        {"half a head", [](Script& s) { s.send("HTTP/1.1 200 O").close(); }},
    };
    for (const auto& [end, happen] : ends) {
        for (const Kind& kind : kKinds) {
            SCOPED_TRACE(end + ", " + kind.name);
            const std::size_t before = upstream.request_count();
            happen(upstream.expect(kind.method, "/charge"));
            if (kind.replay_safe) upstream.expect(kind.method, "/charge").reply(200, {}, "done");
            const Response response = gateway.client().request(kind.method, "/charge", kind.fields,
                                                               kind.method == "GET" ? "" : "{}");
            EXPECT_EQ(upstream.request_count() - before, kind.replay_safe ? 2u : 1u);
            if (kind.replay_safe) {
                EXPECT_EQ(response.body, "done");
            } else {
                EXPECT_ENVELOPE(response, "invalid_upstream_response", 502, "gateway", "unknown",
                                false);
            }
        }
    }
}

}  // namespace
}  // namespace errgate::test
