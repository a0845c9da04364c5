// Writes the access log off the workers: the queue and its thread.
#include "telemetry/log_sink.hpp"

#include "telemetry/log.hpp"

#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <csignal>
#include <mutex>
#include <string_view>
#include <system_error>
#include <thread>
#include <utility>
#include <vector>

namespace errgate::telemetry {

namespace {

using Clock = std::chrono::steady_clock;
constexpr std::chrono::milliseconds kPatience{100};  // between two looks at the stop deadline
constexpr std::chrono::minutes kReportInterval{1};

std::uint64_t count_lines(std::string_view text) {
    return static_cast<std::uint64_t>(std::ranges::count(text, '\n'));
}

// Signals are for the control thread; SIGPIPE must come back as EPIPE.
void block_signals() {
    sigset_t all;
    sigfillset(&all);
    pthread_sigmask(SIG_BLOCK, &all, nullptr);
}

}  // namespace

// Shared by the sink and its thread: a thread stuck in a write that nothing can end (a paused
// terminal, a dead network disk) is left behind at stop, and must not find its state gone.
struct LogSink::Shared {
    Shared(const std::string& path, std::size_t slots)
        : target(std::make_unique<LogTarget>(path)), ring(slots) {}

    // The writer thread.
    void run();
    bool take(std::string& buffer);
    void reopen_target();
    void write(std::string_view buffer);
    std::string_view write_out(std::string_view text);
    void lose(std::string_view text) { dropped += count_lines(text); }
    void report_losses(bool at_once);
    bool past_deadline();

    std::unique_ptr<LogTarget> target;
    bool line_cut = false;  // what was written last does not end a line
    std::string last_error;
    std::uint64_t reported = 0;
    Clock::time_point next_report{};

    // Any thread.
    std::atomic<std::uint64_t> dropped{0};
    std::atomic<std::uint64_t> errors{0};

    std::mutex mutex;  // guards what follows; held for a few moves, never during I/O
    std::condition_variable wake, ended;
    std::vector<std::string> ring;  // slots that are not queued hold empty buffers
    std::size_t head = 0, queued = 0;
    std::unique_ptr<LogTarget> next_target;
    bool reopen = false, stopping = false, done = false;
    Clock::time_point deadline = Clock::time_point::max();

    std::thread thread;  // the sink's
};

void LogSink::Shared::run() {
    block_signals();
    std::string buffer;
    while (take(buffer)) {
        write(buffer);
        buffer.clear();
        report_losses(false);
    }
    report_losses(true);
    target->close();
    const std::lock_guard lock(mutex);
    done = true;
    ended.notify_all();
}

// Waits for something to do, and swaps the next buffer in if there is one. False: it is time to
// end.
bool LogSink::Shared::take(std::string& buffer) {
    std::unique_lock lock(mutex);
    wake.wait(lock, [this] { return queued > 0 || stopping || reopen || next_target; });
    if (next_target) {
        target = std::move(next_target);
        line_cut = false;
    }
    if (std::exchange(reopen, false)) {
        lock.unlock();
        reopen_target();
        lock.lock();
    }
    if (stopping && Clock::now() >= deadline) {
        for (const std::string& lost : ring)
            lose(lost);
        return false;
    }
    if (queued == 0) return !stopping;
    std::swap(buffer, ring[head]);
    head = (head + 1) % ring.size();
    --queued;
    return true;
}

void LogSink::Shared::reopen_target() {
    if (target->is_stdout()) return;
    if (const std::string error = target->open(); !error.empty()) {
        ++errors;
        log(error);
        return;
    }
    line_cut = false;
}

void LogSink::Shared::write(std::string_view buffer) {
    if (line_cut && !write_out("\n").empty()) {
        lose(buffer);
        return;
    }
    lose(write_out(buffer));
}

// Returns what could not be written.
std::string_view LogSink::Shared::write_out(std::string_view text) {
    while (!text.empty()) {
        const LogTarget::Written result = target->write_some(text, kPatience);
        if (result.error != 0) {
            ++errors;
            last_error = std::generic_category().message(result.error);
            return text;
        }
        if (result.bytes == 0) {
            report_losses(false);
            if (past_deadline()) return text;
            continue;
        }
        line_cut = text[result.bytes - 1] != '\n';
        text.remove_prefix(result.bytes);
    }
    return text;
}

bool LogSink::Shared::past_deadline() {
    const std::lock_guard lock(mutex);
    return Clock::now() >= deadline;
}

void LogSink::Shared::report_losses(bool at_once) {
    const std::uint64_t lost = dropped.load(std::memory_order_relaxed);
    if (lost == reported) return;
    const Clock::time_point now = Clock::now();
    if (!at_once && now < next_report) return;
    log("access log: " + std::to_string(lost - reported) + " lines lost: " +
        (last_error.empty() ? std::string("its reader is too slow") : last_error));
    reported = lost;
    last_error.clear();
    next_report = now + kReportInterval;
}

std::unique_ptr<LogSink> LogSink::open(const std::string& path, std::string& error,
                                       std::size_t queue) {
    auto shared = std::make_shared<Shared>(path, std::max<std::size_t>(queue, 1));
    error = shared->target->open();
    if (!error.empty()) return nullptr;
    shared->thread = std::thread([shared] { shared->run(); });
    return std::unique_ptr<LogSink>(new LogSink(std::move(shared)));
}

LogSink::LogSink(std::shared_ptr<Shared> shared) : shared_(std::move(shared)) {}

LogSink::~LogSink() {
    stop(std::chrono::seconds(1));
}

bool LogSink::submit(std::string& buffer) {
    if (buffer.empty()) return true;
    {
        const std::lock_guard lock(shared_->mutex);
        if (!shared_->stopping && shared_->queued < shared_->ring.size()) {
            const std::size_t tail = (shared_->head + shared_->queued) % shared_->ring.size();
            std::swap(buffer, shared_->ring[tail]);
            ++shared_->queued;
            shared_->wake.notify_one();
            return true;
        }
    }
    shared_->lose(buffer);
    buffer.clear();
    return false;
}

void LogSink::reopen() {
    const std::lock_guard lock(shared_->mutex);
    shared_->reopen = true;
    shared_->wake.notify_one();
}

void LogSink::switch_to(std::unique_ptr<LogTarget> opened) {
    const std::lock_guard lock(shared_->mutex);
    shared_->next_target = std::move(opened);
    shared_->wake.notify_one();
}

void LogSink::stop(std::chrono::milliseconds bound) {
    if (!shared_->thread.joinable()) return;
    std::unique_lock lock(shared_->mutex);
    shared_->stopping = true;
    shared_->deadline = Clock::now() + bound;
    shared_->wake.notify_one();
    const bool ended = shared_->ended.wait_until(lock, shared_->deadline + 2 * kPatience,
                                                 [this] { return shared_->done; });
    lock.unlock();
    if (ended) {
        shared_->thread.join();
    } else {
        shared_->thread.detach();
    }
}

std::uint64_t LogSink::dropped_lines() const {
    return shared_->dropped.load();
}

std::uint64_t LogSink::write_errors() const {
    return shared_->errors.load();
}

}  // namespace errgate::telemetry
