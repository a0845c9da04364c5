// Reloading: read and resolve on a thread of its own, then swap everything at once or nothing.
#include "app/gateway_impl.hpp"
#include "app/live_config.hpp"
#include "app/systemd.hpp"
#include "telemetry/log.hpp"

#include <algorithm>

namespace errgate::app {

namespace {

using admin::ReloadResult;
using telemetry::log;

constexpr std::chrono::seconds kFirstResolution{2};
constexpr std::size_t kProblemsShown = 20;
constexpr std::size_t kMostWaiting = 16;

std::string address_text(const config::ListenAddress& address) {
    return address.host + ":" + std::to_string(address.port);
}

std::int64_t unix_milliseconds() {
    return std::chrono::duration_cast<base::Millis>(base::WallClock::now().time_since_epoch())
        .count();
}

void log_failure(const std::string& trigger, const ReloadResult& result) {
    const std::size_t shown = std::min(result.problems.size(), kProblemsShown);
    for (std::size_t i = 0; i < shown; ++i)
        log("reload (" + trigger + "): " + to_string(result.problems[i]));
    log("reload (" + trigger + ") refused: " + result.reason + "; the running configuration stays");
}

}  // namespace

// For GET /reload: a garbage file of many megabytes has as many problems.
void Gateway::Impl::remember(const std::string& trigger, const ReloadResult& result) {
    last_reload = {.trigger = trigger, .at = unix_milliseconds() / 1000, .result = result};
    std::vector<config::Problem>& problems = last_reload->result.problems;
    problems.resize(std::min(problems.size(), kProblemsShown));
}

void Gateway::Impl::request_reload(ReloadJob job) {
    const auto refuse = [&](std::string reason) {
        log("reload (" + job.trigger + ") refused: " + reason);
        ++reloads.failed;
        reloads.last_succeeded = false;
        if (!job.done) return;
        job.done({.kind = ReloadResult::Kind::impossible,
                  .reason = std::move(reason),
                  .hash = snapshot->hash,
                  .previous_hash = snapshot->hash});
    };
    if (draining) return refuse("the gateway is stopping");
    if (!load) return refuse("there is no file to reload from");
    if (reload_jobs.size() >= kMostWaiting) return refuse("too many reloads are waiting already");
    // Nobody waits for the verdict, and one that has not begun will read the same files.
    const bool waits = reload_jobs.size() > 1 && reload_jobs.back().if_match.empty();
    if (!job.done && waits) return;
    reload_jobs.push_back(std::move(job));
    if (reload_jobs.size() == 1) begin_reload();
}

void Gateway::Impl::follow_files() {
    std::vector<std::string> files = snapshot->files;
    files.insert(files.end(), snapshot->other_files.begin(), snapshot->other_files.end());
    watch->follow(files, snapshot->patterns);
}

void Gateway::Impl::begin_reload() {
    ReloadJob& job = reload_jobs.front();
    job.begun = base::SteadyClock::now();
    if (!admin::matches(job.if_match, snapshot->hash)) {
        return end_reload({.kind = ReloadResult::Kind::stale,
                           .reason = "If-Match names another configuration than the running one",
                           .hash = snapshot->hash,
                           .previous_hash = snapshot->hash});
    }
    notify_reloading();
    watch->about_to_read();
    if (loader.joinable()) loader.join();
    loader = std::thread([this, before = live] {
        Loaded loaded = load_all(before);
        boost::asio::post(control, [this, result = std::move(loaded)]() mutable {
            take_over(std::move(result));
        });
    });
}

Gateway::Impl::Loaded Gateway::Impl::load_all(
    const std::shared_ptr<const proxy::LiveConfig>& before) {
    Loaded loaded;
    loaded.files = load();
    if (!loaded.files.snapshot) return loaded;
    loaded.live = make_live(loaded.files.snapshot, names, before.get());
    loaded.resolver = std::make_unique<Resolver>(*loaded.live);
    loaded.resolver->wait_for_first_round(kFirstResolution);
    return loaded;
}

void Gateway::Impl::take_over(Loaded loaded) {
    ReloadResult result{.kind = ReloadResult::Kind::invalid,
                        .hash = snapshot->hash,
                        .previous_hash = snapshot->hash};
    if (!loaded.files.snapshot) {
        const std::size_t count = loaded.files.problems.size();
        result.reason = std::to_string(count) + (count == 1 ? " problem" : " problems") +
                        " in the configuration";
        result.problems = std::move(loaded.files.problems);
        return end_reload(std::move(result));
    }
    const std::shared_ptr<const config::Snapshot>& next = loaded.files.snapshot;
    std::unique_ptr<telemetry::LogTarget> log_target;
    result.kind = ReloadResult::Kind::impossible;
    result.reason = draining ? "the gateway is stopping" : prepare(*next, log_target);
    if (!result.reason.empty()) return end_reload(std::move(result));

    // From here on nothing can fail.
    const std::string previous_hash = snapshot->hash;
    if (log_target) log_sink->switch_to(std::move(log_target));
    snapshot = next;
    live = std::move(loaded.live);
    resolver = std::move(loaded.resolver);
    resolver->take_charge();
    configure_admin();
    follow_files();
    workers_to_install = workers.size();
    for (const auto& worker : workers) {
        worker->reload(live, [this, previous_hash] {
            boost::asio::post(control, [this, previous_hash] { on_installed(previous_hash); });
        });
    }
}

// What can fail, in an order that leaves nothing behind. The reason, or nothing.
std::string Gateway::Impl::prepare(const config::Snapshot& next,
                                   std::unique_ptr<telemetry::LogTarget>& log) {
    if (next.threads != snapshot->threads) {
        return "threads cannot change while the gateway runs (" +
               std::to_string(snapshot->threads) + " to " + std::to_string(next.threads) +
               "): restart it";
    }
    if (next.access_log_path != snapshot->access_log_path) {
        log = std::make_unique<telemetry::LogTarget>(next.access_log_path);
        if (std::string error = log->open(); !error.empty()) return error;
    }
    if (std::string error = listeners.prepare(next.listen); !error.empty()) return error;
    if (next.admin != snapshot->admin) {
        if (std::string error = admin->listen(next.admin.host, next.admin.port); !error.empty()) {
            listeners.rollback();
            return error;
        }
        telemetry::log("admin moves to " + address_text({next.admin.host, admin->port()}));
    }
    return {};
}

void Gateway::Impl::on_installed(const std::string& previous_hash) {
    if (--workers_to_install > 0) return;
    if (draining) {
        listeners.rollback();
    } else {
        listeners.commit(workers, snapshot->limits.connections);
    }
    end_reload({.kind = ReloadResult::Kind::applied,
                .hash = snapshot->hash,
                .previous_hash = previous_hash,
                .notices = snapshot->notices});
}

void Gateway::Impl::end_reload(ReloadResult result) {
    ReloadJob job = std::move(reload_jobs.front());
    reload_jobs.pop_front();
    result.took = std::chrono::duration_cast<base::Millis>(base::SteadyClock::now() - job.begun);
    if (result.kind == ReloadResult::Kind::applied) {
        for (const std::string& notice : result.notices)
            log(notice);
        log("reload (" + job.trigger + "): running " + result.hash.substr(0, 12) +
            (result.hash == result.previous_hash ? ", unchanged" : ""));
        ++reloads.succeeded;
        reloads.last_succeeded = true;
        reloads.last_success_ms = unix_milliseconds();
    } else if (result.kind != ReloadResult::Kind::stale) {
        log_failure(job.trigger, result);
        ++reloads.failed;
        reloads.last_succeeded = false;
    }
    if (result.kind != ReloadResult::Kind::stale) remember(job.trigger, result);
    if (result.kind != ReloadResult::Kind::stale && !draining) notify_service_manager("READY=1");
    if (job.done) job.done(std::move(result));
    if (!reload_jobs.empty()) begin_reload();
}

}  // namespace errgate::app
