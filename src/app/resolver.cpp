#include "app/resolver.hpp"

#include "telemetry/log.hpp"

#include <algorithm>
#include <condition_variable>
#include <cstring>
#include <netdb.h>
#include <optional>
#include <thread>

namespace errgate::app {

namespace {

using boost::asio::ip::address;
using Clock = std::chrono::steady_clock;
using Addresses = std::vector<proxy::Address>;

constexpr std::size_t kThreads = 8;

std::optional<address> literal(const std::string& host) {
    boost::system::error_code error;
    const address parsed = boost::asio::ip::make_address(host, error);
    return error ? std::nullopt : std::optional(parsed);
}

}  // namespace

std::vector<address> system_look_up(const std::string& host) {
    addrinfo hints{};
    hints.ai_family = AF_UNSPEC;
    hints.ai_socktype = SOCK_STREAM;
    hints.ai_flags = AI_ADDRCONFIG;
    addrinfo* found = nullptr;
    if (getaddrinfo(host.c_str(), nullptr, &hints, &found) != 0) return {};
    std::vector<address> out;
    for (const addrinfo* entry = found; entry != nullptr; entry = entry->ai_next) {
        proxy::Endpoint endpoint;
        if (entry->ai_addrlen > endpoint.capacity()) continue;
        std::memcpy(endpoint.data(), entry->ai_addr, entry->ai_addrlen);
        endpoint.resize(entry->ai_addrlen);
        out.push_back(endpoint.address());
    }
    freeaddrinfo(found);
    return out;
}

std::vector<address> by_turns(const std::vector<address>& found) {
    std::vector<address> first;
    std::vector<address> second;
    for (const address& one : found)
        (one.is_v6() == found.front().is_v6() ? first : second).push_back(one);
    std::vector<address> out;
    for (std::size_t i = 0; i < std::max(first.size(), second.size()); ++i) {
        if (i < first.size()) out.push_back(first[i]);
        if (i < second.size()) out.push_back(second[i]);
    }
    return out;
}

// Shared with the threads, which may outlive the Resolver when they hang in a lookup.
struct Resolver::State {
    struct Upstream {
        std::shared_ptr<proxy::UpstreamRuntime> runtime;
        std::vector<config::UpstreamAddress> hosts;
        Clock::time_point due{};
        Clock::time_point asked{};
        bool in_progress = false;
        bool asked_once = false;
        bool failing = false;
    };

    LookUp look_up;
    ResolverTiming timing;
    std::vector<Upstream> upstreams;  // whose hosts are names
    std::mutex mutex;                 // over all below and the upstreams' times
    std::condition_variable changed;
    bool stopping = false;

    // Every address of an upstream's hosts, host by host.
    Addresses resolve(const Upstream& upstream) const {
        Addresses out;
        for (const config::UpstreamAddress& host : upstream.hosts) {
            const auto known = literal(host.host);
            const auto found = known ? std::vector{*known} : by_turns(look_up(host.host));
            for (const address& one : found)
                out.push_back({{one, host.port}, host.host});
        }
        return out;
    }

    static void report(Upstream& upstream, bool failing) {
        if (failing && !upstream.failing) {
            telemetry::log("upstream " + upstream.runtime->name + ": " +
                           upstream.hosts.front().host + " cannot be resolved" +
                           (upstream.runtime->addresses.get() ? "; the last addresses stay" : ""));
        }
        if (!failing && upstream.failing) {
            telemetry::log("upstream " + upstream.runtime->name + ": resolves again");
        }
        upstream.failing = failing;
    }

    void work() {
        std::unique_lock lock(mutex);
        while (!stopping) {
            Upstream* next = most_urgent();
            if (next == nullptr) {
                changed.wait(lock);
            } else if (next->due > Clock::now()) {
                changed.wait_until(lock, next->due);
            } else {
                ask(*next, lock);
            }
        }
    }

    Upstream* most_urgent() {
        Upstream* found = nullptr;
        for (Upstream& upstream : upstreams) {
            if (upstream.in_progress) continue;
            if (found == nullptr || upstream.due < found->due) found = &upstream;
        }
        return found;
    }

    void ask(Upstream& upstream, std::unique_lock<std::mutex>& lock) {
        upstream.in_progress = true;
        upstream.asked = Clock::now();
        lock.unlock();
        auto found = resolve(upstream);
        lock.lock();
        if (stopping) return;
        report(upstream, found.empty());
        if (!found.empty())
            upstream.runtime->addresses.set(std::make_shared<const Addresses>(std::move(found)));
        const bool known = upstream.runtime->addresses.get() != nullptr;
        upstream.in_progress = false;
        upstream.asked_once = true;
        upstream.due = Clock::now() + (known ? timing.refresh : timing.retry);
        changed.notify_all();
    }

    // None of an upstream's addresses answers: perhaps it has moved.
    void hurry(std::size_t index) {
        const std::scoped_lock lock(mutex);
        Upstream& upstream = upstreams[index];
        upstream.due = std::min(upstream.due, upstream.asked + timing.retry);
        changed.notify_all();
    }
};

Resolver::Resolver(const proxy::LiveConfig& config, LookUp look_up, ResolverTiming timing)
    : state_(std::make_shared<State>()) {
    state_->look_up = std::move(look_up);
    state_->timing = timing;
    for (const config::Upstream& upstream : config.snapshot->upstreams) {
        State::Upstream entry{.runtime = config.upstreams[upstream.index],
                              .hosts = upstream.addresses};
        const bool names =
            std::ranges::any_of(entry.hosts, [](const auto& host) { return !literal(host.host); });
        if (names) {
            state_->upstreams.push_back(std::move(entry));
        } else {
            entry.runtime->addresses.set(std::make_shared<const Addresses>(state_->resolve(entry)));
        }
    }
    for (std::size_t i = 0; i < std::min(kThreads, state_->upstreams.size()); ++i)
        std::thread([state = state_] { state->work(); }).detach();
}

void Resolver::take_charge() {
    for (std::size_t i = 0; i < state_->upstreams.size(); ++i) {
        state_->upstreams[i].runtime->addresses.when_stale([weak = std::weak_ptr(state_), i] {
            if (const auto state = weak.lock()) state->hurry(i);
        });
    }
}

Resolver::~Resolver() {
    const std::scoped_lock lock(state_->mutex);
    state_->stopping = true;
    state_->changed.notify_all();
}

void Resolver::wait_for_first_round(std::chrono::milliseconds at_most) {
    std::unique_lock lock(state_->mutex);
    state_->changed.wait_for(lock, at_most, [this] {
        return std::ranges::all_of(state_->upstreams, &State::Upstream::asked_once);
    });
}

}  // namespace errgate::app
