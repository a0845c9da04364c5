// One thread with one of everything: event loop, timer wheel, buffers, pools, counters, log buffer.
#pragma once

#include "base/random.hpp"
#include "base/slab.hpp"
#include "http/date.hpp"
#include "proxy/exchange_state.hpp"
#include "proxy/live_config.hpp"
#include "proxy/timer_wheel.hpp"
#include "proxy/upstream_pool.hpp"
#include "telemetry/access_log.hpp"
#include "telemetry/counters.hpp"
#include "telemetry/journal.hpp"
#include "telemetry/log_sink.hpp"
#include "telemetry/unmapped.hpp"

#include <atomic>
#include <functional>
#include <memory>
#include <string>
#include <thread>
#include <vector>

namespace errgate::proxy {

class ClientConnection;

// A client's connection as it was accepted, into the worker's own executor.
struct Arrival {
    Socket socket;
    std::shared_ptr<const tls::ServerContext> tls;  // null: plain HTTP
    bool over_limit = false;                        // past limits.connections
};

// Nothing in here is shared but what is written in the section "any thread".
class Worker {
  public:
    // What all workers write to; it outlives them.
    struct Sinks {
        telemetry::LogSink& log;
        telemetry::Journal& journal;
        telemetry::UnmappedCodes& unmapped;
    };
    Worker(const std::shared_ptr<const LiveConfig>& config, const Sinks& sinks, std::uint64_t seed);
    ~Worker();
    Worker(const Worker&) = delete;
    Worker& operator=(const Worker&) = delete;

    // --- any thread ---
    Executor executor() { return context_->get_executor(); }
    void start();  // runs the loop on a thread of its own
    void adopt(Arrival arrival);
    std::size_t client_count() const { return clients_.load(std::memory_order_relaxed); }
    void spawn(Awaitable<> work);  // runs on the loop until it ends or the loop does
    // Requests that begin from now on are served by `config`; those under way end on the one they
    // began with. `installed` is called on the worker's thread when that is so.
    void reload(std::shared_ptr<const LiveConfig> config, std::function<void()> installed);
    // The end is near: every answer from now on is the last of its connection.
    void announce_drain();
    // Idle client connections close now, busy ones after their answer.
    void drain();
    void stop();  // ends the loop, whatever is in flight
    void join();
    const telemetry::WorkerCounters& counters() const { return counters_; }

    // --- the worker's own thread ---
    base::Slab<Exchange>::Lease borrow_exchange() { return exchanges_.take(); }
    // Connections that wait for their next request with an exchange in hand: no more of them than
    // there are exchanges kept anyway, so that waiting costs no memory.
    bool may_linger() const { return lingering_ < kExchangesKept; }
    void linger(int change) { lingering_ += change; }
    struct LargeBuffer {
        std::array<char, 256 * 1024> bytes;
    };
    // For long bodies: a third less CPU on 1 MiB than with 64 KiB reads.
    base::Slab<LargeBuffer>::Lease borrow_large_buffer() { return large_buffers_.take(); }

    const std::shared_ptr<const LiveConfig>& config() const { return config_; }
    static UpstreamPool& pool(const Exchange& exchange);
    TimerWheel& wheel() { return wheel_; }
    base::Random& random() { return random_; }
    // For the Date field, which counts whole seconds.
    std::string_view date() { return date_.at(base::coarse_wall_time()); }
    telemetry::WorkerCounters& own_counters() { return counters_; }
    const telemetry::Journal& journal() const { return sinks_.journal; }
    bool leaving() const { return leaving_; }  // a drain was announced, or has begun
    bool draining() const { return draining_; }

    // The one place where an exchange ends: counters, access log and journal, once each.
    void finish(const telemetry::ExchangeRecord& record);

    // Writes the first of several lines a second; handshakes that fail come in floods.
    void report_handshake(std::string_view client, const tls::Failure& failure);

    void enter(ClientConnection& client);
    void leave(ClientConnection& client);

  private:
    void install(const LiveConfig& config);
    std::shared_ptr<UpstreamPool> pool_for(const LiveConfig& config,
                                           const config::Upstream& upstream);
    void retire_pools(const LiveConfig& before) const;
    void log(const telemetry::ExchangeRecord& record, const telemetry::PeerTexts& texts);
    void flush_log();

    bool is_logged(const telemetry::ExchangeRecord& record);

    Sinks sinks_;
    telemetry::WorkerCounters counters_;
    base::Random random_;
    http::CachedDate date_;
    telemetry::AccessLog access_log_;
    std::string log_buffer_;
    Deadline log_flush_;

    // Destroyed last to first: the pools' sockets go before the context, the coroutines die with
    // it, and what they still hold (leases, deadlines) needs slabs and wheel.
    static constexpr int kExchangesKept = 64;
    base::Slab<Exchange> exchanges_{kExchangesKept};
    base::Slab<LargeBuffer> large_buffers_{16};
    TimerWheel wheel_;
    std::shared_ptr<const LiveConfig> config_;
    base::IntrusiveList<ClientConnection> client_list_;
    std::atomic<std::size_t> clients_{0};
    std::unique_ptr<IoContext> context_;
    std::thread thread_;
    base::TimePoint handshake_reported_{};
    int lingering_ = 0;
    bool leaving_ = false;
    bool draining_ = false;
};

}  // namespace errgate::proxy
