// Writes the access log off the workers: a file or stdout that stalls or fails never holds one up.
#pragma once

#include "telemetry/log_target.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>

namespace errgate::telemetry {

// A thread of its own takes full buffers from a bounded queue and writes them in order. Buffers
// circulate between workers, queue and writer, so the steady state allocates nothing.
//
// What cannot be written is dropped, counted, and reported on stderr at most once a minute: a full
// queue (the reader is too slow or has stopped), a full disk, a closed pipe. A line cut off by an
// error is ended before the next one, so that one bad line never spoils two.
class LogSink {
  public:
    static constexpr std::size_t kDefaultQueue = 64;  // buffers

    // "-" is stdout; anything else is a file to append to, created with mode 0640. On failure null,
    // and `error` says why in one line.
    static std::unique_ptr<LogSink> open(const std::string& path, std::string& error,
                                         std::size_t queue = kDefaultQueue);
    ~LogSink();  // stop() with a bound of one second

    // Takes whole lines, leaves an empty buffer (with capacity) in their place. Never waits for
    // I/O. False: the queue was full and the lines are lost. Any thread, until stop().
    bool submit(std::string& buffer);

    // Opens the path anew before the next write (log rotation); the old file stays if that fails.
    // Nothing to do for stdout. Any thread.
    void reopen();

    // Writes to `opened` instead, from the next write on. Any thread.
    void switch_to(std::unique_ptr<LogTarget> opened);

    // Writes what is queued, for at most `bound`, then ends the thread. What is left is lost and
    // counted.
    void stop(std::chrono::milliseconds bound);

    std::uint64_t dropped_lines() const;  // any thread
    std::uint64_t write_errors() const;   // any thread

  private:
    struct Shared;
    explicit LogSink(std::shared_ptr<Shared> shared);
    std::shared_ptr<Shared> shared_;
};

}  // namespace errgate::telemetry
