// The configuration in force with the run-time state that belongs to it and outlives it.
#pragma once

#include "config/snapshot.hpp"
#include "policy/breaker.hpp"
#include "policy/budget.hpp"
#include "proxy/net.hpp"

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

namespace errgate::proxy {

// One place to connect to.
struct Address {
    Endpoint endpoint;
    std::string host;  // whose it is, as the URL writes it: what a certificate must be for

    bool operator==(const Address&) const = default;
};

// The addresses an upstream's names stand for, in the order in which they are tried. Written by the
// resolver, read when a connection is made; both rarely, hence a mutex.
class AddressBook {
  public:
    using List = std::shared_ptr<const std::vector<Address>>;
    struct View {
        List list;              // null: the name has not been resolved (yet)
        std::size_t first = 0;  // where to begin: an earlier one did not answer lately
    };

    List get() const {
        const std::scoped_lock lock(mutex_);
        return list_;
    }
    View look(base::TimePoint now) const {
        const std::scoped_lock lock(mutex_);
        return {list_, now < preferred_until_ ? preferred_ : 0};
    }
    // The preference for one of the old list's addresses goes when the list changes.
    void set(List list) {
        const std::scoped_lock lock(mutex_);
        if (list_ && list && *list_ == *list) return;
        list_ = std::move(list);
        preferred_until_ = {};
    }
    // Of this very list, the address that answered where those before it did not: connections begin
    // with it for a while.
    void prefer(const List& list, std::size_t index, base::TimePoint until) {
        const std::scoped_lock lock(mutex_);
        if (list != list_) return;
        preferred_ = index;
        preferred_until_ = until;
    }

    // `ask` is called, on any thread, when none of the addresses answers: perhaps they are old.
    void when_stale(std::function<void()> ask) {
        const std::scoped_lock lock(mutex_);
        ask_ = std::move(ask);
    }
    void report_stale() const {
        std::function<void()> ask;
        {
            const std::scoped_lock lock(mutex_);
            ask = ask_;
        }
        if (ask) ask();
    }

  private:
    mutable std::mutex mutex_;
    List list_;
    std::size_t preferred_ = 0;
    base::TimePoint preferred_until_{};
    std::function<void()> ask_;
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
