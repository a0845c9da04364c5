// What a scanner such as testssl.sh asks of a TLS listener: versions, ciphers, compression,
// renegotiation, protocols. With hellos written byte by byte, and with the openssl and curl
// programs.
#include "support/certificates.hpp"
#include "support/fake_upstream.hpp"
#include "support/gateway.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <vector>

namespace errgate::test {
namespace {

using namespace std::string_literals;
using testing::AnyOf;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

std::string number(std::size_t value, int bytes) {
    std::string out;
    while (bytes-- > 0)
        out.push_back(static_cast<char>(value >> (8 * bytes) & 0xff));
    return out;
}

// The ClientHello of an old client: a version, cipher suites, no extensions.
std::string hello(std::size_t version, const std::vector<std::size_t>& suites) {
    std::string ciphers;
    for (const std::size_t suite : suites)
        ciphers += number(suite, 2);
    const std::string body = number(version, 2) + std::string(32, 'r') + "\0"s +
                             number(ciphers.size(), 2) + ciphers + "\x01\0"s;
    const std::string message = "\x01"s + number(body.size(), 3) + body;
    return "\x16"s + number(version, 2) + number(message.size(), 2) + message;
}

class TlsScan : public testing::Test {
  protected:
    RoutesSpec routes(const std::string& more_tls = "") const {
        RoutesSpec spec = single(upstream_.port(), "kira", "retry: {attempts: 1}");
        spec.listen_tls =
            "certificate: " + own_.certificate + ", private_key: " + own_.key + more_tls;
        return spec;
    }

    // What comes back for raw bytes, up to the end of the connection.
    static std::string answer(const Gateway& gateway, const std::string& bytes) {
        Client client = gateway.client();
        client.send(bytes);
        return client.read_to_end();
    }

    // `openssl s_client` with one request, and its words.
    RunResult s_client(const Gateway& gateway, const std::string& options,
                       const std::string& input =
                           "GET /pay HTTP/1.1\\r\\nHost: a\\r\\n"
                           "Connection: close\\r\\n\\r\\n") const {
        return run_program({"/bin/sh", "-c",
                            "printf '" + input + "' | openssl s_client -connect 127.0.0.1:" +
                                std::to_string(gateway.port()) + " -CAfile " + authority_.file() +
                                " -verify_return_error " + options});
    }

    RunResult curl(const Gateway& gateway, std::vector<std::string> options) const {
        std::vector<std::string> argv{"/usr/bin/curl", "-sS", "--cacert", authority_.file()};
        argv.insert(argv.end(), options.begin(), options.end());
        argv.push_back("https://localhost:" + std::to_string(gateway.port()) + "/pay");
        return run_program(argv);
    }

