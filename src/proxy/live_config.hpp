// The configuration in force with the run-time state that belongs to it and outlives it.
#pragma once

#include "config/snapshot.hpp"
#include "policy/breaker.hpp"
#include "policy/budget.hpp"
#include "proxy/net.hpp"

#include <atomic>
#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

namespace errgate::proxy {

// The addresses an upstream's names stand for. Written by the resolver, read when a connection is
// made; both rarely, hence a mutex.
class AddressBook {
  public:
    using List = std::shared_ptr<const std::vector<Endpoint>>;
    List get() const {
        const std::scoped_lock lock(mutex_);
        return list_;
    }
    void set(List list) {
        const std::scoped_lock lock(mutex_);
        list_ = std::move(list);
    }

  private:
    mutable std::mutex mutex_;
    List list_;  // null: the name has not been resolved (yet)
};

// One upstream's state, shared by all workers and kept by name over reloads.
struct UpstreamRuntime {
    explicit UpstreamRuntime(const config::Upstream& upstream)
        : name(upstream.name), breaker(upstream.circuit_breaker), budget(upstream.retry_budget) {}

    std::string name;
    policy::Breaker breaker;
    policy::Budget budget;
    std::atomic<std::uint32_t> in_flight{0};
    std::atomic<std::uint32_t> connections{0};
    AddressBook addresses;
};

// What every worker pins for an exchange. Indices are those of the snapshot.
struct LiveConfig {
    std::shared_ptr<const config::Snapshot> snapshot;
    std::vector<std::shared_ptr<UpstreamRuntime>> upstreams;
    std::vector<std::uint16_t> route_ids;  // ids in the telemetry's name registry
    std::vector<std::uint16_t> upstream_ids;
};

}  // namespace errgate::proxy
