#include "proxy/worker.hpp"

#include "proxy/client_connection.hpp"
#include "telemetry/log.hpp"

#include <algorithm>
#include <pthread.h>
#include <utility>

namespace errgate::proxy {

namespace {

constexpr std::size_t kLogBatch = 32 * 1024;
constexpr std::size_t kLogSlack = 4 * 1024;          // a line longer than this is rare
constexpr std::chrono::milliseconds kLogDelay{100};  // how long a line waits for company

constexpr std::chrono::seconds kHandshakeReports{1};

// A coroutine that throws is a bug of ours: die loudly rather than serve half a state.
void rethrow(const std::exception_ptr& error) {
    if (error) std::rethrow_exception(error);
}

}  // namespace

Worker::Worker(const std::shared_ptr<const LiveConfig>& config, const Sinks& sinks,
               std::uint64_t seed)
    : sinks_(sinks), random_(seed), context_(std::make_unique<IoContext>(1)) {
    wheel_.start(executor());
    install(*config);
}

Worker::~Worker() {
    stop();
    join();
    flush_log();
    for (const auto& pool : config_->pools)
        pool->close_idle();
    wheel_.stop();
    context_.reset();
}

void Worker::start() {
    thread_ = std::thread([this] {
        const auto work = asio::make_work_guard(*context_);
        context_->run();
    });
    pthread_setname_np(thread_.native_handle(), "errgate-worker");
}

void Worker::stop() {
    context_->stop();
}

void Worker::join() {
    if (thread_.joinable()) thread_.join();
}

void Worker::spawn(Awaitable<> work) {
    asio::co_spawn(*context_, std::move(work), rethrow);
}

void Worker::adopt(Arrival arrival) {
    clients_.fetch_add(1, std::memory_order_relaxed);
    asio::post(*context_, [this, client = std::move(arrival)]() mutable {
        asio::co_spawn(*context_, serve_client(*this, std::move(client)), rethrow);
    });
}

void Worker::report_handshake(std::string_view client, const tls::Failure& failure) {
    const base::TimePoint now = base::SteadyClock::now();
    if (now - handshake_reported_ < kHandshakeReports) return;
    handshake_reported_ = now;
    telemetry::log("client " + std::string(client) +
                   ": TLS handshake failed: " + std::string(failure.text));
}

// Each worker counts references in a control block of its own, so that pinning the configuration
// never moves a cache line between cores. The pools belong to it: an exchange that outlives a
// reload gives its connection back to where it came from.
void Worker::install(const LiveConfig& config) {
    auto mine = std::make_shared<LiveConfig>(config);
    mine->pools.clear();
    for (const config::Upstream& upstream : mine->snapshot->upstreams) {
        mine->pools.push_back(pool_for(*mine, upstream));
    }
    const std::shared_ptr<const LiveConfig> before = std::exchange(config_, std::move(mine));
    if (before) retire_pools(*before);
}

std::shared_ptr<UpstreamPool> Worker::pool_for(const LiveConfig& config,
                                               const config::Upstream& upstream) {
    const auto& runtime = config.upstreams[upstream.index];
    std::shared_ptr<UpstreamPool> pool;
    for (std::size_t i = 0; config_ && i < config_->pools.size() && !pool; ++i) {
        const config::Upstream& before = config_->snapshot->upstreams[i];
        if (before.name == upstream.name && same_peer(before, upstream)) pool = config_->pools[i];
    }
    if (pool) {
        pool->adopt(runtime);
    } else {
        pool = std::make_shared<UpstreamPool>(wheel_, counters_, runtime,
                                              config.upstream_ids[upstream.index]);
    }
    pool->configure(upstream.pool);
    return pool;
}

void Worker::retire_pools(const LiveConfig& before) const {
    for (const auto& pool : before.pools) {
        if (std::ranges::find(config_->pools, pool) == config_->pools.end()) pool->retire();
    }
}

void Worker::reload(std::shared_ptr<const LiveConfig> config, std::function<void()> installed) {
    asio::post(*context_, [this, next = std::move(config), done = std::move(installed)] {
        install(*next);
        done();
    });
}

UpstreamPool& Worker::pool(const Exchange& exchange) {
    return *exchange.config->pools[exchange.upstream->index];
}

void Worker::announce_drain() {
    asio::post(*context_, [this] { leaving_ = true; });
}

void Worker::drain() {
    asio::post(*context_, [this] {
        leaving_ = draining_ = true;
        for (auto* client = client_list_.front(); client != nullptr;
             client = client_list_.next(*client)) {
            if (client->idle) client->transport.interrupt();
        }
        for (const auto& pool : config_->pools)
            pool->close_idle();
    });
}

void Worker::enter(ClientConnection& client) {
    client_list_.push_back(client);
    counters_.client_connections(1);
}

void Worker::leave(ClientConnection& client) {
    client.unlink();
    counters_.client_connections(-1);
    clients_.fetch_sub(1, std::memory_order_relaxed);
}

void Worker::finish(const telemetry::ExchangeRecord& record) {
    counters_.record(record);
    if (!is_logged(record)) return;
    const telemetry::PeerTexts texts(record);
    log(record, texts);
    if (record.failure == nullptr) return;
    sinks_.unmapped.add(record, texts);
    sinks_.journal.add(record, texts);
}

void Worker::log(const telemetry::ExchangeRecord& record, const telemetry::PeerTexts& texts) {
    access_log_.append(log_buffer_, record, texts);
    if (log_buffer_.size() >= kLogBatch) {
        flush_log();
    } else if (!log_flush_.armed()) {
        wheel_.arm(
            log_flush_, kLogDelay, [](void* self) { static_cast<Worker*>(self)->flush_log(); },
            this);
    }
}

// Every failure, and as many of the rest as the configuration wants.
bool Worker::is_logged(const telemetry::ExchangeRecord& record) {
    const double sample = config_->snapshot->access_log_sample;
    const bool failed = record.failure != nullptr || record.status >= 400 || record.status == 0;
    if (sample >= 1 || failed) return true;
    return static_cast<double>(random_.next() >> 11) * 0x1p-53 < sample;
}

void Worker::flush_log() {
    log_flush_.disarm();
    if (!log_buffer_.empty()) sinks_.log.submit(log_buffer_);
    log_buffer_.clear();
    // Buffers circulate between here and the sink: once each has its size, nothing is allocated.
    log_buffer_.reserve(kLogBatch + kLogSlack);
}

}  // namespace errgate::proxy
