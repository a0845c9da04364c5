// Plain TCP over loopback in which every wait has an end: the peers of the integration tests stand
// on it.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

struct ssl_ctx_st;

namespace errgate::test {

class TlsEnd;
struct TlsFacts;

// How long any single wait may last before the test fails. A bound, never a measure.
inline constexpr std::chrono::milliseconds kPatience{20'000};

// A flag other threads can wait for together with socket events. Opens once, stays open.
class Gate {
  public:
    Gate();
    ~Gate();
    Gate(const Gate&) = delete;
    Gate& operator=(const Gate&) = delete;

    void open();
    bool is_open() const;
    int fd() const { return fd_; }  // readable when open

  private:
    int fd_;
};

// Owns one connected socket. One thread at a time.
class Socket {
  public:
    enum class ReadStatus { data, end, reset, timeout, stopped };

    Socket();
    explicit Socket(int fd, int stop_fd = -1);
    ~Socket();
    Socket(Socket&& other) noexcept;
    Socket& operator=(Socket&& other) noexcept;

    // To 127.0.0.1; not open() when refused or out of patience.
    static Socket connect_to(std::uint16_t port, std::chrono::milliseconds patience = kPatience);

    // Everything after it goes through TLS. False: the handshake failed, tls() says why.
    bool secure_as_server(const std::shared_ptr<ssl_ctx_st>& context);
    bool secure_as_client(const std::shared_ptr<ssl_ctx_st>& context,
                          const std::string& server_name);
    TlsFacts tls() const;

    // Appends what has come, at most `max` bytes, waiting for the first of them.
    ReadStatus read_some(std::string& into, std::chrono::milliseconds patience = kPatience,
                         std::size_t max = 256 * 1024);
    // False: the peer is gone, or does not read for longer than the patience.
    bool write_all(std::string_view bytes, std::chrono::milliseconds patience = kPatience);
    // True: the gate opened; false: the socket's owner stops, or patience ended.
    bool wait_for(const Gate& gate) const;
    bool rest(std::chrono::milliseconds pause) const;  // false: the socket's owner stops

    void finish_writing();  // close_notify, FIN; the other direction stays open
    void cut_off();         // FIN alone, which under TLS is a truncation
    void reset();           // RST
    void close();
    bool open() const { return fd_ >= 0; }
    int fd() const { return fd_; }

  private:
    bool shake_hands();
    ReadStatus read_secure(std::string& into, std::chrono::milliseconds patience, std::size_t max);
    bool write_secure(std::string_view bytes, std::chrono::milliseconds patience);

    std::unique_ptr<TlsEnd> tls_;  // null: plain
    int fd_ = -1;
    int stop_fd_ = -1;  // readable when the owner wants every wait to end; -1: none
};

// A listening socket on a free port of 127.0.0.1, or on a given one.
class Listener {
  public:
    explicit Listener(int backlog = 128, std::uint16_t port = 0);
    ~Listener() { close(); }
    Listener(const Listener&) = delete;
    Listener& operator=(const Listener&) = delete;

    std::uint16_t port() const { return port_; }
    // The next connection, or one that is not open() when `stop_fd` became readable.
    Socket accept(int stop_fd) const;
    void close();

  private:
    int fd_;
    std::uint16_t port_;
};

// A port that was free a moment ago and on which nobody listens: connecting is refused.
std::uint16_t refused_port();

}  // namespace errgate::test
