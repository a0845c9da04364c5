// Notices that the files of the configuration have changed: inotify, a pause, a comparison.
#include "app/config_watch.hpp"

#include "config/files.hpp"
#include "telemetry/log.hpp"

#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/steady_timer.hpp>

#include <array>
#include <cerrno>
#include <chrono>
#include <filesystem>
#include <map>
#include <set>
#include <sys/inotify.h>
#include <sys/stat.h>
#include <system_error>
#include <unistd.h>
#include <utility>

namespace errgate::app {

namespace {

namespace asio = boost::asio;
namespace fs = std::filesystem;

constexpr std::chrono::milliseconds kQuiet{100};     // after the last event
constexpr std::chrono::milliseconds kAtMost{1'000};  // after the first
// IN_MODIFY is left out: a file being written is of no use before it is closed.
constexpr std::uint32_t kEvents = IN_CLOSE_WRITE | IN_MOVED_TO | IN_MOVED_FROM | IN_CREATE |
                                  IN_DELETE | IN_DELETE_SELF | IN_MOVE_SELF | IN_ATTRIB;

// What tells one state of a file from another; all zero: it cannot be looked at.
struct Stamp {
    std::uint64_t device = 0, inode = 0;
    std::int64_t size = 0, modified = 0, changed = 0;
    bool operator==(const Stamp&) const = default;
};
using Stamps = std::map<std::string, Stamp>;

std::int64_t nanoseconds(const timespec& time) {
    return time.tv_sec * std::int64_t{1'000'000'000} + time.tv_nsec;
}

Stamp look_at(const std::string& path) {
    struct stat found {};
    if (::stat(path.c_str(), &found) != 0) return {};
    return {found.st_dev, found.st_ino, found.st_size, nanoseconds(found.st_mtim),
            nanoseconds(found.st_ctim)};
}

void add_existing(std::set<std::string>& folders, fs::path folder) {
    std::error_code error;
    while (!fs::is_directory(folder, error) && folder.has_relative_path())
        folder = folder.parent_path();
    folders.insert(folder);
}

// The folder the path is in, and that of every symbolic link on the way to the file.
void add_folders(std::set<std::string>& folders, const std::string& path, int links_left = 8) {
    std::error_code error;
    const fs::path whole = fs::absolute(path, error);
    add_existing(folders, whole.parent_path());
    for (fs::path part = whole; part.has_relative_path(); part = part.parent_path()) {
        if (!fs::is_symlink(part, error) || links_left == 0) continue;
        add_existing(folders, part.parent_path());
        const fs::path target = part.parent_path() / fs::read_symlink(part, error);
        add_folders(folders, target, links_left - 1);
    }
}

}  // namespace

// Shared with the handlers, which may run once more after the watch has gone.
struct ConfigWatch::Impl : std::enable_shared_from_this<Impl> {
    Impl(asio::io_context& io, std::function<void()> callback)
        : events(io), pause(io), changed(std::move(callback)) {}

    Stamps look() const;
    void watch_folders();
    void wait_for_event();
    void on_event();
    void check_soon();
    void check();

    std::vector<std::string> files, patterns;
    Stamps known;
    asio::posix::stream_descriptor events;
    asio::steady_timer pause;
    std::chrono::steady_clock::time_point check_by{};
    bool check_due = false;
    bool failed = false;
    std::function<void()> changed;
};

Stamps ConfigWatch::Impl::look() const {
    Stamps out;
    for (const std::string& file : files)
        out.emplace(file, look_at(file));
    for (const std::string& pattern : patterns) {
        for (const std::string& file : config::matching_files(pattern, ""))
            out.emplace(file, look_at(file));
    }
    return out;
}

// Anew each time: folders come and go, and links point elsewhere.
void ConfigWatch::Impl::watch_folders() {
    std::set<std::string> folders;
    for (const std::string& file : files)
        add_folders(folders, file);
    for (const std::string& pattern : patterns)
        add_folders(folders, pattern);
    boost::system::error_code ignored;
    events.close(ignored);
    const int fd = ::inotify_init1(IN_NONBLOCK | IN_CLOEXEC);
    bool all = fd >= 0;
    if (fd >= 0) events.assign(fd, ignored);
    for (const std::string& folder : folders)
        all = all && ::inotify_add_watch(fd, folder.c_str(), kEvents) >= 0;
    if (!all && !failed) {
        telemetry::log("cannot watch the configuration's folders (" +
                       std::generic_category().message(errno) + "): reload with SIGHUP");
    }
    failed = !all;
    if (fd >= 0) wait_for_event();
}

void ConfigWatch::Impl::wait_for_event() {
    events.async_wait(asio::posix::stream_descriptor::wait_read,
                      [self = shared_from_this()](boost::system::error_code error) {
                          if (!error && self->changed) self->on_event();
                      });
}

void ConfigWatch::Impl::on_event() {
    std::array<char, 4096> discarded;
    while (::read(events.native_handle(), discarded.data(), discarded.size()) > 0) {
    }
    check_soon();
    wait_for_event();
}

void ConfigWatch::Impl::check_soon() {
    const auto now = std::chrono::steady_clock::now();
    if (!std::exchange(check_due, true)) check_by = now + kAtMost;
    pause.expires_at(std::min(now + kQuiet, check_by));
    pause.async_wait([self = shared_from_this()](boost::system::error_code error) {
        if (!error && self->changed) self->check();
    });
}

void ConfigWatch::Impl::check() {
    check_due = false;
    watch_folders();
    Stamps now = look();
    if (now == known) return;
    known = std::move(now);
    changed();
}

ConfigWatch::ConfigWatch(asio::io_context& io, std::function<void()> changed)
    : impl_(std::make_shared<Impl>(io, std::move(changed))) {}

ConfigWatch::~ConfigWatch() {
    impl_->changed = nullptr;
    impl_->pause.cancel();
    boost::system::error_code ignored;
    impl_->events.close(ignored);
}

void ConfigWatch::follow(const std::vector<std::string>& files,
                         const std::vector<std::string>& patterns) {
    impl_->files = files;
    impl_->patterns = patterns;
    impl_->watch_folders();
    // What was seen before they were read stays: a change since then is still to be noticed.
    Stamps now = impl_->look();
    for (auto& [file, stamp] : now) {
        const auto before = impl_->known.find(file);
        if (before != impl_->known.end()) stamp = before->second;
    }
    const bool first = impl_->known.empty();
    impl_->known = std::move(now);
    if (!first) impl_->check_soon();
}

void ConfigWatch::about_to_read() {
    impl_->known = impl_->look();
}

}  // namespace errgate::app
