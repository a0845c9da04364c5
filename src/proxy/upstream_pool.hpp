// Idle connections to one upstream, kept by one worker for its next exchange.
#pragma once

#include "base/intrusive_list.hpp"
#include "proxy/live_config.hpp"
#include "proxy/transport.hpp"
#include "telemetry/counters.hpp"

#include <memory>
#include <string>

namespace errgate::proxy {

class UpstreamPool;

// One connection to an upstream, idle in its pool or owned by an attempt. Counts itself.
class UpstreamConnection : private base::ListNode<> {
  public:
    UpstreamConnection(UpstreamPool& pool, TimerWheel& wheel, Socket socket);
    ~UpstreamConnection();

    Transport transport;
    std::string address;  // of the peer, for the log
    bool reused = false;  // has carried an exchange before

  private:
    friend class UpstreamPool;
    friend class base::IntrusiveList<UpstreamConnection>;
    std::shared_ptr<UpstreamRuntime> runtime_;
    telemetry::WorkerCounters& counters_;
    std::uint16_t upstream_id_;
    UpstreamPool* pool_;
    Deadline idle_;
};
using UpstreamConnectionPtr = std::unique_ptr<UpstreamConnection>;

// Last in, first out, so that surplus connections age and go. One worker's; one thread. Every
// connection must be gone before its pool.
class UpstreamPool {
  public:
    UpstreamPool(TimerWheel& wheel, telemetry::WorkerCounters& counters,
                 std::shared_ptr<UpstreamRuntime> runtime, std::uint16_t upstream_id);
    ~UpstreamPool() { close_idle(); }
    UpstreamPool(const UpstreamPool&) = delete;
    UpstreamPool& operator=(const UpstreamPool&) = delete;

    void configure(const config::PoolParams& params) { params_ = params; }
    // After a reload that kept the peer: connections stay, the upstream's other state is this one.
    void adopt(std::shared_ptr<UpstreamRuntime> runtime) { runtime_ = std::move(runtime); }
    // After a reload that did not: nothing is kept any more; exchanges under way end on what they
    // have.
    void retire();
    // One that is still quiet and open, or null. Dead ones met on the way are closed.
    UpstreamConnectionPtr take();
    // Keeps a connection whose exchange ended cleanly, or closes it when there are enough.
    void put(UpstreamConnectionPtr connection);
    void close_idle();

    UpstreamRuntime& runtime() { return *runtime_; }
    const std::shared_ptr<tls::SessionCache>& tls_sessions() const { return tls_sessions_; }

  private:
    friend class UpstreamConnection;
    void discard(UpstreamConnectionPtr idle_connection);

    TimerWheel& wheel_;
    telemetry::WorkerCounters& counters_;
    std::shared_ptr<UpstreamRuntime> runtime_;
    std::uint16_t upstream_id_;
    config::PoolParams params_;
    base::IntrusiveList<UpstreamConnection> idle_;  // owns what stands in it
    std::size_t idle_count_ = 0;
    std::shared_ptr<tls::SessionCache> tls_sessions_ = std::make_shared<tls::SessionCache>();
};

}  // namespace errgate::proxy
