// Certificates and keys out of PEM text. For the sources of this layer only.
#pragma once

#include "tls/openssl.hpp"

#include <ctime>
#include <string>
#include <string_view>
#include <vector>

namespace errgate::tls {

// Every certificate of the text in its order. Empty: `error` says why ("holds no PEM certificate").
std::vector<CertificatePtr> read_certificates(std::string_view pem, std::string& error);

// The text's private key, which must not need a passphrase. Null: `error` says why.
KeyPtr read_private_key(std::string_view pem, std::string& error);

// Empty when the certificate is valid at `now`, else a sentence with the date that it is not.
std::string validity_problem(const X509& certificate, std::time_t now);

// What OpenSSL last complained about in this thread, in its own words; takes it off the queue.
std::string last_error();

}  // namespace errgate::tls
