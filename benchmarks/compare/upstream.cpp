// compare_upstream: answers requests so cheaply that it never limits a measurement.
//
//   --port N (0: a free one, printed) [--certificate FILE --key FILE]: with these it speaks TLS
//
//   /200 /256 /16k /1m   200 with a body of that size
//   /close          /256, and closes the connection
//   /402            an error of 200 bytes, as Stripe words a decline
//   /half           every second request /402, else /256
//   /flaky          503, then /256, in turns for each value of X-Bench-Connection
// Bodies of requests are read and dropped.

#include "sockets.hpp"

#include <openssl/err.h>
#include <openssl/ssl.h>

#include <algorithm>
#include <csignal>
#include <vector>

namespace {

constexpr std::size_t kInputBytes = 64 * 1024;

std::string answer(std::string_view status, std::string_view body, std::string_view extra = "") {
    return "HTTP/1.1 " + std::string(status) + "\r\nContent-Type: application/json\r\n" +
           std::string(extra) + "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n" +
           std::string(body);
}

std::string json_of(std::size_t bytes) {
    return R"({"data":")" + std::string(bytes - 11, 'x') + "\"}";
}

/// Which answer a request gets; the answers are made once.
class Answers {
  public:
    std::string_view to(std::string_view head) {
        const std::size_t at = head.find(' ') + 1;
        const std::string_view path = head.substr(at, head.find(' ', at) - at);
        if (path == "/200") return smallest_;
        if (path == "/256") return small_;
        if (path == "/16k") return medium_;
        if (path == "/1m") return large_;
        if (path == "/402") return declined_;
        if (path == "/half") return (half_ = !half_) ? declined_ : small_;
        if (path == "/flaky") return flaky(head);
        if (path == "/close") return last_;
        return not_found_;
    }

  private:
    std::string_view flaky(std::string_view head) {
        constexpr std::string_view kName = "\r\nx-bench-connection: ";
        for (std::size_t at = head.find("\r\n"); at != std::string_view::npos;
             at = head.find("\r\n", at + 2)) {
            if (::strncasecmp(head.data() + at, kName.data(), kName.size()) != 0) continue;
            const auto index = std::strtoul(head.data() + at + kName.size(), nullptr, 10);
            if (index >= turns_.size()) turns_.resize(index + 1);
            turns_[index] = !turns_[index];
            return turns_[index] ? unavailable_ : small_;
        }
        return not_found_;
    }

    std::string small_ = answer("200 OK", json_of(256));
    std::string smallest_ = answer("200 OK", json_of(200));
    std::string medium_ = answer("200 OK", json_of(16 * 1024));
    std::string large_ = answer("200 OK", json_of(1024 * 1024));
    std::string last_ = answer("200 OK", json_of(256), "Connection: close\r\n");
    std::string declined_ = answer(
        "402 Payment Required",
        R"({"error":{"type":"card_error","code":"card_declined","decline_code":"insufficient_funds",)"
        R"("message":"Your card has insufficient funds.","charge":"ch_3QkT2eLkdIwHu7ix0Zb9XyQW",)"
        R"("param":"payment_method"}})",
        "Request-Id: req_7bXo2kQmP4aZtU\r\n");
    std::string unavailable_ = answer("503 Service Unavailable", R"({"error":"unavailable"})");
    std::string not_found_ = answer("404 Not Found", R"({"error":"no such path"})");
    bool half_ = false;
    std::vector<bool> turns_;
};

struct Connection {
    int fd = -1;
    SSL* tls = nullptr;
    bool secure = false;  // the handshake is done, or there is none
    bool close_after = false;
    bool waiting = false;  // for the kernel to take more output
    std::uint64_t body_left = 0;
    std::string partial;      // the beginning of a head
    std::string_view output;  // what the kernel did not take yet
};

/// Size of the body a head announces.
std::uint64_t body_of(std::string_view head) {
    constexpr std::string_view kName = "\r\ncontent-length: ";
    for (std::size_t at = head.find("\r\n"); at != std::string_view::npos;
         at = head.find("\r\n", at + 2)) {
        if (::strncasecmp(head.data() + at, kName.data(), kName.size()) == 0) {
            return std::strtoull(head.data() + at + kName.size(), nullptr, 10);
        }
    }
    if (::strcasestr(std::string(head).c_str(), "\r\ntransfer-encoding:") != nullptr) {
        compare::die("a chunked request: this upstream only knows Content-Length");
    }
    return 0;
}

class Upstream {
  public:
    Upstream(std::uint16_t port, SSL_CTX* tls)
        : tls_(tls), listener_(compare::listen_on(port)), input_(kInputBytes, '\0') {
        epoll_.add(listener_, nullptr);
    }

    [[noreturn]] void run() {
        for (;;) {
            for (const epoll_event& event : epoll_.wait()) {
                if (event.data.ptr == nullptr) {
                    accept_all();
                } else {
                    serve(static_cast<Connection*>(event.data.ptr), event.events);
                }
            }
        }
    }

  private:
    void accept_all() {
        for (int fd = compare::accept_from(listener_); fd >= 0;
             fd = compare::accept_from(listener_)) {
            auto* connection = new Connection;
            connection->fd = fd;
            connection->secure = tls_ == nullptr;
            if (tls_ != nullptr) {
                connection->tls = SSL_new(tls_);
                SSL_set_fd(connection->tls, fd);
                SSL_set_accept_state(connection->tls);
            }
            epoll_.add(fd, connection);
        }
    }

