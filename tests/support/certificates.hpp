// Certificates made for one test run: an authority and what it signs, as PEM files.
#pragma once

#include "support/process.hpp"

#include <memory>
#include <string>
#include <vector>

struct evp_pkey_st;
struct x509_st;

namespace errgate::test {

struct CertificateFiles {
    std::string certificate;
    std::string key;
};

struct CertificateSpec {
    std::string name = "peer";                 // common name, and of the files
    std::vector<std::string> dns{};            // subject alternative names
    std::vector<std::string> ip{"127.0.0.1"};  // the same
    long begins_in = -3600;                    // seconds from now
    long ends_in = 3600;
    bool rsa = false;  // 2048 bits; an elliptic curve otherwise
};

// Everything lies in the folder, which must outlive what reads the files.
class Authority {
  public:
    Authority(const TempDir& dir, const std::string& name);

    const std::string& file() const { return file_; }
    CertificateFiles issue(const CertificateSpec& spec = {}) const;

  private:
    const TempDir& dir_;
    std::string name_, file_;
    std::shared_ptr<evp_pkey_st> key_;
    std::shared_ptr<x509_st> certificate_;
};

// Signed by itself.
CertificateFiles self_signed(const TempDir& dir, const CertificateSpec& spec);

}  // namespace errgate::test
