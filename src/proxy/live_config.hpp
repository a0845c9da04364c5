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

// One place to connect to.
struct Address {
    Endpoint endpoint;
    std::string host;  // whose it is, as the URL writes it: what a certificate must be for
};

// The addresses an upstream's names stand for. Written by the resolver, read when a connection is
// made; both rarely, hence a mutex.
class AddressBook {
  public:
    using List = std::shared_ptr<const std::vector<Address>>;
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

// How much of an upstream is in use. Exchanges that began before a reload count too, so every
// runtime of one name shares it.
struct UpstreamUse {
    std::atomic<std::uint32_t> in_flight{0};
    std::atomic<std::uint32_t> connections{0};
};

// One upstream's state, shared by all workers and kept by name over reloads.
struct UpstreamRuntime {
    explicit UpstreamRuntime(const config::Upstream& upstream)
        : name(upstream.name),
          breaker(upstream.circuit_breaker),
          budget(upstream.retry_budget),
          use(std::make_shared<UpstreamUse>()) {}
    // After a reload that changed the upstream: breaker, budget and use go on.
    UpstreamRuntime(const config::Upstream& upstream, const UpstreamRuntime& before)
        : name(upstream.name),
          breaker(upstream.circuit_breaker, before.breaker),
          budget(upstream.retry_budget, before.budget),
          use(before.use) {}

    const std::string name;
    policy::Breaker breaker;
    policy::Budget budget;
    const std::shared_ptr<UpstreamUse> use;
    std::atomic<std::uint32_t>& in_flight = use->in_flight;
    std::atomic<std::uint32_t>& connections = use->connections;
    AddressBook addresses;
};

// May connections made for the one be used for the other?
inline bool same_peer(const config::Upstream& a, const config::Upstream& b) {
    return a.scheme == b.scheme && a.addresses == b.addresses && a.tls == b.tls;
}

class UpstreamPool;

// What every worker pins for an exchange. Indices are those of the snapshot.
struct LiveConfig {
    std::shared_ptr<const config::Snapshot> snapshot;
    std::vector<std::shared_ptr<UpstreamRuntime>> upstreams;
    std::vector<std::uint16_t> route_ids;  // ids in the telemetry's name registry
    std::vector<std::uint16_t> upstream_ids;
    std::vector<std::shared_ptr<UpstreamPool>> pools;  // in each worker's own copy only
};

}  // namespace errgate::proxy
