// Accepts clients' connections and hands each to the worker with the fewest.
#pragma once

#include "base/time.hpp"
#include "config/snapshot.hpp"
#include "proxy/net.hpp"

#include <memory>
#include <optional>
#include <span>
#include <string>

namespace errgate::proxy {

class Worker;

// One listening socket, on the control thread's loop. The kernel's own spreading (SO_REUSEPORT)
// balances connections by hash; a sidecar has few, long ones, so we choose.
class ClientAcceptor {
  public:
    explicit ClientAcceptor(IoContext& control);

    // Binds and listens. Empty: all is well; else one line that says what could not be done.
    std::string listen(const config::ListenAddress& address);
    // Takes over a socket that listens already, from whoever started us.
    std::string adopt(int descriptor);
    config::Listener listener() const;  // with the real port
    // For connections accepted from now on; null: plain HTTP.
    void use(std::shared_ptr<const tls::ServerContext> tls) { tls_ = std::move(tls); }

    // `limit` client connections over all workers are served. A few more are answered
    // gateway_overloaded; beyond those, connections are closed unread. Workers must outlive this.
    void start(std::span<const std::unique_ptr<Worker>> workers, std::size_t limit);
    void set_limit(std::size_t limit) { limit_ = limit; }
    // Takes what waits in the kernel's queue already, then closes: nobody who got a connection is
    // turned away.
    void stop();

  private:
    void accept_next();
    void pause(const error_code& reason);
    void note_accepted();
    void hand_over(Socket socket, Worker& worker);
    void take_waiting();
    Worker& least_loaded() const;
    std::size_t clients() const;

    Acceptor acceptor_;
    Timer pause_;
    std::optional<base::TimePoint> paused_since_;  // it was said; empty: all is well
    base::TimePoint last_pause_{};
    std::shared_ptr<const tls::ServerContext> tls_;  // null: plain HTTP
    std::span<const std::unique_ptr<Worker>> workers_;
    std::size_t limit_ = 0;
};

}  // namespace errgate::proxy
