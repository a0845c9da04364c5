// TLS for the peers of the integration tests: settings of one side, and one side of a connection.
#pragma once

#include "support/certificates.hpp"

#include <memory>
#include <string>
#include <string_view>

struct ssl_ctx_st;
struct ssl_st;

namespace errgate::test {

struct TlsOptions {
    CertificateFiles identity{};  // none for a client without a certificate
    std::string authorities{};    // what the peer's certificate must be signed by; empty: anything
    std::string server_name{};    // a client's SNI
    std::string protocols{};      // offered or accepted by ALPN, one name; empty: no ALPN
    int max_version = 0;          // 12: TLS 1.2 at most, 11: TLS 1.1 at most
};

// Shared by all connections of a peer, so that sessions can be resumed.
using TlsContext = std::shared_ptr<ssl_ctx_st>;
TlsContext tls_server(const TlsOptions& options);
TlsContext tls_client(const TlsOptions& options);

// What a handshake came to.
struct TlsFacts {
    bool established = false;
    std::string version;      // "TLSv1.3"
    std::string server_name;  // that the client asked for
    std::string protocol;     // ALPN
    std::string peer;         // common name of the peer's certificate
    bool resumed = false;
    std::string error;  // OpenSSL's words when it failed
};

// Over a non-blocking descriptor. Each call says what it waits for by its result.
class TlsEnd {
  public:
    enum class Step { done, want_read, want_write, closed, failed };

    TlsEnd(const TlsContext& context, int fd, bool server, const std::string& server_name = {});
    ~TlsEnd();

    Step handshake();
    Step read(char* into, std::size_t max, std::size_t& got);
    Step write(std::string_view bytes, std::size_t& taken);
    void close_notify();
    bool has_pending() const;
    TlsFacts facts() const;
    const std::string& error() const { return error_; }

  private:
    Step stopped(int result);

    TlsContext context_;
    ssl_st* ssl_;
    std::string error_;
};

}  // namespace errgate::test
