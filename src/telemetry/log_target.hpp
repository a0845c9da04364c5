// The file descriptor a log goes to, written without ever waiting longer than asked.
#pragma once

#include <chrono>
#include <cstddef>
#include <string>
#include <string_view>

namespace errgate::telemetry {

// Owns its descriptor. One thread.
class LogTarget {
  public:
    // "-": stdout (a duplicate of it); else a file to append to, created with mode 0640.
    explicit LogTarget(std::string path) : path_(std::move(path)) {}
    ~LogTarget() { close(); }
    LogTarget(const LogTarget&) = delete;
    LogTarget& operator=(const LogTarget&) = delete;

    // Empty: it is open. Else one line that says why not; what was open before stays so.
    std::string open();

    struct Written {
        std::size_t bytes = 0;  // 0 without an error: not ready within `patience`
        int error = 0;          // errno
    };
    // SIGPIPE must be blocked or ignored in the calling thread.
    Written write_some(std::string_view text, std::chrono::milliseconds patience) const;

    void close();

    bool is_stdout() const { return path_ == "-"; }

  private:
    void adopt(int fd);

    std::string path_;
    int fd_ = -1;
    bool socket_ = false;
    std::size_t max_write_ = 0;
};

}  // namespace errgate::telemetry
