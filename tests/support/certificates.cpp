// Certificates made for one test run: an authority and what it signs, as PEM files.
#include "support/certificates.hpp"

#include <openssl/ec.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>
#include <openssl/x509v3.h>

#include <atomic>
#include <cstdio>
#include <stdexcept>

namespace errgate::test {
namespace {

using Key = std::shared_ptr<EVP_PKEY>;
using Certificate = std::shared_ptr<X509>;

Key new_key(bool rsa = false) {
    return {rsa ? EVP_RSA_gen(2048) : EVP_EC_gen("P-256"), EVP_PKEY_free};
}

void add_extension(X509& certificate, X509& issuer, int id, const std::string& value) {
    X509V3_CTX context;
    X509V3_set_ctx_nodb(&context);
    X509V3_set_ctx(&context, &issuer, &certificate, nullptr, nullptr, 0);
    X509_EXTENSION* extension = X509V3_EXT_conf_nid(nullptr, &context, id, value.c_str());
    if (extension == nullptr) throw std::runtime_error("bad extension " + value);
    X509_add_ext(&certificate, extension, -1);
    X509_EXTENSION_free(extension);
}

std::string alternative_names(const CertificateSpec& spec) {
    std::string names;
    for (const std::string& dns : spec.dns)
        names += (names.empty() ? "DNS:" : ",DNS:") + dns;
    for (const std::string& ip : spec.ip)
        names += (names.empty() ? "IP:" : ",IP:") + ip;
    return names;
}

Certificate new_certificate(const CertificateSpec& spec, EVP_PKEY& key) {
    static std::atomic<long> serial{1};
    Certificate certificate(X509_new(), X509_free);
    X509_set_version(certificate.get(), X509_VERSION_3);
    ASN1_INTEGER_set(X509_get_serialNumber(certificate.get()), serial++);
    X509_gmtime_adj(X509_getm_notBefore(certificate.get()), spec.begins_in);
    X509_gmtime_adj(X509_getm_notAfter(certificate.get()), spec.ends_in);
    X509_set_pubkey(certificate.get(), &key);
    X509_NAME_add_entry_by_txt(X509_get_subject_name(certificate.get()), "CN", MBSTRING_ASC,
                               reinterpret_cast<const unsigned char*>(spec.name.c_str()), -1, -1,
                               0);
    return certificate;
}

void sign(X509& certificate, X509& issuer, EVP_PKEY& issuer_key) {
    X509_set_issuer_name(&certificate, X509_get_subject_name(&issuer));
    if (X509_sign(&certificate, &issuer_key, EVP_sha256()) == 0)
        throw std::runtime_error("cannot sign");
}

template <class Write>
std::string pem_file(const TempDir& dir, const std::string& name, Write write) {
    const std::string path = dir.path(name);
    const std::unique_ptr<FILE, int (*)(FILE*)> file(std::fopen(path.c_str(), "w"), std::fclose);
    if (!file || write(file.get()) != 1) throw std::runtime_error("cannot write " + path);
    return path;
}

CertificateFiles write_files(const TempDir& dir, const std::string& name, X509& certificate,
                             EVP_PKEY& key) {
    return {
        pem_file(dir, name + ".crt", [&](FILE* out) { return PEM_write_X509(out, &certificate); }),
        pem_file(dir, name + ".key",
                 [&](FILE* out) {
                     return PEM_write_PrivateKey(out, &key, nullptr, nullptr, 0, nullptr, nullptr);
                 }),
    };
}

}  // namespace

Authority::Authority(const TempDir& dir, const std::string& name)
    : dir_(dir), name_(name), key_(new_key()) {
    certificate_ = new_certificate({.name = name}, *key_);
    add_extension(*certificate_, *certificate_, NID_basic_constraints, "critical,CA:TRUE");
    add_extension(*certificate_, *certificate_, NID_key_usage, "critical,keyCertSign,cRLSign");
    sign(*certificate_, *certificate_, *key_);
    file_ = write_files(dir, name, *certificate_, *key_).certificate;
}

CertificateFiles Authority::issue(const CertificateSpec& spec) const {
    const Key key = new_key(spec.rsa);
    const Certificate certificate = new_certificate(spec, *key);
    if (const std::string names = alternative_names(spec); !names.empty())
        add_extension(*certificate, *certificate_, NID_subject_alt_name, names);
    sign(*certificate, *certificate_, *key_);
    return write_files(dir_, name_ + "-" + spec.name, *certificate, *key);
}

CertificateFiles self_signed(const TempDir& dir, const CertificateSpec& spec) {
    const Key key = new_key(spec.rsa);
    const Certificate certificate = new_certificate(spec, *key);
    if (const std::string names = alternative_names(spec); !names.empty())
        add_extension(*certificate, *certificate, NID_subject_alt_name, names);
    sign(*certificate, *certificate, *key);
    return write_files(dir, spec.name, *certificate, *key);
}

}  // namespace errgate::test
