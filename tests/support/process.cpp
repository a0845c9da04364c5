// A child process whose output is kept line by line and whose end is always waited for.
#include "support/process.hpp"

#include <array>
#include <csignal>
#include <fcntl.h>
#include <filesystem>
#include <fstream>
#include <poll.h>
#include <stdexcept>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

namespace errgate::test {

void Lines::append(std::string_view bytes) {
    const std::lock_guard lock(mutex_);
    for (const char c : bytes) {
        if (c != '\n') {
            partial_ += c;
            continue;
        }
        lines_.push_back(std::move(partial_));
        partial_.clear();
    }
    changed_.notify_all();
}

void Lines::finish() {
    const std::lock_guard lock(mutex_);
    if (!partial_.empty()) lines_.push_back(std::move(partial_));
    finished_ = true;
    changed_.notify_all();
}

std::vector<std::string> Lines::get() const {
    const std::lock_guard lock(mutex_);
    return lines_;
}

std::string Lines::text() const {
    std::string text;
    for (const std::string& line : get())
        text += line + "\n";
    return text;
}

std::optional<std::string> Lines::wait_for(std::string_view prefix,
                                           std::chrono::milliseconds patience) {
    std::unique_lock lock(mutex_);
    std::optional<std::string> found;
    changed_.wait_for(lock, patience, [&] {
        for (const std::string& line : lines_)
            if (!found && line.starts_with(prefix)) found = line;
        return found || finished_;
    });
    return found;
}

bool Lines::wait_for_count(std::size_t count, std::chrono::milliseconds patience) {
    std::unique_lock lock(mutex_);
    changed_.wait_for(lock, patience, [&] { return lines_.size() >= count || finished_; });
    return lines_.size() >= count;
}

Process::Process(const std::vector<std::string>& argv) {
    std::array<int, 2> out{};
    std::array<int, 2> err{};
    if (::pipe2(out.data(), O_CLOEXEC) != 0 || ::pipe2(err.data(), O_CLOEXEC) != 0)
        throw std::runtime_error("pipe2");
    std::vector<char*> arguments;
    for (const std::string& argument : argv)
        arguments.push_back(const_cast<char*>(argument.c_str()));
    arguments.push_back(nullptr);
    pid_ = ::fork();
    if (pid_ == 0) {
        ::prctl(PR_SET_PDEATHSIG, SIGKILL);  // a crashed test leaves nothing behind
        ::dup2(out[1], STDOUT_FILENO);
        ::dup2(err[1], STDERR_FILENO);
        ::execv(arguments[0], arguments.data());
        ::_exit(127);
    }
    ::close(out[1]);
    ::close(err[1]);
    out_reader_ = std::thread([fd = out[0], this] { drain(fd, out_); });
    err_reader_ = std::thread([fd = err[0], this] { drain(fd, err_); });
}

Process::~Process() {
    if (!code_ && !wait(std::chrono::milliseconds(0))) {
        signal(SIGKILL);
        wait();
    }
    out_reader_.join();
    err_reader_.join();
}

void Process::drain(int fd, Lines& lines) {
    std::array<char, 16'384> buffer{};
    for (;;) {
        const ssize_t got = ::read(fd, buffer.data(), buffer.size());
        if (got <= 0) break;
        lines.append({buffer.data(), static_cast<std::size_t>(got)});
    }
    ::close(fd);
    lines.finish();
}

void Process::signal(int number) const {
    if (!code_) ::kill(pid_, number);
}

std::optional<int> Process::wait(std::chrono::milliseconds patience) {
    if (code_) return code_;
    // A pid file descriptor becomes readable when the child ends: no polling, no SIGCHLD.
    const int fd = static_cast<int>(::syscall(SYS_pidfd_open, pid_, 0));
    pollfd set{fd, POLLIN, 0};
    ::poll(&set, 1, static_cast<int>(patience.count()));
    ::close(fd);
    int status = 0;
    if (::waitpid(pid_, &status, WNOHANG) != pid_) return {};
    code_ = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
    return code_;
}

RunResult run_program(const std::vector<std::string>& argv) {
    RunResult result;
    Process process(argv);
    result.code = process.wait();
    if (!result.code) {
        process.signal(SIGKILL);
        process.wait();
    }
    process.out().wait_for("\n never a line");  // returns when the stream has ended
    process.err().wait_for("\n never a line");
    result.out = process.out().text();
    result.err = process.err().text();
    return result;
}

TempDir::TempDir() {
    std::string pattern = std::filesystem::temp_directory_path() / "errgate_test_XXXXXX";
    if (!::mkdtemp(pattern.data())) throw std::runtime_error("mkdtemp");
    dir_ = pattern;
}

TempDir::~TempDir() {
    std::error_code ignored;
    std::filesystem::remove_all(dir_, ignored);
}

std::string TempDir::write(std::string_view name, std::string_view text) const {
    const std::string file = path(name);
    std::filesystem::create_directories(std::filesystem::path(file).parent_path());
    std::ofstream(file, std::ios::binary) << text;
    return file;
}

}  // namespace errgate::test
