// What the gateway is made of; shared by the files that implement it.
#pragma once

#include "admin/server.hpp"
#include "app/config_watch.hpp"
#include "app/gateway.hpp"
#include "app/listeners.hpp"
#include "app/resolver.hpp"
#include "proxy/worker.hpp"
#include "telemetry/collector.hpp"

#include <boost/asio/signal_set.hpp>

#include <deque>
#include <optional>
#include <thread>

namespace errgate::app {

// Everything here belongs to the control thread but what a comment says.
struct Gateway::Impl {
    Impl(std::shared_ptr<const config::Snapshot> loaded, Load load_again);
    ~Impl();

    // gateway.cpp: start, signals, stop.
    std::string listen();
    int run();
    void start_workers();
    void wait_for_signal();
    void on_signal(int number);
    void close_listeners();
    void begin_stop();
    void drain();
    void poll_drain(base::TimePoint until);
    void end(int code);
    std::size_t clients() const;
    std::string in_flight_text() const;
    admin::Endpoints endpoints();
    std::vector<telemetry::BreakerSample> breakers() const;
    std::vector<admin::UpstreamStatus> upstream_statuses() const;  // gateway_status.cpp
    void configure_admin();  // what of the configuration belongs to admin listener and journal

    // gateway_reload.cpp. One at a time, in the order they were asked for.
    struct ReloadJob {
        std::string trigger;  // for the log: SIGHUP, files, POST /reload
        std::string if_match{};
        std::function<void(admin::ReloadResult)> done{};  // may be empty
        base::TimePoint begun{};
    };
    // What the loading thread brings back.
    struct Loaded {
        config::LoadResult files;
        std::shared_ptr<const proxy::LiveConfig> live;
        std::unique_ptr<Resolver> resolver;
    };
    void request_reload(ReloadJob job);
    void begin_reload();
    void follow_files();  // of the snapshot in force
    Loaded load_all(const std::shared_ptr<const proxy::LiveConfig>& before);  // any thread
    void take_over(Loaded loaded);
    std::string prepare(const config::Snapshot& next, std::unique_ptr<telemetry::LogTarget>& log);
    void on_installed(const std::string& previous_hash);
    void end_reload(admin::ReloadResult result);
    void remember(const std::string& trigger, const admin::ReloadResult& result);

    Load load;
    std::shared_ptr<const config::Snapshot> snapshot;  // in force, also for what follows
    telemetry::Names names;                            // any thread
    telemetry::ReloadCounters reloads;
    std::optional<admin::LastReload> last_reload;
    telemetry::Journal journal;         // any thread
    telemetry::UnmappedCodes unmapped;  // any thread
    std::shared_ptr<const proxy::LiveConfig> live;
    std::unique_ptr<telemetry::LogSink> log_sink;
    std::vector<std::unique_ptr<proxy::Worker>> workers;
    std::unique_ptr<telemetry::Collector> collector;
    boost::asio::io_context control{1};
    boost::asio::signal_set signals;
    boost::asio::steady_timer drain_timer;
    Listeners listeners;
    std::unique_ptr<admin::AdminServer> admin;
    std::unique_ptr<Resolver> resolver;
    std::unique_ptr<ConfigWatch> watch;
    std::deque<ReloadJob> reload_jobs;  // the first one is being carried out
    std::thread loader;
    std::size_t workers_to_install = 0;
    bool draining = false;
    int exit_code = 0;
};

}  // namespace errgate::app
