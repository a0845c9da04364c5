// What one worker has counted: filled from each exchange's record, read by the collector.
#pragma once

#include "telemetry/counter_map.hpp"
#include "telemetry/label_key.hpp"
#include "telemetry/record.hpp"

#include <array>
#include <cstdint>

namespace errgate::telemetry {

// One a worker. Every member function but read() belongs to the worker's thread, takes a few
// nanoseconds a family and allocates only when a combination of labels is seen for the first time.
// Routes and upstreams are ids of the NameRegistry.
class alignas(64) WorkerCounters {
  public:
    // Exactly once an exchange, whatever became of it.
    void record(const ExchangeRecord& exchange);

    // Gauges: +1 when it begins, -1 when it ends. A connection that changes state is a -1 in the
    // one and a +1 in the other.
    void client_connections(int delta);
    void in_flight(std::uint16_t upstream, int delta);
    void upstream_connections(std::uint16_t upstream, ConnectionState state, int delta);

    // Any thread: fn(LabelKey, value) for every series of the family.
    template <class Fn>
    void read(Family family, Fn&& fn) const {
        map(family).for_each([&fn](std::uint64_t packed, std::uint64_t value) {
            fn(LabelKey::unpack(packed), value);
        });
    }

  private:
    void count_error(const ExchangeRecord& exchange);
    void count_attempts(const ExchangeRecord& exchange);
    void observe(Family buckets, Family sum, LabelKey key, base::Duration took);
    void add(Family family, LabelKey key, std::uint64_t delta = 1) {
        maps_[static_cast<std::size_t>(family)].add(key.pack(), delta);
    }
    const CounterMap& map(Family family) const { return maps_[static_cast<std::size_t>(family)]; }

    std::array<CounterMap, kFamilyCount> maps_;
};

}  // namespace errgate::telemetry