    FakeUpstream upstream_;
    TempDir dir_;
    Authority authority_{dir_, "ca"};
    // RSA, so that key exchange by RSA is refused for what it is and not for lack of a key.
    CertificateFiles own_ =
        authority_.issue({.name = "errgate", .dns = {"localhost"}, .rsa = true});
};

TEST_F(TlsScan, RefusesEveryVersionBefore12) {
    Gateway gateway(routes());
    const std::vector<std::size_t> suites = {0xc014, 0xc013, 0x0035, 0x002f, 0x000a, 0x00ff};
    for (const std::size_t version : {0x0300U, 0x0301U, 0x0302U}) {
        SCOPED_TRACE(version);
        const std::string alert = answer(gateway, hello(version, suites));
        ASSERT_EQ(alert.size(), 7U);
        EXPECT_EQ(alert[0], '\x15');
        // Fatal: protocol_version, or handshake_failure for SSL 3.0, which had no such word.
        EXPECT_EQ(alert.substr(5), version == 0x0300U ? "\x02\x28"s : "\x02\x46"s);
    }
    const std::string ssl2 =
        "\x80\x1c\x01\x00\x02\x00\x03\x00\x00\x00\x10\x07\x00\xc0"s + std::string(16, 'c');
    EXPECT_THAT(answer(gateway, ssl2), Not(HasSubstr("errgate"))) << "no certificate was sent";
    EXPECT_EQ(upstream_.connection_count(), 0U);
}

TEST_F(TlsScan, TakesOnlyForwardSecretAuthenticatedCiphersInTls12) {
    Gateway gateway(routes());
    upstream_.otherwise().reply(200, {}, "paid");
    for (const std::string cipher : {"ECDHE-RSA-AES128-GCM-SHA256", "ECDHE-RSA-AES256-GCM-SHA384",
                                     "ECDHE-RSA-CHACHA20-POLY1305"}) {
        const RunResult result = s_client(gateway, "-ign_eof -tls1_2 -cipher " + cipher);
        EXPECT_THAT(result.out, HasSubstr("Cipher is " + cipher)) << result.err;
        EXPECT_THAT(result.out, HasSubstr("paid")) << cipher;
    }
    // No forward secrecy, or a MAC behind CBC, or anonymous, or nothing at all.
    for (const std::string cipher :
         {"AES128-GCM-SHA256", "AES256-GCM-SHA384", "AES128-SHA", "AES256-SHA256",
          "ECDHE-RSA-AES128-SHA", "ECDHE-RSA-AES128-SHA256", "ECDHE-RSA-AES256-SHA384", "aNULL",
          "eNULL", "CAMELLIA", "ARIA"}) {
        const RunResult result = s_client(gateway, "-tls1_2 -cipher " + cipher + ":@SECLEVEL=0");
        EXPECT_THAT(result.out, Not(HasSubstr("BEGIN CERTIFICATE"))) << cipher;
        EXPECT_THAT(result.err, HasSubstr("alert handshake failure")) << cipher;
    }
}

TEST_F(TlsScan, TakesEveryCipherOfTls13) {
    Gateway gateway(routes());
    upstream_.otherwise().reply(200, {}, "paid");
    for (const std::string cipher :
         {"TLS_AES_128_GCM_SHA256", "TLS_AES_256_GCM_SHA384", "TLS_CHACHA20_POLY1305_SHA256"}) {
        const RunResult result = s_client(gateway, "-ign_eof -tls1_3 -ciphersuites " + cipher);
        EXPECT_THAT(result.out, HasSubstr("Cipher is " + cipher)) << result.err;
        EXPECT_THAT(result.out, HasSubstr("paid")) << cipher;
    }
}

TEST_F(TlsScan, CompressesNothing) {
    Gateway gateway(routes());
    upstream_.otherwise().reply(200, {}, "paid");
    EXPECT_THAT(s_client(gateway, "-ign_eof -tls1_2 -comp").out, HasSubstr("Compression: NONE"));
    // Offered byte by byte, in case this openssl knows no compression: the null method is missing.
    std::string deflate_only = hello(0x0303, {0xc02f, 0xc030});
    deflate_only.back() = '\x01';
    const std::string alert = answer(gateway, deflate_only);
    ASSERT_GE(alert.size(), 7U);
    EXPECT_EQ(alert[0], '\x15');
}

TEST_F(TlsScan, RenegotiatesWithNobody) {
    Gateway gateway(routes());
    const RunResult result = s_client(gateway, "-tls1_2", "R\\n");
    EXPECT_THAT(result.out, HasSubstr("Secure Renegotiation IS supported"));  // RFC 5746
    EXPECT_THAT(result.err, HasSubstr("RENEGOTIATING"));
    EXPECT_THAT(result.err, HasSubstr("no renegotiation"));
}

TEST_F(TlsScan, SpeaksHttp11ToThoseWhoWouldLikeMore) {
    Gateway gateway(routes());
    upstream_.otherwise().reply(200, {}, "paid");
    EXPECT_THAT(s_client(gateway, "-ign_eof -alpn h2,http/1.1").out,
                HasSubstr("ALPN protocol: http/1.1"));
    EXPECT_THAT(s_client(gateway, "-ign_eof -alpn h2,spdy/3").err,
                HasSubstr("alert no application protocol"));
    EXPECT_EQ(curl(gateway, {"--http2", "-w", " %{http_version}"}).out, "paid 1.1\n");
}

TEST_F(TlsScan, IsVerifiedByOthersUnderItsName) {
    Gateway gateway(routes());
    upstream_.otherwise().reply(200, {}, "paid");
    EXPECT_THAT(s_client(gateway, "-ign_eof -verify_hostname localhost").out,
                HasSubstr("Verify return code: 0 (ok)"));
    EXPECT_EQ(curl(gateway, {"--tlsv1.2", "--tls-max", "1.2"}).out, "paid\n");
    EXPECT_EQ(curl(gateway, {"--tlsv1.3"}).out, "paid\n");
    constexpr int kHandshakeFailed = 35;
    EXPECT_EQ(curl(gateway, {"--tls-max", "1.1", "--ciphers", "ALL:@SECLEVEL=0"}).code,
              kHandshakeFailed);
}

TEST_F(TlsScan, WantsTheCertificateOfAClientWhereTheFileSaysSo) {
    Gateway gateway(routes(", client_ca: " + authority_.file()));
    upstream_.otherwise().reply(200, {}, "paid");
    const RunResult nobody = s_client(gateway, "-ign_eof -tls1_2");
    EXPECT_THAT(nobody.err, AnyOf(HasSubstr("alert handshake failure"),
                                  HasSubstr("alert certificate required")));
    EXPECT_THAT(nobody.out, HasSubstr("Acceptable client certificate CA names\nCN = ca"));
    const CertificateFiles app = authority_.issue({.name = "app"});
    const RunResult known =
        s_client(gateway, "-ign_eof -cert " + app.certificate + " -key " + app.key);
    EXPECT_THAT(known.out, HasSubstr("paid")) << known.err;
    EXPECT_EQ(upstream_.request_count(), 1U);
}

}  // namespace
}  // namespace errgate::test
