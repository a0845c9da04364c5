// A child process whose output is kept line by line and whose end is always waited for.
#pragma once

#include "support/socket.hpp"

#include <chrono>
#include <condition_variable>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <sys/types.h>
#include <thread>
#include <vector>

namespace errgate::test {

// Lines of one output stream; filled by one thread, read by others.
class Lines {
  public:
    void append(std::string_view bytes);
    void finish();

    std::vector<std::string> get() const;
    std::string text() const;
    // The first line that begins with `prefix`; nullopt when the stream ends or patience does.
    std::optional<std::string> wait_for(std::string_view prefix,
                                        std::chrono::milliseconds patience = kPatience);
    bool wait_for_count(std::size_t count, std::chrono::milliseconds patience = kPatience);

  private:
    mutable std::mutex mutex_;
    std::condition_variable changed_;
    std::vector<std::string> lines_;
    std::string partial_;
    bool finished_ = false;
};

class Process {
  public:
    // argv[0] is the path of the program.
    explicit Process(const std::vector<std::string>& argv);
    ~Process();  // kills what still runs
    Process(const Process&) = delete;
    Process& operator=(const Process&) = delete;

    pid_t pid() const { return pid_; }
    Lines& out() { return out_; }
    Lines& err() { return err_; }
    void signal(int number) const;
    // The exit code, 128 + n after signal n; nullopt: it still runs.
    std::optional<int> wait(std::chrono::milliseconds patience = kPatience);

  private:
    static void drain(int fd, Lines& lines);

    pid_t pid_ = -1;
    std::optional<int> code_;
    Lines out_, err_;
    std::thread out_reader_, err_reader_;
};

// Runs a program to its end.
struct RunResult {
    std::optional<int> code;  // nullopt: it had to be killed
    std::string out, err;
};
RunResult run_program(const std::vector<std::string>& argv);

// A folder of its own under the system's temporary one, removed at the end.
class TempDir {
  public:
    TempDir();
    ~TempDir();
    TempDir(const TempDir&) = delete;
    TempDir& operator=(const TempDir&) = delete;

    std::string path(std::string_view name) const { return dir_ + "/" + std::string(name); }
    // Writes a file and answers its path.
    std::string write(std::string_view name, std::string_view text) const;

  private:
    std::string dir_;
};

}  // namespace errgate::test
