// The provider's side: a scripted peer that says exactly what a test tells it to, and remembers
// every byte it was sent.
#pragma once

#include "support/script.hpp"
#include "support/socket.hpp"
#include "support/strict_http.hpp"
#include "support/tls.hpp"

#include <condition_variable>
#include <cstdint>
#include <deque>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

namespace errgate::test {

struct ReceivedRequest {
    std::string method, target;
    Fields fields;
    BodyKind framing = BodyKind::none;
    std::string body;             // what was kept of it
    std::uint64_t body_size = 0;  // what came of it
    bool complete = false;
    std::size_t connection = 0;  // in the order they were accepted

    std::string field(std::string_view name) const { return first(fields, name); }
    bool has_field(std::string_view name) const { return has(fields, name); }
};

// Listens from construction to destruction. Each expectation is used once, by the first request
// with its method and target; a request nobody expects, an expectation nothing uses and bytes
// that do not parse strictly as requests are failures of the running test.
class FakeUpstream {
  public:
    explicit FakeUpstream(TlsContext tls = nullptr);  // null: plain HTTP
    explicit FakeUpstream(std::uint16_t port);        // on this one
    ~FakeUpstream();

    std::uint16_t port() const { return listener_.port(); }

    // Before the request is sent. The reference lives as long as the upstream.
    Script& expect(std::string_view method, std::string_view target);
    Script& otherwise();    // for every request that no expectation takes
    Script& on_accept();    // for the next connection, before anything is read from it
    void discard_bodies();  // keep none of them, but check them against pattern()

    std::vector<ReceivedRequest> requests() const;
    // One of them; a failure of the test and an empty request when there is none.
    ReceivedRequest request(std::size_t index) const;
    ReceivedRequest last_request() const;
    std::size_t request_count() const;
    std::size_t connection_count() const;
    TlsFacts tls(std::size_t connection) const;  // of its handshake, once wait_for_tls() was true
    std::string received(std::size_t connection) const;  // bytes, bodies of discard_bodies() apart

    // Bounded waits; false when patience ends first.
    bool wait_for_requests(std::size_t count);
    bool wait_for_connections(std::size_t count);
    bool wait_for_tls(std::size_t connection);     // its handshake ended, well or not
    bool wait_for_closed(std::size_t connection);  // the gateway hung up, or we did
    bool wait_for_bytes(std::size_t connection, std::size_t count);

  private:
    struct Connection {
        std::string bytes;
        std::uint64_t byte_count = 0;
        bool closed = false;
        bool shaken = false;
        TlsFacts tls{};
    };

    void accept_loop();
    void serve(Socket socket, std::size_t index);
    bool serve_request(Socket& socket, std::size_t index, std::string& pending);
    std::optional<MessageHead> read_head(Socket& socket, std::size_t index, std::string& pending);
    bool read_body(Socket& socket, std::size_t index, std::string& pending, std::size_t request);
    bool fill(Socket& socket, std::size_t index, std::string& pending);
    std::size_t remember(MessageHead&& head, std::size_t connection);
    Script* take_script(std::string_view method, std::string_view target);
    template <class Condition>
    bool wait_until(Condition condition);

    bool secure(Socket& socket, std::size_t index);

    TlsContext tls_;
    Listener listener_;
    Gate stop_;
    mutable std::mutex mutex_;
    mutable std::condition_variable changed_;
    std::deque<std::unique_ptr<Script>> scripts_;  // of expect(), unused ones
    std::vector<std::unique_ptr<Script>> used_;
    std::deque<std::unique_ptr<Script>> accept_scripts_;
    std::unique_ptr<Script> otherwise_;
    std::vector<ReceivedRequest> requests_;
    std::deque<Connection> connections_;
    bool discard_bodies_ = false;
    std::vector<std::thread> threads_;
    std::thread acceptor_;
};

// A port where connecting neither succeeds nor fails: its queue of connections is full for good.
class Blackhole {
  public:
    Blackhole();
    ~Blackhole();
    std::uint16_t port() const { return listener_.port(); }

  private:
    Listener listener_;
    std::vector<int> fillers_;
};

}  // namespace errgate::test
