#include "proxy/upstream_pool.hpp"

namespace errgate::proxy {

using telemetry::ConnectionState;

UpstreamConnection::UpstreamConnection(UpstreamPool& pool, TimerWheel& wheel, Socket socket)
    : transport(wheel, std::move(socket)),
      runtime_(pool.runtime_),
      counters_(pool.counters_),
      upstream_id_(pool.upstream_id_),
      pool_(&pool) {
    runtime_->connections.fetch_add(1, std::memory_order_relaxed);
    counters_.upstream_connections(upstream_id_, ConnectionState::active, 1);
}

UpstreamConnection::~UpstreamConnection() {
    runtime_->connections.fetch_sub(1, std::memory_order_relaxed);
    counters_.upstream_connections(upstream_id_, ConnectionState::active, -1);
}

UpstreamPool::UpstreamPool(TimerWheel& wheel, telemetry::WorkerCounters& counters,
                           std::shared_ptr<UpstreamRuntime> runtime, std::uint16_t upstream_id)
    : wheel_(wheel), counters_(counters), runtime_(std::move(runtime)), upstream_id_(upstream_id) {}

UpstreamConnectionPtr UpstreamPool::take() {
    while (UpstreamConnection* found = idle_.pop_front()) {
        UpstreamConnectionPtr connection(found);
        --idle_count_;
        connection->idle_.disarm();
        counters_.upstream_connections(upstream_id_, ConnectionState::idle, -1);
        counters_.upstream_connections(upstream_id_, ConnectionState::active, 1);
        // Bytes nobody asked for would be taken for the next answer (RFC 9112 section 9.2): such a
        // connection is as dead as a closed one.
        if (connection->transport.peek() == Transport::Quiet::yes) return connection;
    }
    return nullptr;
}

void UpstreamPool::put(UpstreamConnectionPtr connection) {
    if (idle_count_ >= params_.max_idle || params_.idle_timeout.count() == 0) return;
    connection->reused = true;
    counters_.upstream_connections(upstream_id_, ConnectionState::active, -1);
    counters_.upstream_connections(upstream_id_, ConnectionState::idle, 1);
    ++idle_count_;
    wheel_.arm(
        connection->idle_, params_.idle_timeout,
        [](void* context) {
            auto* expired = static_cast<UpstreamConnection*>(context);
            UpstreamPool& pool = *expired->pool_;
            expired->unlink();
            pool.discard(UpstreamConnectionPtr(expired));
        },
        connection.get());
    idle_.push_front(*connection.release());
}

void UpstreamPool::discard(UpstreamConnectionPtr idle_connection) {
    --idle_count_;
    counters_.upstream_connections(upstream_id_, ConnectionState::idle, -1);
    counters_.upstream_connections(upstream_id_, ConnectionState::active, 1);
    idle_connection.reset();
}

void UpstreamPool::retire() {
    params_.max_idle = 0;
    close_idle();
}

void UpstreamPool::close_idle() {
    while (UpstreamConnection* connection = idle_.pop_front()) {
        discard(UpstreamConnectionPtr(connection));
    }
}

}  // namespace errgate::proxy
