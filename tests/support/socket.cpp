// Plain TCP over loopback in which every wait has an end: the peers of the integration tests stand
// on it.
#include "support/socket.hpp"

#include "support/tls.hpp"

#include <arpa/inet.h>
#include <array>
#include <cerrno>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdexcept>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>
#include <utility>

namespace errgate::test {
namespace {

sockaddr_in loopback(std::uint16_t port) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    return address;
}

enum class Wait { ready, stopped, timeout };

// Stop wins over readiness, so that a busy peer cannot keep a thread alive.
Wait wait_until(int fd, short events, int stop_fd, std::chrono::milliseconds patience) {
    const auto deadline = std::chrono::steady_clock::now() + patience;
    for (;;) {
        const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(
            deadline - std::chrono::steady_clock::now());
        if (left.count() < 0) return Wait::timeout;
        std::array<pollfd, 2> set{{{fd, events, 0}, {stop_fd, POLLIN, 0}}};
        const int ready = ::poll(set.data(), set.size(), static_cast<int>(left.count()));
        if (ready < 0 && errno != EINTR) return Wait::timeout;
        if (set[1].revents != 0) return Wait::stopped;
        if (set[0].revents != 0) return Wait::ready;
    }
}

}  // namespace

Gate::Gate() : fd_(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) {}
Gate::~Gate() {
    ::close(fd_);
}

void Gate::open() {
    const std::uint64_t one = 1;
    if (::write(fd_, &one, sizeof one) != sizeof one) throw std::runtime_error("eventfd");
}

bool Gate::is_open() const {
    return wait_until(fd_, POLLIN, -1, {}) == Wait::ready;
}

Socket::Socket() = default;
Socket::Socket(int fd, int stop_fd) : fd_(fd), stop_fd_(stop_fd) {}
Socket::~Socket() {
    close();
}

Socket::Socket(Socket&& other) noexcept
    : tls_(std::move(other.tls_)), fd_(std::exchange(other.fd_, -1)), stop_fd_(other.stop_fd_) {}

Socket& Socket::operator=(Socket&& other) noexcept {
    if (this != &other) {
        close();
        tls_ = std::move(other.tls_);
        fd_ = std::exchange(other.fd_, -1);
        stop_fd_ = other.stop_fd_;
    }
    return *this;
}

Socket Socket::connect_to(std::uint16_t port, std::chrono::milliseconds patience) {
    const int fd = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    const sockaddr_in address = loopback(port);
    // The send timeout bounds connect() as well.
    const timeval limit{patience.count() / 1000, (patience.count() % 1000) * 1000};
    const timeval none{};
    ::setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof limit);
    if (::connect(fd, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) {
        ::close(fd);
        return {};
    }
    const int on = 1;
    ::setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &none, sizeof none);
    ::setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    return Socket(fd);
}

Socket::ReadStatus Socket::read_some(std::string& into, std::chrono::milliseconds patience,
                                     std::size_t max) {
    if (tls_) return read_secure(into, patience, max);
    switch (wait_until(fd_, POLLIN, stop_fd_, patience)) {
        case Wait::timeout:
            return ReadStatus::timeout;
        case Wait::stopped:
            return ReadStatus::stopped;
        case Wait::ready:
            break;
    }
    const std::size_t before = into.size();
    into.resize(before + max);
    const ssize_t got = ::recv(fd_, into.data() + before, max, 0);
    into.resize(before + static_cast<std::size_t>(got > 0 ? got : 0));
    if (got > 0) return ReadStatus::data;
    return got == 0 ? ReadStatus::end : ReadStatus::reset;
}

bool Socket::write_all(std::string_view bytes, std::chrono::milliseconds patience) {
    if (tls_) return write_secure(bytes, patience);
    while (!bytes.empty()) {
        const ssize_t sent = ::send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
        if (sent > 0) {
            bytes.remove_prefix(static_cast<std::size_t>(sent));
            continue;
        }
        if (errno != EAGAIN && errno != EINTR) return false;
        if (wait_until(fd_, POLLOUT, stop_fd_, patience) != Wait::ready) return false;
    }
    return true;
}

bool Socket::wait_for(const Gate& gate) const {
    return wait_until(gate.fd(), POLLIN, stop_fd_, kPatience) == Wait::ready;
}

bool Socket::rest(std::chrono::milliseconds pause) const {
    return pause.count() == 0 || wait_until(-1, 0, stop_fd_, pause) != Wait::stopped;
}

