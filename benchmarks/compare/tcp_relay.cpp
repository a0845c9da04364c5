// compare_relay: the floor of the comparison. Moves bytes between a client connection and an
// upstream connection of its own and looks at none of them: no proxy that reads HTTP can do less.
//
//   --port N (0: a free one, printed) --upstream N

#include "sockets.hpp"

#include <memory>
#include <vector>

namespace {

constexpr std::size_t kBufferBytes = 256 * 1024;

struct Pair;

/// One end of a pair.
struct End {
    int fd = -1;
    Pair* pair = nullptr;
    End* other = nullptr;
    std::string backlog;  // what the kernel did not take for this end yet
};

struct Pair {
    End client;
    End upstream;
    bool over = false;
};

class Relay {
  public:
    Relay(std::uint16_t port, std::uint16_t upstream)
        : listener_(compare::listen_on(port)), upstream_(upstream), buffer_(kBufferBytes, '\0') {
        epoll_.add(listener_, nullptr);
    }

    [[noreturn]] void run() {
        for (;;) {
            for (const epoll_event& event : epoll_.wait()) {
                if (event.data.ptr == nullptr) {
                    accept_all();
                } else {
                    serve(*static_cast<End*>(event.data.ptr), event.events);
                }
            }
            over_.clear();
        }
    }

  private:
    void accept_all() {
        for (int fd = compare::accept_from(listener_); fd >= 0;
             fd = compare::accept_from(listener_)) {
            auto* pair = new Pair;
            pair->client = {fd, pair, &pair->upstream, {}};
            pair->upstream = {compare::connect_to(upstream_), pair, &pair->client, {}};
            epoll_.add(pair->client.fd, &pair->client);
            epoll_.add(pair->upstream.fd, &pair->upstream);
        }
    }

    void serve(End& end, std::uint32_t events) {
        if (end.pair->over) return;
        if ((events & EPOLLOUT) != 0) {
            flush(end);
        } else {
            move_from(end);
        }
    }

    void move_from(End& end) {
        const ssize_t got = ::recv(end.fd, buffer_.data(), buffer_.size(), 0);
        if (got < 0 && errno == EAGAIN) return;
        if (got <= 0) return finish(*end.pair);
        send_to(*end.other, {buffer_.data(), static_cast<std::size_t>(got)});
    }

    void send_to(End& end, std::string_view bytes) {
        const ssize_t sent = ::send(end.fd, bytes.data(), bytes.size(), MSG_NOSIGNAL);
        if (sent < 0 && errno != EAGAIN) return finish(*end.pair);
        const std::size_t taken = sent < 0 ? 0 : static_cast<std::size_t>(sent);
        if (taken == bytes.size()) return;
        end.backlog.assign(bytes.substr(taken));
        epoll_.change(end.fd, &end, EPOLLOUT);
        epoll_.change(end.other->fd, end.other, 0);
    }

    void flush(End& end) {
        const ssize_t sent = ::send(end.fd, end.backlog.data(), end.backlog.size(), MSG_NOSIGNAL);
        if (sent < 0 && errno == EAGAIN) return;
        if (sent < 0) return finish(*end.pair);
        end.backlog.erase(0, static_cast<std::size_t>(sent));
        if (!end.backlog.empty()) return;
        epoll_.change(end.fd, &end, EPOLLIN);
        epoll_.change(end.other->fd, end.other, EPOLLIN);
    }

    // Later events of this round may still point at the pair: it goes with the round.
    void finish(Pair& pair) {
        ::close(pair.client.fd);
        ::close(pair.upstream.fd);
        pair.over = true;
        over_.emplace_back(&pair);
    }

    compare::Epoll epoll_;
    int listener_;
    std::uint16_t upstream_;
    std::string buffer_;
    std::vector<std::unique_ptr<Pair>> over_;
};

}  // namespace

int main(int argc, char** argv) {
    compare::Arguments arguments(argc, argv);
    const std::uint16_t port = arguments.port("port");
    const std::uint16_t upstream = arguments.port("upstream");
    arguments.end();
    Relay(port, upstream).run();
}
