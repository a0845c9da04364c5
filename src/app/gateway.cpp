// Start, signals and stop.
#include "app/gateway.hpp"

#include "app/gateway_impl.hpp"
#include "app/live_config.hpp"
#include "app/systemd.hpp"
#include "app/version.hpp"
#include "proxy/health_probe.hpp"
#include "telemetry/exposition.hpp"
#include "telemetry/log.hpp"

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

std::int64_t unix_milliseconds() {
    return std::chrono::duration_cast<base::Millis>(base::WallClock::now().time_since_epoch())
        .count();
}

}  // namespace

Gateway::Impl::Impl(std::shared_ptr<const config::Snapshot> loaded, Load load_again)
    : load(std::move(load_again)),
      snapshot(std::move(loaded)),
      live(make_live(snapshot, names, nullptr)),
      signals(control),
      drain_timer(control),
      listeners(control, take_inherited_sockets()),
      watch(std::make_unique<ConfigWatch>(
          control, [this] { request_reload({.trigger = "files changed"}); })) {
    reloads.last_success_ms = unix_milliseconds();
    if (load) follow_files();
}

Gateway::Impl::~Impl() {
    if (loader.joinable()) loader.join();
    workers.clear();
    if (log_sink) log_sink->stop(kLogFlush);
}

std::string Gateway::Impl::listen() {
    // A closed pipe behind stdout is an error of write(), not the end of the process.
    std::signal(SIGPIPE, SIG_IGN);
    raise_descriptor_limit();
    std::string error;
    log_sink = telemetry::LogSink::open(snapshot->access_log_path, error);
    if (!log_sink) return error;
    if (error = listeners.prepare(snapshot->listen); !error.empty()) return error;
    admin = std::make_unique<admin::AdminServer>(control, endpoints());
    configure_admin();
    if (error = admin->listen(snapshot->admin.host, snapshot->admin.port); !error.empty()) {
        listeners.rollback();
        admin.reset();
        return error;
    }
    // From here on, so before anybody is told that it listens, a signal means a clean end.
    signals.add(SIGTERM);
    signals.add(SIGINT);
    signals.add(SIGHUP);
    signals.add(SIGUSR1);
    return {};
}

admin::Endpoints Gateway::Impl::endpoints() {
    return {
        .metrics = [this](auto format) { return telemetry::expose(*collector, format); },
        .unready = [this] { return draining ? std::string("draining") : std::string(); },
        .upstreams = [this] { return upstream_statuses(); },
        .config =
            [this] {
                return admin::ConfigFacts{snapshot, reloads.last_success_ms / 1000};
            },
        .journal = &journal,
        .unmapped = &unmapped,
        .reload =
            [this](admin::ReloadRequest request, std::function<void(admin::ReloadResult)> done) {
                request_reload({.trigger = "POST /reload",
                                .if_match = std::move(request.if_match),
                                .done = std::move(done)});
            },
        .last_reload = [this] { return last_reload; },
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
    resolver = std::make_unique<Resolver>(*live);
    resolver->take_charge();
    resolver->wait_for_first_round(kFirstResolution);
    start_workers();
    listeners.commit(workers, snapshot->limits.connections);
    wait_for_signal();
    notify_service_manager("READY=1");
    control.run();
    close_listeners();
    return exit_code;
}

void Gateway::Impl::start_workers() {
    std::random_device entropy;
    const unsigned count = snapshot->threads > 0 ? snapshot->threads : usable_cores();
    telemetry::MetricSources sources{
        .names = &names,
        .workers = {},
        .reloads = &reloads,
        .breakers = [this] { return breakers(); },
        .access_log_dropped = [this] { return log_sink->dropped_lines(); },
        .config_hash = [this] { return snapshot->hash; },
        .version = std::string(kVersion)};
    const proxy::Worker::Sinks sinks{*log_sink, journal, unmapped};
    for (unsigned i = 0; i < count; ++i) {
        const std::uint64_t seed = (std::uint64_t{entropy()} << 32) | entropy();
        workers.push_back(std::make_unique<proxy::Worker>(live, sinks, seed));
        sources.workers.push_back(&workers.back()->counters());
    }
    collector = std::make_unique<telemetry::Collector>(std::move(sources));
    for (const auto& worker : workers)
        worker->start();
    workers.front()->spawn(proxy::watch_health(*workers.front()));
}

// A pending accept holds a socket of some worker's loop, so what was cancelled has to come to its
// end before the workers go.
void Gateway::Impl::close_listeners() {
    watch.reset();
    listeners.stop();
    admin->stop();
    control.restart();
    control.poll();
}

void Gateway::Impl::wait_for_signal() {
    signals.async_wait([this](auto error, int number) {
        if (!error) on_signal(number);
    });
}

void Gateway::Impl::on_signal(int number) {
    wait_for_signal();
    if (number == SIGHUP) return request_reload({.trigger = "SIGHUP"});
    if (number == SIGUSR1) return log_sink->reopen();
    if (draining) {
        log("second signal: ending at once, " + in_flight_text() + " are cut off");
        return end(128 + number);
    }
    begin_stop();
}

// Not ready from now on; whoever balances load needs a while to notice, and is served meanwhile.
void Gateway::Impl::begin_stop() {
    if (draining) return;
    draining = true;
    notify_service_manager("STOPPING=1");
    if (snapshot->drain_grace.count() == 0) return drain();
    log("stopping: not ready any more, accepting for another " +
        std::to_string(snapshot->drain_grace.count()) + " ms; " + in_flight_text());
    // Clients that reuse their connections leave while there is still a listener to come back to;
    // once idle ones are closed, a request could cross the close on its way.
    for (const auto& worker : workers)
        worker->announce_drain();
    drain_timer.expires_after(snapshot->drain_grace);
    drain_timer.async_wait([this](auto error) {
        if (!error) drain();
    });
}

void Gateway::Impl::drain() {
    log("stopping: no new connections; " + in_flight_text() + ", at most " +
        std::to_string(snapshot->drain_timeout.count()) + " ms to finish");
    listeners.stop();
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
        log("stopped: " + in_flight_text() + " did not finish in time and are cut off");
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

std::string Gateway::Impl::in_flight_text() const {
    std::uint64_t requests = 0;  // wraps like the counters it sums
    for (const auto& worker : workers) {
        worker->counters().read(telemetry::Family::in_flight,
                                [&](const auto&, std::uint64_t value) { requests += value; });
    }
    return std::to_string(requests) + " requests in flight on " + std::to_string(clients()) +
           " client connections";
}

Gateway::Gateway(std::shared_ptr<const config::Snapshot> snapshot, Load load)
    : impl_(std::make_unique<Impl>(std::move(snapshot), std::move(load))) {}

Gateway::~Gateway() = default;

std::string Gateway::listen() {
    return impl_->listen();
}

std::vector<config::Listener> Gateway::listeners() const {
    return impl_->listeners.current();
}

config::ListenAddress Gateway::admin_address() const {
    return {impl_->snapshot->admin.host, impl_->admin->port()};
}

int Gateway::run() {
    return impl_->run();
}

void Gateway::stop() {
    boost::asio::post(impl_->control, [impl = impl_.get()] { impl->begin_stop(); });
}

}  // namespace errgate::app