void Socket::finish_writing() {
    if (tls_) tls_->close_notify();
    ::shutdown(fd_, SHUT_WR);
}

void Socket::cut_off() {
    ::shutdown(fd_, SHUT_WR);
}

bool Socket::secure_as_server(const std::shared_ptr<ssl_ctx_st>& context) {
    tls_ = std::make_unique<TlsEnd>(context, fd_, true);
    return shake_hands();
}

bool Socket::secure_as_client(const std::shared_ptr<ssl_ctx_st>& context,
                              const std::string& server_name) {
    tls_ = std::make_unique<TlsEnd>(context, fd_, false, server_name);
    return shake_hands();
}

bool Socket::shake_hands() {
    ::fcntl(fd_, F_SETFL, ::fcntl(fd_, F_GETFL) | O_NONBLOCK);
    for (;;) {
        const TlsEnd::Step step = tls_->handshake();
        if (step == TlsEnd::Step::done) return true;
        if (step == TlsEnd::Step::closed || step == TlsEnd::Step::failed) return false;
        const short events = step == TlsEnd::Step::want_read ? POLLIN : POLLOUT;
        if (wait_until(fd_, events, stop_fd_, kPatience) != Wait::ready) return false;
    }
}

TlsFacts Socket::tls() const {
    return tls_ ? tls_->facts() : TlsFacts{};
}

Socket::ReadStatus Socket::read_secure(std::string& into, std::chrono::milliseconds patience,
                                       std::size_t max) {
    const std::size_t before = into.size();
    for (;;) {
        into.resize(before + max);
        std::size_t got = 0;
        const TlsEnd::Step step = tls_->read(into.data() + before, max, got);
        into.resize(before + got);
        if (step == TlsEnd::Step::done) return ReadStatus::data;
        if (step == TlsEnd::Step::closed) return ReadStatus::end;
        if (step == TlsEnd::Step::failed) return ReadStatus::reset;
        const short events = step == TlsEnd::Step::want_read ? POLLIN : POLLOUT;
        const Wait waited = wait_until(fd_, events, stop_fd_, patience);
        if (waited == Wait::timeout) return ReadStatus::timeout;
        if (waited == Wait::stopped) return ReadStatus::stopped;
    }
}

bool Socket::write_secure(std::string_view bytes, std::chrono::milliseconds patience) {
    while (!bytes.empty()) {
        std::size_t taken = 0;
        const TlsEnd::Step step = tls_->write(bytes, taken);
        bytes.remove_prefix(taken);
        if (step == TlsEnd::Step::done) continue;
        if (step == TlsEnd::Step::closed || step == TlsEnd::Step::failed) return false;
        const short events = step == TlsEnd::Step::want_read ? POLLIN : POLLOUT;
        if (wait_until(fd_, events, stop_fd_, patience) != Wait::ready) return false;
    }
    return true;
}

void Socket::reset() {
    const linger abort{1, 0};
    ::setsockopt(fd_, SOL_SOCKET, SO_LINGER, &abort, sizeof abort);
    tls_.reset();
    close();
}

void Socket::close() {
    if (tls_ && fd_ >= 0) tls_->close_notify();
    tls_.reset();
    if (fd_ >= 0) ::close(std::exchange(fd_, -1));
}

Listener::Listener(int backlog, std::uint16_t port)
    : fd_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)), port_(0) {
    sockaddr_in address = loopback(port);
    socklen_t size = sizeof address;
    if (::bind(fd_, reinterpret_cast<sockaddr*>(&address), size) != 0 ||
        ::listen(fd_, backlog) != 0 ||
        ::getsockname(fd_, reinterpret_cast<sockaddr*>(&address), &size) != 0)
        throw std::runtime_error("cannot listen on loopback");
    port_ = ntohs(address.sin_port);
}

Socket Listener::accept(int stop_fd) const {
    while (wait_until(fd_, POLLIN, stop_fd, std::chrono::hours(1)) == Wait::ready) {
        const int fd = ::accept4(fd_, nullptr, nullptr, SOCK_CLOEXEC);
        if (fd < 0) continue;
        const int on = 1;
        ::setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
        return Socket(fd, stop_fd);
    }
    return {};
}

void Listener::close() {
    if (fd_ >= 0) ::close(std::exchange(fd_, -1));
}

std::uint16_t refused_port() {
    Listener listener;
    return listener.port();
}

}  // namespace errgate::test
