#include "app/gateway.hpp"

#include "admin/server.hpp"
#include "app/resolver.hpp"
#include "app/version.hpp"
#include "proxy/client_acceptor.hpp"
#include "proxy/health_probe.hpp"
#include "proxy/worker.hpp"
#include "telemetry/collector.hpp"
#include "telemetry/exposition.hpp"
#include "telemetry/log.hpp"
#include "telemetry/names.hpp"

#include <boost/asio/signal_set.hpp>

#include <atomic>
#include <csignal>
#include <random>
#include <sched.h>
#include <sys/resource.h>

namespace errgate::app {

namespace {

using telemetry::log;

constexpr std::chrono::milliseconds kDrainPoll{20};
constexpr std::chrono::seconds kFirstResolution{2};
constexpr std::chrono::milliseconds kLogFlush{1'000};

// The cores this process may use, which in a container are fewer than the machine has.
unsigned usable_cores() {
    cpu_set_t set;
    if (sched_getaffinity(0, sizeof set, &set) != 0) return 1;
    return static_cast<unsigned>(std::max(CPU_COUNT(&set), 1));
}

// Two descriptors an exchange; the soft limit is often 1024 where the hard one is far above.
void raise_descriptor_limit() {
    rlimit limit{};
    if (getrlimit(RLIMIT_NOFILE, &limit) != 0 || limit.rlim_cur >= limit.rlim_max) return;
    limit.rlim_cur = limit.rlim_max;
    setrlimit(RLIMIT_NOFILE, &limit);
}

std::shared_ptr<const proxy::LiveConfig> make_live(
    const std::shared_ptr<const config::Snapshot>& snapshot, telemetry::Names& names) {
    auto live = std::make_shared<proxy::LiveConfig>();
    live->snapshot = snapshot;
    for (const config::Upstream& upstream : snapshot->upstreams) {
        live->upstreams.push_back(std::make_shared<proxy::UpstreamRuntime>(upstream));
        live->upstream_ids.push_back(names.upstreams.intern(upstream.name));
    }
    for (const config::Route& route : snapshot->routes) {
        live->route_ids.push_back(names.routes.intern(route.name));
    }
    return live;
}

}  // namespace

struct Gateway::Impl {
    explicit Impl(std::shared_ptr<const config::Snapshot> loaded)
        : snapshot(std::move(loaded)),
          live(make_live(snapshot, names)),
          signals(control),
          drain_timer(control) {}

    ~Impl() {
        workers.clear();
        if (log_sink) log_sink->stop(kLogFlush);
    }

    std::string listen();
    int run();
    void close_listeners();
    void on_signal(int number);
    void drain();
    void poll_drain(base::TimePoint until);
    void end(int code);
    std::size_t clients() const;
    admin::Endpoints endpoints();
    std::vector<telemetry::BreakerSample> breakers() const;

