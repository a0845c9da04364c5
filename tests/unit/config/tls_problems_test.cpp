// Certificates, keys and authorities that a routes file names: read and checked when it is loaded.
#include "routes_file.hpp"
#include "support/certificates.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>

namespace errgate::config {
namespace {

using test::Authority;
using test::CertificateFiles;
using testing::AllOf;
using testing::ElementsAre;
using testing::EndsWith;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::StartsWith;

std::string https_upstream(const std::string& tls) {
    return replaced(with_upstream("tls: {" + tls + "}"), "http:", "https:");
}

std::string https_listener(const std::string& tls) {
    return replaced(minimal(), "8080\"}", "8080\", tls: {" + tls + "}}");
}

class TlsProblems : public testing::Test {
  protected:
    test::TempDir dir_;
    Authority authority_{dir_, "ca"};
    CertificateFiles good_ = authority_.issue({.name = "good"});
    CertificateFiles other_ = authority_.issue({.name = "other"});
    CertificateFiles old_ = authority_.issue({.name = "old", .ends_in = -60});
    CertificateFiles early_ = authority_.issue({.name = "early", .begins_in = 3000});
    std::string text_ = dir_.write("text.pem", "no certificate\n");
};

TEST_F(TlsProblems, AnUpstreamNeedsNoneOfTheFiles) {
    EXPECT_THAT(problems_of(https_upstream("")), IsEmpty());
    EXPECT_THAT(problems_of(https_upstream("verify: false, server_name: api.example")), IsEmpty());
}

TEST_F(TlsProblems, AnUpstreamMayHaveThemAll) {
    const LoadResult loaded = load_text(
        https_upstream("ca_file: " + authority_.file() +
                       ", client_certificate: " + good_.certificate + ", client_key: " + good_.key),
        "f", environment());
    EXPECT_THAT(loaded.problems, IsEmpty());
    ASSERT_NE(loaded.snapshot, nullptr);
    EXPECT_NE(loaded.snapshot->upstreams[0].tls, nullptr);
    EXPECT_THAT(loaded.snapshot->other_files,
                ElementsAre(authority_.file(), good_.certificate, good_.key));
}

TEST_F(TlsProblems, RelativeNamesStartAtTheFolderOfTheFile) {
    const std::string text = https_upstream("ca_file: ca.crt");
    EXPECT_THAT(load_text(text, dir_.path("errgate.yaml"), environment()).problems, IsEmpty());
}

TEST_F(TlsProblems, WhatIsWrongWithAnUpstreamsFiles) {
    struct Case {
        const char* name;
        std::string tls;
        std::string problem;
    };
    const std::string pair = "client_certificate: ";
    const std::vector<Case> cases = {
        {"no such file", "ca_file: nowhere.pem",
         "7:20: upstreams.kira.tls.ca_file: \"nowhere.pem\" cannot be read: No such file or "
         "directory"},
        {"a folder", "ca_file: " + dir_.path(""), "is a directory, not a file"},
        {"no certificate", "ca_file: " + text_, "text.pem\" holds no PEM certificate"},
        {"a key for a certificate", "ca_file: " + good_.key, "holds no PEM certificate"},
        {"a certificate for a key", pair + good_.certificate + ", client_key: " + good_.certificate,
         "tls.client_key: \"" + good_.certificate + "\" holds no PEM private key"},
        {"another key", pair + good_.certificate + ", client_key: " + other_.key,
         "tls.client_key: \"" + other_.key + "\" does not belong to the certificate"},
        {"expired", pair + old_.certificate + ", client_key: " + old_.key, "old.crt\" expired on "},
        {"not yet valid", pair + early_.certificate + ", client_key: " + early_.key,
         "early.crt\" is not valid before "},
        {"one without the other", pair + good_.certificate,
         "upstreams.kira.tls: client_certificate and client_key go together"},
    };
    for (const Case& c : cases)
        EXPECT_THAT(problems_of(https_upstream(c.tls)), ElementsAre(HasSubstr(c.problem)))
            << c.name;
}

TEST_F(TlsProblems, AListenerIsMadeOfItsFiles) {
    const LoadResult loaded = load_text(
        https_listener("certificate: " + good_.certificate + ", private_key: " + good_.key +
                       ", client_ca: " + authority_.file()),
        "f", environment());
    EXPECT_THAT(loaded.problems, IsEmpty());
    ASSERT_NE(loaded.snapshot, nullptr);
    EXPECT_NE(loaded.snapshot->listen[0].tls, nullptr);
    EXPECT_EQ(loaded.snapshot->upstreams[0].tls, nullptr);
}

TEST_F(TlsProblems, WhatIsWrongWithAListenersFiles) {
    struct Case {
        const char* name;
        std::string tls;
        std::string problem;
    };
    const std::string pair = "certificate: " + good_.certificate + ", private_key: " + good_.key;
    const std::vector<Case> cases = {
        {"no key", "certificate: " + good_.certificate,
         "f:2:43: listen[0].tls.private_key: is required"},
        {"another key", "certificate: " + good_.certificate + ", private_key: " + other_.key,
         "listen[0].tls.private_key: \"" + other_.key + "\" does not belong to the certificate"},
        {"expired", "certificate: " + old_.certificate + ", private_key: " + old_.key,
         "old.crt\" expired on "},
        {"no authority", pair + ", client_ca: " + text_,
         "listen[0].tls.client_ca: \"" + text_ + "\" holds no PEM certificate"},
        {"unknown key", pair + ", ca: x", "listen[0].tls.ca: unknown key"},
    };
    for (const Case& c : cases)
        EXPECT_THAT(problems_of(https_listener(c.tls)), ElementsAre(HasSubstr(c.problem)))
            << c.name;
}

TEST_F(TlsProblems, ADamagedCertificateIsNamedByItsNumber) {
    const std::string bundle = dir_.write("bundle.pem",
                                          "-----BEGIN CERTIFICATE-----\nAAAA\n"
                                          "-----END CERTIFICATE-----\n");
    EXPECT_THAT(problems_of(https_upstream("ca_file: " + bundle)),
                ElementsAre(HasSubstr("bundle.pem\" certificate 1 in it is damaged: ")));
}

TEST_F(TlsProblems, AKeyWithAPassphraseIsRefused) {
    const std::string key = dir_.path("locked.key");
    ASSERT_EQ(test::run_program({"/usr/bin/openssl", "pkey", "-in", good_.key, "-aes128",
                                 "-passout", "pass:secret", "-out", key})
                  .code,
              0);
    EXPECT_THAT(problems_of(https_upstream("client_certificate: " + good_.certificate +
                                           ", client_key: " + key)),
                ElementsAre(EndsWith("is encrypted; a key without a passphrase is needed")));
}

TEST_F(TlsProblems, AFileNameFromTheEnvironmentIsNotShown) {
    const auto problems =
        problems_of(https_upstream("ca_file: \"${CA}\""), environment({{"CA", "/secret/place"}}));
    EXPECT_THAT(problems, ElementsAre(EndsWith("tls.ca_file: the file cannot be read: No such file "
                                               "or directory")));
}

TEST_F(TlsProblems, TlsIsForHttpsOnly) {
    EXPECT_THAT(problems_of(with_upstream("tls: {verify: false}")),
                ElementsAre("f:7:10: upstreams.kira.tls: is for https, and the url is http"));
}

TEST_F(TlsProblems, SwitchingVerificationOffIsNoted) {
    const LoadResult loaded = load_text(https_upstream("verify: false"), "f", environment());
    ASSERT_NE(loaded.snapshot, nullptr);
    EXPECT_THAT(loaded.snapshot->notices,
                ElementsAre("upstream \"kira\" is not verified: tls.verify is false, so anybody "
                            "can pose as it"));
}

}  // namespace
}  // namespace errgate::config
