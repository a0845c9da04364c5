#include "support/chaos_upstream.hpp"

#include "support/script.hpp"
#include "support/strict_http.hpp"

#include <arpa/inet.h>
#include <poll.h>
#include <stdexcept>
#include <sys/socket.h>
#include <unistd.h>

namespace errgate::test {

namespace {

sockaddr_in loopback(std::uint16_t port) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    address.sin_port = htons(port);
    return address;
}

std::string error_body(const std::string& code) {
    return R"({"errorCode":")" + code + R"(","message":"bad day","statusCode":"0"})";
}

// One request off the connection; empty when it ended.
std::string read_operation(Socket& socket, std::string& pending, std::string& method) {
    for (;;) {
        const HeadResult parsed = parse_request_head(pending);
        if (!parsed.error.empty()) throw std::runtime_error("upstream received: " + parsed.error);
        const auto& head = parsed.head;
        if (head && pending.size() >= head->size + head->length) {
            pending.erase(0, head->size + static_cast<std::size_t>(head->length));
            method = head->method;
            return first(head->fields, "X-Op");
        }
        if (socket.read_some(pending) != Socket::ReadStatus::data) return {};
    }
}

}  // namespace

ChaosUpstream::ChaosUpstream(std::uint64_t seed) : seed_(seed) {
    open_listener();
    acceptor_ = std::thread([this] { run(); });
}

ChaosUpstream::~ChaosUpstream() {
    stop_.open();
    acceptor_.join();
    for (Connection& connection : connections_)
        connection.thread.join();
    if (listener_ >= 0) ::close(listener_);
}

void ChaosUpstream::open_listener() {
    listener_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    const int on = 1;
    ::setsockopt(listener_, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    sockaddr_in address = loopback(port_);
    socklen_t size = sizeof address;
    if (::bind(listener_, reinterpret_cast<sockaddr*>(&address), size) != 0 ||
        ::listen(listener_, 128) != 0 ||
        ::getsockname(listener_, reinterpret_cast<sockaddr*>(&address), &size) != 0) {
        throw std::runtime_error("the bad provider cannot listen");
    }
    port_ = ntohs(address.sin_port);
}

// Every now and then the door is shut for a moment: connections are refused.
void ChaosUpstream::run() {
    std::mt19937_64 random(seed_);
    while (!stop_.is_open()) {
        pollfd waiting[2] = {{listener_, POLLIN, 0}, {stop_.fd(), POLLIN, 0}};
        ::poll(waiting, 2, 100);
        if (stop_.is_open()) return;
        if ((waiting[0].revents & POLLIN) == 0) continue;
        const int fd = ::accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
        if (fd < 0) continue;
        start(Socket(fd, stop_.fd()), random());
        if (!recovered_ && random() % 16 == 0) {
            ::close(listener_);
            pollfd pause{stop_.fd(), POLLIN, 0};
            ::poll(&pause, 1, 5);
            open_listener();
        }
    }
}

// A minute sees more connections than there can be threads.
void ChaosUpstream::start(Socket socket, std::uint64_t seed) {
    join_those_over();
    Connection& connection = connections_.emplace_back();
    connection.thread = std::thread(
        [this, seed, &connection](Socket mine) {
            serve(std::move(mine), seed);
            connection.over = true;
        },
        std::move(socket));
}

void ChaosUpstream::join_those_over() {
    connections_.remove_if([](Connection& connection) {
        if (!connection.over) return false;
        connection.thread.join();
        return true;
    });
}

ChaosUpstream::Mood ChaosUpstream::next_mood(std::mt19937_64& random) const {
    if (recovered_) return Mood::well;
    constexpr Mood moods[] = {
        Mood::well,      Mood::well,       Mood::well,       Mood::well,      Mood::well,
        Mood::well,      Mood::hanging_up, Mood::hanging_up, Mood::failing,   Mood::unavailable,
        Mood::locked,    Mood::limited,    Mood::cut_short,  Mood::half_head, Mood::interim_only,
        Mood::resetting, Mood::silent};
    return moods[random() % std::size(moods)];
}

void ChaosUpstream::serve(Socket socket, std::uint64_t seed) {
    std::mt19937_64 random(seed);
    std::string pending, method;
    for (;;) {
        const std::string operation = read_operation(socket, pending, method);
        if (operation.empty()) return;
        {
            const std::scoped_lock lock(mutex_);
            ++operations_[operation].received;
        }
        if (!answer(socket, operation, next_mood(random))) return;
    }
}

bool ChaosUpstream::answer(Socket& socket, const std::string& operation, Mood mood) {
    const Fields json = {{"Content-Type", "application/json"}};
    const auto refuse = [&](int status, const std::string& code) {
        {
            const std::scoped_lock lock(mutex_);
            ++operations_[operation].not_applied;
        }
        return socket.write_all(format_response(status, json, error_body(code)));
    };
    switch (mood) {
        case Mood::well:
        case Mood::hanging_up:
            return socket.write_all(format_response(200, json, R"({"op":")" + operation + "\"}")) &&
                   mood == Mood::well;
        case Mood::failing:
            return socket.write_all(format_response(500, json, error_body("SERVER_ERROR")));
        case Mood::unavailable:
            return socket.write_all(format_response(503, {}, "<html><h1>busy</h1></html>"));
        case Mood::locked:
            return refuse(423, "RESOURCE_LOCKED");
        case Mood::limited:
            return refuse(429, "");
        case Mood::cut_short:
            socket.write_all("HTTP/1.1 500 Oops\r\nContent-Length: 1000\r\n\r\n{\"errorCode\":");
            return false;
        case Mood::half_head:
            socket.write_all("HTTP/1.1 200 OK\r\nContent-Le");
            return false;
        case Mood::interim_only:
            socket.write_all("HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n");
            return false;
        case Mood::resetting:
            socket.reset();
            return false;
        case Mood::silent: {
            std::string ignored;
            socket.read_some(ignored);  // until the gateway gives up
            return false;
        }
    }
    return false;
}

std::map<std::string, ChaosUpstream::Operation> ChaosUpstream::operations() const {
    const std::scoped_lock lock(mutex_);
    return operations_;
}

}  // namespace errgate::test