    // One event a connection and round, so a connection may go at once.
    void serve(Connection* connection, std::uint32_t events) {
        const bool open = (events & EPOLLOUT) != 0 ? flush(*connection) : read(*connection);
        if (open && !(connection->close_after && connection->output.empty())) return;
        if (connection->tls != nullptr) {
            if (open) SSL_shutdown(connection->tls);
            SSL_free(connection->tls);
        }
        ::close(connection->fd);
        delete connection;
    }

    // Each of the following gives false when the connection is over.

    bool read(Connection& connection) {
        if (!connection.secure) return handshake(connection);
        for (;;) {
            const ssize_t got = receive(connection);
            if (got < 0) return true;
            if (got == 0) return false;
            if (!understand(connection, {input_.data(), static_cast<std::size_t>(got)})) {
                return false;
            }
            // A record that TLS has already read does not wake epoll again.
            if (connection.tls == nullptr || SSL_pending(connection.tls) == 0) return true;
        }
    }

    bool handshake(Connection& connection) {
        const int result = SSL_do_handshake(connection.tls);
        if (result == 1) {
            connection.secure = true;
            return read(connection);
        }
        if (SSL_get_error(connection.tls, result) == SSL_ERROR_WANT_READ) return true;
        ERR_clear_error();
        return false;
    }

    /// Bytes read, 0 at the end, -1 when there is nothing yet.
    ssize_t receive(Connection& connection) {
        if (connection.tls == nullptr) {
            const ssize_t got = ::recv(connection.fd, input_.data(), input_.size(), 0);
            return got < 0 && errno != EAGAIN ? 0 : got;
        }
        const int got = SSL_read(connection.tls, input_.data(), static_cast<int>(input_.size()));
        if (got > 0) return got;
        const int error = SSL_get_error(connection.tls, got);
        ERR_clear_error();
        return error == SSL_ERROR_WANT_READ ? -1 : 0;
    }

    bool understand(Connection& connection, std::string_view bytes) {
        while (!bytes.empty()) {
            if (connection.body_left > 0) {
                const auto taken = std::min<std::uint64_t>(connection.body_left, bytes.size());
                connection.body_left -= taken;
                bytes.remove_prefix(taken);
                if (connection.body_left == 0 && !reply(connection)) return false;
                continue;
            }
            connection.partial.append(bytes);
            const std::size_t end = connection.partial.find("\r\n\r\n");
            if (end == std::string::npos) return true;
            bytes.remove_prefix(end + 4 - (connection.partial.size() - bytes.size()));
            connection.partial.resize(end + 2);
            connection.body_left = body_of(connection.partial);
            if (connection.body_left == 0 && !reply(connection)) return false;
        }
        return true;
    }

    bool reply(Connection& connection) {
        const std::string& head = connection.partial;
        connection.close_after = head.find(" /close ") != std::string::npos ||
                                 head.find("\r\nConnection: close") != std::string::npos;
        connection.output = answers_.to(head);
        connection.partial.clear();
        return flush(connection);
    }

    bool flush(Connection& connection) {
        const std::string_view output = connection.output;
        const ssize_t sent = send(connection, output);
        if (sent < 0) return false;
        connection.output.remove_prefix(static_cast<std::size_t>(sent));
        const bool waited = static_cast<std::size_t>(sent) != output.size();
        if (waited != connection.waiting) {
            connection.waiting = waited;
            epoll_.change(connection.fd, &connection, waited ? EPOLLOUT : EPOLLIN);
        }
        return true;
    }

    /// Bytes the kernel took; -1 when the connection is over.
    ssize_t send(Connection& connection, std::string_view bytes) {
        if (connection.tls == nullptr) {
            const ssize_t sent = ::send(connection.fd, bytes.data(), bytes.size(), MSG_NOSIGNAL);
            return sent < 0 && errno == EAGAIN ? 0 : sent;
        }
        const int sent = SSL_write(connection.tls, bytes.data(), static_cast<int>(bytes.size()));
        if (sent > 0) return sent;
        const int error = SSL_get_error(connection.tls, sent);
        ERR_clear_error();
        return error == SSL_ERROR_WANT_WRITE ? 0 : -1;
    }

    SSL_CTX* tls_;
    compare::Epoll epoll_;
    int listener_;
    std::string input_;
    Answers answers_;
};

SSL_CTX* tls_context(const std::string& certificate, const std::string& key) {
    if (certificate.empty()) return nullptr;
    SSL_CTX* context = SSL_CTX_new(TLS_server_method());
    SSL_CTX_set_mode(context, SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
    if (SSL_CTX_use_certificate_chain_file(context, certificate.c_str()) != 1 ||
        SSL_CTX_use_PrivateKey_file(context, key.c_str(), SSL_FILETYPE_PEM) != 1) {
        compare::die("cannot use " + certificate + " with " + key);
    }
    return context;
}

}  // namespace

int main(int argc, char** argv) {
    compare::Arguments arguments(argc, argv);
    const std::uint16_t port = arguments.port("port");
    const std::string certificate = arguments.text("certificate", "");
    const std::string key = arguments.text("key", "");
    arguments.end();
    ::signal(SIGPIPE, SIG_IGN);
    Upstream(port, tls_context(certificate, key)).run();
}
