// The real binary, started on free ports with a routes file of the test's own.
#pragma once

#include "support/client.hpp"
#include "support/process.hpp"
#include "support/routes_file.hpp"

#include <nlohmann/json.hpp>

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace errgate::test {

using Labels = std::map<std::string, std::string>;

// Path of the program under test: the one of this build, or what ERRGATE_BINARY names.
std::string errgate_binary();

// Sum of the samples with that name whose labels include all of `labels`; 0 when there is none.
double sample(std::string_view exposition, std::string_view name, const Labels& labels = {});

// False when this build says of some key of the file that it is "not supported yet".
bool is_supported(const RoutesSpec& spec);

// Started by the constructor, stopped by the destructor, which fails the test when the process
// does not end with exit code 0 or a sanitizer had something to say.
class Gateway {
  public:
    explicit Gateway(const RoutesSpec& spec);
    ~Gateway();

    std::uint16_t port() const { return port_; }
    std::uint16_t admin_port() const { return admin_port_; }
    Client client() const { return Client(port_); }

    Response admin(std::string_view method, std::string_view target) const;
    std::string metrics() const;
    double metric(std::string_view name, const Labels& labels = {}) const;
    // Polls until the metric has that value.
    bool wait_for_metric(std::string_view name, const Labels& labels, double value) const;

    // Access log lines, parsed; waits until there are `count`.
    std::vector<nlohmann::json> access_log(std::size_t count);
    // One of them, from 0; a failure of the test and an empty object when it never comes.
    nlohmann::json log_line(std::size_t index);
    // Writes the routes file anew; the process is not told.
    void rewrite(const RoutesSpec& spec) const;

    Process& process() { return process_; }
    std::string config_file() const { return file_; }
    // Peak resident memory so far, in bytes.
    std::uint64_t peak_memory() const;
    double cpu_seconds() const;                      // that it used so far, user and system
    bool is_mapped(std::string_view library) const;  // does it run with this one?
    // SIGTERM, then the exit code. The destructor has nothing left to do.
    std::optional<int> stop();
    // The exit code of a process that was told to end already.
    std::optional<int> wait_for_exit();

  private:
    std::uint16_t announced_port(std::string_view prefix);

    TempDir dir_;
    std::string file_;
    Process process_;
    std::uint16_t port_ = 0;
    std::uint16_t admin_port_ = 0;
    bool stopped_ = false;
};

}  // namespace errgate::test
