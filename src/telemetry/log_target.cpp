// The file descriptor a log goes to.
#include "telemetry/log_target.hpp"

#include <climits>

#include <cerrno>
#include <fcntl.h>
#include <limits>
#include <poll.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <system_error>
#include <unistd.h>

namespace errgate::telemetry {

std::string LogTarget::open() {
    // Non-blocking where the open file is ours alone. Stdout is shared with other processes, whose
    // writes must not start to fail, so it stays as it is and adopt() bounds each write instead.
    const int fd =
        is_stdout()
            ? ::fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, 0)
            : ::open(path_.c_str(),
                     O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC | O_NOCTTY | O_NONBLOCK, 0640);
    if (fd < 0) {
        return "cannot open access log " + path_ + ": " + std::generic_category().message(errno);
    }
    close();
    adopt(fd);
    return {};
}

void LogTarget::adopt(int fd) {
    fd_ = fd;
    struct stat status {};
    const bool known = ::fstat(fd, &status) == 0;
    socket_ = known && S_ISSOCK(status.st_mode);
    const bool may_block = is_stdout() && !socket_ && !(known && S_ISREG(status.st_mode));
    // A pipe that poll() calls writable has room for a page; more could block.
    max_write_ = may_block ? PIPE_BUF : std::numeric_limits<std::size_t>::max();
}

LogTarget::Written LogTarget::write_some(std::string_view text,
                                         std::chrono::milliseconds patience) const {
    pollfd waiting{fd_, POLLOUT, 0};
    const int ready = ::poll(&waiting, 1, static_cast<int>(patience.count()));
    if (ready == 0 || (ready < 0 && errno == EINTR)) return {};
    if (ready < 0) return {0, errno};
    text = text.substr(0, max_write_);
    const ssize_t written = socket_ ? ::send(fd_, text.data(), text.size(), MSG_DONTWAIT)
                                    : ::write(fd_, text.data(), text.size());
    if (written >= 0) return {static_cast<std::size_t>(written), 0};
    if (errno == EAGAIN || errno == EINTR) return {};
    return {0, errno};
}

void LogTarget::close() {
    if (fd_ >= 0) ::close(fd_);
    fd_ = -1;
}

}  // namespace errgate::telemetry