    std::shared_ptr<const config::Snapshot> snapshot;
    telemetry::Names names;
    telemetry::ReloadCounters reloads;
    std::shared_ptr<const proxy::LiveConfig> live;
    std::unique_ptr<telemetry::LogSink> log_sink;
    std::vector<std::unique_ptr<proxy::Worker>> workers;
    std::unique_ptr<telemetry::Collector> collector;
    boost::asio::io_context control{1};
    boost::asio::signal_set signals;
    boost::asio::steady_timer drain_timer;
    std::vector<std::unique_ptr<proxy::ClientAcceptor>> acceptors;
    std::unique_ptr<admin::AdminServer> admin;
    std::unique_ptr<Resolver> resolver;
    bool draining = false;
    int exit_code = 0;
};

std::string Gateway::Impl::listen() {
    raise_descriptor_limit();
    std::string error;
    log_sink = telemetry::LogSink::open(snapshot->access_log_path, error);
    if (!log_sink) return error;
    for (const config::ListenAddress& address : snapshot->listen) {
        auto& acceptor = acceptors.emplace_back(std::make_unique<proxy::ClientAcceptor>(control));
        if (error = acceptor->listen(address); !error.empty()) break;
    }
    if (error.empty()) {
        admin = std::make_unique<admin::AdminServer>(control, endpoints());
        error = admin->listen(snapshot->admin.host, snapshot->admin.port);
    }
    if (!error.empty()) {
        acceptors.clear();
        admin.reset();
        return error;
    }
    // From here on, so before anybody is told that it listens, a signal means a clean end.
    signals.add(SIGTERM);
    signals.add(SIGINT);
    return {};
}

admin::Endpoints Gateway::Impl::endpoints() {
    return {
        .metrics = [this](auto format) { return telemetry::expose(*collector, format); },
        .unready = [this] { return draining ? std::string("draining") : std::string(); },
    };
}

std::vector<telemetry::BreakerSample> Gateway::Impl::breakers() const {
    using policy::BreakerState;
    std::vector<telemetry::BreakerSample> samples;
    for (const auto& upstream : live->upstreams) {
        samples.push_back({upstream->name, static_cast<int>(upstream->breaker.state()),
                           upstream->breaker.transitions(BreakerState::closed),
                           upstream->breaker.transitions(BreakerState::half_open),
                           upstream->breaker.transitions(BreakerState::open)});
    }
    return samples;
}

int Gateway::Impl::run() {
    // A closed pipe behind stdout is an error of write(), not the end of the process.
    std::signal(SIGPIPE, SIG_IGN);
    resolver = std::make_unique<Resolver>(*live);
    resolver->wait_for_first_round(kFirstResolution);

    std::random_device entropy;
    const unsigned count = snapshot->threads > 0 ? snapshot->threads : usable_cores();
    telemetry::MetricSources sources{
        .names = &names,
        .workers = {},
        .reloads = &reloads,
        .breakers = [this] { return breakers(); },
        .access_log_dropped = [this] { return log_sink->dropped_lines(); },
        .version = std::string(kVersion)};
    for (unsigned i = 0; i < count; ++i) {
        const std::uint64_t seed = (std::uint64_t{entropy()} << 32) | entropy();
        workers.push_back(std::make_unique<proxy::Worker>(live, *log_sink, seed));
        sources.workers.push_back(&workers.back()->counters());
    }
    collector = std::make_unique<telemetry::Collector>(std::move(sources));
    for (const auto& worker : workers)
        worker->start();
    workers.front()->spawn(proxy::watch_health(*workers.front()));
    for (const auto& acceptor : acceptors)
        acceptor->start(workers, snapshot->limits.connections);

    signals.async_wait([this](auto error, int number) {
        if (!error) on_signal(number);
    });
    control.run();
    close_listeners();
    return exit_code;
}

// A pending accept holds a socket of some worker's loop, so what was cancelled has to come to its
// end before the workers go.
void Gateway::Impl::close_listeners() {
    for (const auto& acceptor : acceptors)
        acceptor->stop();
    admin->stop();
    control.restart();
    control.poll();
    acceptors.clear();
}

void Gateway::Impl::on_signal(int number) {
    if (draining) {
        log("second signal: ending at once, " + std::to_string(clients()) +
            " client connections are cut off");
        return end(128 + number);
    }
    signals.async_wait([this](auto error, int second) {
        if (!error) on_signal(second);
    });
    drain();
}

void Gateway::Impl::drain() {
    if (draining) return;
    draining = true;
    log("stopping: " + std::to_string(clients()) + " client connections, at most " +
        std::to_string(snapshot->drain_timeout.count()) + " ms to finish");
    for (const auto& acceptor : acceptors)
        acceptor->stop();
    for (const auto& worker : workers)
        worker->drain();
    poll_drain(base::SteadyClock::now() + snapshot->drain_timeout);
}

void Gateway::Impl::poll_drain(base::TimePoint until) {
    if (clients() == 0) {
        log("stopped: every request was answered");
        return end(0);
    }
    if (base::SteadyClock::now() >= until) {
        log("stopped: " + std::to_string(clients()) +
            " client connections did not finish in time and are cut off");
        return end(0);
    }
    drain_timer.expires_after(kDrainPoll);
    drain_timer.async_wait([this, until](auto error) {
        if (!error) poll_drain(until);
    });
}

void Gateway::Impl::end(int code) {
    exit_code = code;
    control.stop();
}

std::size_t Gateway::Impl::clients() const {
    std::size_t sum = 0;
    for (const auto& worker : workers)
        sum += worker->client_count();
    return sum;
}

Gateway::Gateway(std::shared_ptr<const config::Snapshot> snapshot)
    : impl_(std::make_unique<Impl>(std::move(snapshot))) {}

Gateway::~Gateway() = default;

std::string Gateway::listen() {
    return impl_->listen();
}

std::vector<config::ListenAddress> Gateway::listen_addresses() const {
    std::vector<config::ListenAddress> addresses;
    for (const auto& acceptor : impl_->acceptors)
        addresses.push_back(acceptor->address());
    return addresses;
}

config::ListenAddress Gateway::admin_address() const {
    return {impl_->snapshot->admin.host, impl_->admin->port()};
}

int Gateway::run() {
    return impl_->run();
}

void Gateway::stop() {
    boost::asio::post(impl_->control, [impl = impl_.get()] { impl->drain(); });
}

}  // namespace errgate::app
