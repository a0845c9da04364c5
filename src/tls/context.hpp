// What one side of TLS brings along: certificate, key and trust. Built when a configuration is
// loaded, then shared by all connections.
#pragma once

#include <cstdint>
#include <ctime>
#include <memory>
#include <string>
#include <vector>

struct ssl_ctx_st;      // OpenSSL's SSL_CTX
struct x509_store_st;   // X509_STORE
struct ssl_session_st;  // SSL_SESSION
struct ssl_st;          // SSL

namespace errgate::tls {

// Something wrong with what a context was to be made of; the sentence continues the file's name.
struct Defect {
    enum class In : std::uint8_t { certificate, private_key, authorities } in;
    std::string message;  // "expired on 2026-01-31 00:00:00 UTC"
};

// PEM texts. A certificate is followed by those between it and the authority.
struct Identity {
    std::string certificate;
    std::string private_key;
    bool empty() const { return certificate.empty() && private_key.empty(); }
};

// Both sides: TLS 1.2 and 1.3, no renegotiation, HTTP/1.1 by ALPN.
class Context {
  public:
    ssl_ctx_st* get() const { return context_.get(); }

  protected:
    std::shared_ptr<ssl_ctx_st> context_;
};

// A listener's side.
class ServerContext : public Context {
  public:
    // `client_authorities` (PEM) not empty: every client must show a certificate of theirs. Null
    // when there are defects; `now` is what certificates must be valid at.
    static std::shared_ptr<const ServerContext> make(const Identity& identity,
                                                     const std::string& client_authorities,
                                                     std::time_t now, std::vector<Defect>& defects);
};

// The authorities that the system trusts; read once and shared by contexts.
std::shared_ptr<x509_store_st> system_authorities();

struct ClientSettings {
    std::string authorities;  // PEM; empty: the system's
    std::string server_name;  // sent and verified; empty: the host that is connected to
    Identity identity;        // may be empty
    bool verify = true;       // false: any certificate is taken
};

// An upstream's side.
class ClientContext : public Context {
  public:
    // `system` is used when the settings name no authorities.
    static std::shared_ptr<const ClientContext> make(const ClientSettings& settings,
                                                     const std::shared_ptr<x509_store_st>& system,
                                                     std::time_t now, std::vector<Defect>& defects);

    const std::string& server_name() const { return server_name_; }
    bool verifies() const { return verify_; }

  private:
    std::string server_name_;
    bool verify_ = true;
};

}  // namespace errgate::tls
