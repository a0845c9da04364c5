// The little the programs of the comparison share: loopback sockets, epoll, arguments, a loud end.

#pragma once

#include <arpa/inet.h>
#include <array>
#include <cerrno>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fcntl.h>
#include <map>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <span>
#include <string>
#include <string_view>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

namespace compare {

/// Ends the program with one line on stderr: a measurement that went wrong must not leave a number.
[[noreturn]] inline void die(const std::string& message) {
    std::fprintf(stderr, "%s: %s\n", program_invocation_short_name, message.c_str());
    std::exit(1);
}

/// `die` with the text of errno.
[[noreturn]] inline void die_of_errno(const std::string& what) {
    die(what + ": " + std::strerror(errno));
}

/// `value` if the call behind it succeeded; otherwise ends the program, naming the call.
inline int checked(int value, const char* call) {
    if (value < 0) die_of_errno(call);
    return value;
}

inline sockaddr_in loopback(std::uint16_t port) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    return address;
}

/// Small messages leave at once, calls never wait.
inline void tune(int fd) {
    const int on = 1;
    ::setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    checked(::fcntl(fd, F_SETFL, ::fcntl(fd, F_GETFL) | O_NONBLOCK), "fcntl");
}

/// Listens on 127.0.0.1; port 0 takes a free one. Prints the port, so that whoever started the
/// program knows both where it is and that it is ready.
inline int listen_on(std::uint16_t port) {
    const int fd = checked(::socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0), "socket");
    const int on = 1;
    ::setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    sockaddr_in address = loopback(port);
    socklen_t size = sizeof address;
    checked(::bind(fd, reinterpret_cast<sockaddr*>(&address), size), "bind");
    checked(::listen(fd, SOMAXCONN), "listen");
    checked(::getsockname(fd, reinterpret_cast<sockaddr*>(&address), &size), "getsockname");
    std::printf("%d\n", ntohs(address.sin_port));
    std::fflush(stdout);
    return fd;
}

/// A connected socket to 127.0.0.1:`port`. Waits for the handshake, which on loopback is done
/// before connect() returns.
inline int connect_to(std::uint16_t port) {
    const int fd = checked(::socket(AF_INET, SOCK_STREAM, 0), "socket");
    const sockaddr_in address = loopback(port);
    checked(::connect(fd, reinterpret_cast<const sockaddr*>(&address), sizeof address), "connect");
    tune(fd);
    return fd;
}

/// The next waiting connection, or -1 when there is none.
inline int accept_from(int listener) {
    const int fd = ::accept4(listener, nullptr, nullptr, SOCK_NONBLOCK);
    if (fd < 0 && errno != EAGAIN && errno != ECONNABORTED) die_of_errno("accept");
    if (fd >= 0) tune(fd);
    return fd;
}

/// Level-triggered readiness; each registration carries one pointer.
class Epoll {
  public:
    void add(int fd, void* owner, std::uint32_t events = EPOLLIN) {
        control(EPOLL_CTL_ADD, fd, owner, events);
    }

    void change(int fd, void* owner, std::uint32_t events) {
        control(EPOLL_CTL_MOD, fd, owner, events);
    }

    /// Waits at most `timeout_ns` nanoseconds (-1: for ever); valid until the next call.
    std::span<epoll_event> wait(std::int64_t timeout_ns = -1) {
        timespec timeout{timeout_ns / 1'000'000'000, timeout_ns % 1'000'000'000};
        const int count = ::epoll_pwait2(fd_, events_.data(), static_cast<int>(events_.size()),
                                         timeout_ns < 0 ? nullptr : &timeout, nullptr);
        if (count < 0 && errno != EINTR) die_of_errno("epoll_pwait2");
        return {events_.data(), count < 0 ? 0U : static_cast<std::size_t>(count)};
    }

  private:
    void control(int operation, int fd, void* owner, std::uint32_t events) {
        epoll_event event{};
        event.events = events;
        event.data.ptr = owner;
        checked(::epoll_ctl(fd_, operation, fd, &event), "epoll_ctl");
    }

    int fd_ = checked(::epoll_create1(0), "epoll_create1");
    std::array<epoll_event, 256> events_{};
};

/// `--name value` pairs; a flag is given as `--name 1`. What nobody asked for is an error.
class Arguments {
  public:
    Arguments(int argc, char** argv) {
        for (int i = 1; i < argc; i += 2) {
            const std::string_view name = argv[i];
            if (!name.starts_with("--") || i + 1 == argc) die("expected --name value pairs");
            given_[std::string(name.substr(2))] = argv[i + 1];
        }
    }

    std::string text(const std::string& name, const std::string& otherwise) {
        const auto node = given_.extract(name);
        return node.empty() ? otherwise : node.mapped();
    }

    std::uint64_t number(const std::string& name, std::uint64_t otherwise) {
        const std::string value = text(name, "");
        if (value.empty()) return otherwise;
        char* end = nullptr;
        const std::uint64_t parsed = std::strtoull(value.c_str(), &end, 10);
        if (*end != '\0') die("--" + name + ": '" + value + "' is not a whole number");
        return parsed;
    }

    std::uint16_t port(const std::string& name) {
        const std::uint64_t value = number(name, 0);
        if (value > 65535) die("--" + name + " is above 65535");
        return static_cast<std::uint16_t>(value);
    }

    /// To be called after all reads.
    void end() const {
        if (!given_.empty()) die("unknown argument --" + given_.begin()->first);
    }

  private:
    std::map<std::string, std::string> given_;
};

}  // namespace compare
