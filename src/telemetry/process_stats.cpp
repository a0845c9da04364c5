// The process as the kernel sees it, from /proc/self (proc(5)).
#include "telemetry/process_stats.hpp"

#include "telemetry/families.hpp"

#include <array>
#include <charconv>
#include <dirent.h>
#include <fstream>
#include <iterator>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <sys/resource.h>
#include <unistd.h>

namespace errgate::telemetry {

namespace {

// Fields of /proc/self/stat, counted from the state that follows the command name.
constexpr std::size_t kUserTicks = 11;
constexpr std::size_t kSystemTicks = 12;
constexpr std::size_t kStartTicks = 19;
constexpr std::size_t kVirtualBytes = 20;
constexpr std::size_t kResidentPages = 21;
constexpr std::size_t kFields = 22;

std::string read_file(const char* path) {
    std::ifstream file(path);
    return {std::istreambuf_iterator<char>(file), {}};
}

double number(std::string_view text) {
    double value = 0;
    std::from_chars(text.data(), text.data() + text.size(), value);
    return value;
}

std::optional<std::array<double, kFields>> read_stat() {
    const std::string text = read_file("/proc/self/stat");
    std::size_t at = text.rfind(") ");  // the command name may hold spaces and parentheses
    if (at == std::string::npos) return std::nullopt;
    at += 2;
    std::array<double, kFields> fields{};
    for (double& field : fields) {
        const std::size_t end = text.find(' ', at);
        if (end == std::string::npos) return std::nullopt;
        field = number(std::string_view(text).substr(at, end - at));
        at = end + 1;
    }
    return fields;
}

std::optional<double> boot_time() {
    constexpr std::string_view kKey = "\nbtime ";
    const std::string text = read_file("/proc/stat");
    const std::size_t at = text.find(kKey);
    if (at == std::string::npos) return std::nullopt;
    return number(std::string_view(text).substr(at + kKey.size()));
}

std::optional<double> open_files() {
    const std::unique_ptr<DIR, int (*)(DIR*)> dir(opendir("/proc/self/fd"), closedir);
    if (!dir) return std::nullopt;
    double entries = 0;
    while (readdir(dir.get()) != nullptr)
        ++entries;
    return entries - 3;  // ".", ".." and this directory's own descriptor
}

}  // namespace

std::vector<prometheus::MetricFamily> collect_process_stats() {
    std::vector<prometheus::MetricFamily> out;
    if (const auto stat = read_stat()) {
        const auto ticks = static_cast<double>(sysconf(_SC_CLK_TCK));
        const auto page = static_cast<double>(sysconf(_SC_PAGESIZE));
        out.push_back(counter_family("process_cpu_seconds_total",
                                     "User and system CPU time spent, in seconds.",
                                     ((*stat)[kUserTicks] + (*stat)[kSystemTicks]) / ticks));
        out.push_back(gauge_family("process_resident_memory_bytes",
                                   "Resident memory size in bytes.",
                                   (*stat)[kResidentPages] * page));
        out.push_back(gauge_family("process_virtual_memory_bytes", "Virtual memory size in bytes.",
                                   (*stat)[kVirtualBytes]));
        if (const auto boot = boot_time()) {
            out.push_back(
                gauge_family("process_start_time_seconds",
                             "Start time of the process since the Unix epoch, in seconds.",
                             *boot + (*stat)[kStartTicks] / ticks));
        }
    }
    if (const auto files = open_files()) {
        out.push_back(gauge_family("process_open_fds", "Open file descriptors.", *files));
    }
    rlimit limit{};
    if (getrlimit(RLIMIT_NOFILE, &limit) == 0) {
        out.push_back(gauge_family("process_max_fds", "Maximum number of open file descriptors.",
                                   static_cast<double>(limit.rlim_cur)));
    }
    return out;
}

}  // namespace errgate::telemetry
