// Everything the gateway has counted, summed over the workers at the moment of a scrape.
#pragma once

#include "telemetry/counters.hpp"
#include "telemetry/names.hpp"

#include <prometheus/collectable.h>
#include <prometheus/metric_family.h>

#include <atomic>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace errgate::telemetry {

// One upstream's breaker, by name because breakers live longer than a snapshot.
struct BreakerSample {
    std::string upstream;
    int state = 0;                                               // 0 closed, 1 half-open, 2 open
    std::uint64_t to_closed = 0, to_half_open = 0, to_open = 0;  // transitions so far
};

// Reloads of the configuration: written by the control thread, read at a scrape.
struct ReloadCounters {
    std::atomic<std::uint64_t> succeeded{0};
    std::atomic<std::uint64_t> failed{0};
    std::atomic<bool> last_succeeded{true};        // true before the first: the start was a success
    std::atomic<std::int64_t> last_success_ms{0};  // Unix time; the start's before the first
};

// Where the collector reads. All of it must outlive the collector; an empty function means that
// there is nothing of the kind. Functions are called on the thread that scrapes.
struct MetricSources {
    const Names* names = nullptr;
    std::vector<const WorkerCounters*> workers{};
    const ReloadCounters* reloads = nullptr;
    std::function<std::vector<BreakerSample>()> breakers{};
    std::function<std::uint64_t()> access_log_dropped{};  // lines
    std::function<std::string()> config_hash{};           // of the configuration in force
    std::string version{};
};

class Collector : public prometheus::Collectable {
  public:
    explicit Collector(MetricSources sources) : sources_(std::move(sources)) {}
    // Locks nothing a worker ever waits for. Series are in a stable order.
    std::vector<prometheus::MetricFamily> Collect() const override;

  private:
    MetricSources sources_;
};

}  // namespace errgate::telemetry
