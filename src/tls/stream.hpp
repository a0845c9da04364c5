// TLS over a connected, non-blocking socket, one step at a time: says what it waits for instead of
// waiting.
#pragma once

#include "tls/context.hpp"
#include "tls/session_cache.hpp"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>

namespace errgate::tls {

enum class Step : std::uint8_t {
    done,
    want_read,   // call again when the socket is readable
    want_write,  // ... writable
    closed,      // the peer said that it ends (close_notify)
    failed,      // failure() says why
};

// Why a connection cannot be used. The text is OpenSSL's own and lives for ever.
struct Failure {
    enum class Kind : std::uint8_t {
        none,
        certificate,  // the peer's did not pass a check, which `text` names
        alert,        // the peer refused, for the reason `text`
        truncated,    // the peer closed without saying that it ends
        protocol,     // bytes that are no TLS we speak
        network,      // the socket failed
    } kind = Kind::none;
    std::string_view text{};
};

// The socket belongs to the caller, stays open longer than this, and nobody else reads or writes
// it. Reads and writes may alternate freely; a write that wants to wait is repeated with the same
// bytes. One thread. OpenSSL works on the socket itself: an ssl::stream would hold a pair of 17 KiB
// buffers a connection and copy every byte twice.
class Stream {
  public:
    explicit Stream(const ServerContext& context, int socket);
    // `host` is a name or a literal address: what the server's certificate must be for, unless the
    // context names another. `sessions` may be null.
    Stream(const ClientContext& context, int socket, std::string_view host,
           std::shared_ptr<SessionCache> sessions);
    ~Stream();
    Stream(const Stream&) = delete;
    Stream& operator=(const Stream&) = delete;

    Step handshake();

    struct Moved {
        Step step;
        std::size_t bytes = 0;  // done: how many; else of a write: how many the peer may have got
    };
    // As much as is there and fits; `done` with at least one byte.
    Moved read(std::span<char> into);
    // One record: up to 16 KiB from the front of the pieces, joined, so that a head and a small
    // body leave with one system call.
    Moved write(std::span<const std::string_view> pieces);
    // Tells the peer that nothing more comes. Best effort: at most one write to the socket.
    Step finish();

    // Bytes were taken from the socket that have not been read yet, so waiting for the socket to
    // become readable may be waiting too long.
    bool has_buffered() const;
    // Looks whether data waits, taking in what is there. `want_read`: nothing does.
    Step peek();
    // ... and copies what does, up to the end of its record.
    Moved peek(std::span<char> into);

    bool resumed() const;
    const Failure& failure() const { return failure_; }

  private:
    friend class ClientContext;
    struct FreeSsl {
        void operator()(ssl_st* ssl) const;
    };

    void attach(int socket);
    void expect_peer(const ClientContext& context);
    Step stopped(int result);
    Step fail(Failure::Kind kind, std::string_view text);
    Failure describe_error() const;
    static int keep_session(ssl_st* ssl, ssl_session_st* session);

    std::unique_ptr<ssl_st, FreeSsl> ssl_;
    std::shared_ptr<SessionCache> sessions_;
    std::string host_;
    Failure failure_;
    bool established_ = false;
};

}  // namespace errgate::tls
