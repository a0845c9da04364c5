// The real binary, started on free ports with a routes file of the test's own.
#include "support/gateway.hpp"

#include <gtest/gtest.h>

#include <csignal>
#include <cstdlib>
#include <fstream>
#include <sstream>
#include <unistd.h>

namespace errgate::test {
namespace {

constexpr std::string_view kListening = "errgate: listening on http://127.0.0.1:";
constexpr std::string_view kListeningTls = "errgate: listening on https://127.0.0.1:";
constexpr std::string_view kAdmin = "errgate: admin on http://127.0.0.1:";

// Does `line` (name{a="b"} 1) carry this label with this value?
bool has_label(std::string_view line, const std::string& name, const std::string& value) {
    const std::string wanted = name + "=\"" + value + "\"";
    return line.find("{" + wanted) != std::string_view::npos ||
           line.find("," + wanted) != std::string_view::npos;
}

}  // namespace

std::string errgate_binary() {
    const char* other = std::getenv("ERRGATE_BINARY");
    return other != nullptr ? other : ERRGATE_BINARY;
}

double sample(std::string_view exposition, std::string_view name, const Labels& labels) {
    double sum = 0;
    std::istringstream lines{std::string(exposition)};
    for (std::string line; std::getline(lines, line);) {
        const std::size_t end = line.find_first_of("{ ");
        if (line.starts_with('#') || line.substr(0, end) != name) continue;
        bool wanted = true;
        for (const auto& [label, value] : labels)
            wanted = wanted && has_label(line, label, value);
        if (wanted) sum += std::strtod(line.c_str() + line.rfind(' '), nullptr);
    }
    return sum;
}

bool is_supported(const RoutesSpec& spec) {
    const TempDir dir;
    const RunResult check =
        run_program({errgate_binary(), "check", dir.write("errgate.yaml", to_yaml(spec))});
    return (check.out + check.err).find("not supported yet") == std::string::npos;
}

Gateway::Gateway(const RoutesSpec& spec)
    : file_(dir_.write("errgate.yaml", to_yaml(spec))),
      process_({errgate_binary(), "run", "--config", file_}) {
    port_ = announced_port(spec.listen_tls.empty() ? kListening : kListeningTls);
    admin_port_ = announced_port(kAdmin);
}

Gateway::~Gateway() {
    if (!stopped_) {
        const std::optional<int> code = stop();
        EXPECT_EQ(code, 0) << process_.err().text();
    }
    const std::string errors = process_.err().text();
    EXPECT_EQ(errors.find("Sanitizer"), std::string::npos) << errors;
    EXPECT_EQ(errors.find("runtime error"), std::string::npos) << errors;
}

std::uint16_t Gateway::announced_port(std::string_view prefix) {
    const std::optional<std::string> line = process_.err().wait_for(prefix);
    if (!line) {
        ADD_FAILURE() << "the gateway did not say '" << prefix << "' but:\n"
                      << process_.err().text();
        return 0;
    }
    return static_cast<std::uint16_t>(std::atoi(line->c_str() + prefix.size()));
}

Response Gateway::admin(std::string_view method, std::string_view target) const {
    Client client(admin_port_);
    return client.request(
        method, target,
        {{"Host", "127.0.0.1:" + std::to_string(admin_port_)}, {"Connection", "close"}});
}

std::string Gateway::metrics() const {
    return admin("GET", "/metrics").body;
}

double Gateway::metric(std::string_view name, const Labels& labels) const {
    return sample(metrics(), name, labels);
}

bool Gateway::wait_for_metric(std::string_view name, const Labels& labels, double value) const {
    const auto deadline = std::chrono::steady_clock::now() + kPatience;
    while (metric(name, labels) != value) {
        if (std::chrono::steady_clock::now() > deadline) return false;
        std::this_thread::sleep_for(std::chrono::milliseconds(10));
    }
    return true;
}

std::vector<nlohmann::json> Gateway::access_log(std::size_t count) {
    EXPECT_TRUE(process_.out().wait_for_count(count)) << "access log:\n" << process_.out().text();
    std::vector<nlohmann::json> lines;
    for (const std::string& line : process_.out().get()) {
        lines.push_back(nlohmann::json::parse(line, nullptr, false));
        EXPECT_TRUE(lines.back().is_object()) << line;
    }
    return lines;
}

nlohmann::json Gateway::log_line(std::size_t index) {
    const std::vector<nlohmann::json> lines = access_log(index + 1);
    return index < lines.size() ? lines[index] : nlohmann::json::object();
}

void Gateway::rewrite(const RoutesSpec& spec) const {
    dir_.write("errgate.yaml", to_yaml(spec));
}

std::uint64_t Gateway::peak_memory() const {
    std::ifstream status("/proc/" + std::to_string(process_.pid()) + "/status");
    for (std::string line; std::getline(status, line);)
        if (line.starts_with("VmHWM:")) return std::strtoull(line.c_str() + 6, nullptr, 10) * 1024;
    return 0;
}

double Gateway::cpu_seconds() const {
    std::ifstream stat("/proc/" + std::to_string(process_.pid()) + "/stat");
    std::string line;
    std::getline(stat, line);
    // Behind the name, which may hold anything: state and ten more, then utime and stime.
    std::istringstream fields(line.substr(line.rfind(')') + 1));
    std::string skipped;
    for (int i = 0; i < 11; ++i)
        fields >> skipped;
    double user = 0;
    double system = 0;
    fields >> user >> system;
    return (user + system) / static_cast<double>(::sysconf(_SC_CLK_TCK));
}

bool Gateway::is_mapped(std::string_view library) const {
    std::ifstream maps("/proc/" + std::to_string(process_.pid()) + "/maps");
    for (std::string line; std::getline(maps, line);)
        if (line.find(library) != std::string::npos) return true;
    return false;
}

std::optional<int> Gateway::stop() {
    process_.signal(SIGTERM);
    return wait_for_exit();
}

std::optional<int> Gateway::wait_for_exit() {
    stopped_ = true;
    return process_.wait();
}

}  // namespace errgate::test
