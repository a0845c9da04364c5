#include "app/resolver.hpp"

#include "telemetry/log.hpp"

#include <condition_variable>
#include <cstring>
#include <netdb.h>
#include <thread>

namespace errgate::app {

namespace {

constexpr std::chrono::seconds kRefresh{30};
constexpr std::chrono::seconds kRetry{1};

using Addresses = std::vector<proxy::Address>;

// What one name stands for; empty when it cannot be resolved.
Addresses look_up(const config::UpstreamAddress& address) {
    boost::system::error_code not_literal;
    const auto literal = boost::asio::ip::make_address(address.host, not_literal);
    if (!not_literal) return {{{literal, address.port}, address.host}};

    addrinfo hints{};
    hints.ai_family = AF_UNSPEC;
    hints.ai_socktype = SOCK_STREAM;
    hints.ai_flags = AI_ADDRCONFIG;
    addrinfo* found = nullptr;
    if (getaddrinfo(address.host.c_str(), nullptr, &hints, &found) != 0) return {};
    Addresses out;
    for (const addrinfo* entry = found; entry != nullptr; entry = entry->ai_next) {
        proxy::Endpoint endpoint;
        if (entry->ai_addrlen > endpoint.capacity()) continue;
        std::memcpy(endpoint.data(), entry->ai_addr, entry->ai_addrlen);
        endpoint.resize(entry->ai_addrlen);
        endpoint.port(address.port);
        out.push_back({endpoint, address.host});
    }
    freeaddrinfo(found);
    return out;
}

}  // namespace

// Shared with the thread, which may outlive the Resolver when it hangs in getaddrinfo().
struct Resolver::State {
    struct Upstream {
        std::shared_ptr<proxy::UpstreamRuntime> runtime;
        std::vector<config::UpstreamAddress> addresses;
        bool failing = false;
    };
    std::vector<Upstream> upstreams;
    std::mutex mutex;
    std::condition_variable changed;
    bool first_round_done = false;
    bool stopping = false;

    // False: at least one name has no address at all.
    bool resolve_all() {
        bool all_known = true;
        for (Upstream& upstream : upstreams) {
            Addresses endpoints;
            for (const auto& address : upstream.addresses) {
                const Addresses found = look_up(address);
                endpoints.insert(endpoints.end(), found.begin(), found.end());
            }
            report(upstream, endpoints.empty());
            if (!endpoints.empty()) {
                upstream.runtime->addresses.set(
                    std::make_shared<const Addresses>(std::move(endpoints)));
            }
            all_known = all_known && upstream.runtime->addresses.get() != nullptr;
        }
        return all_known;
    }

    static void report(Upstream& upstream, bool failing) {
        if (failing && !upstream.failing) {
            telemetry::log("upstream " + upstream.runtime->name + ": " +
                           upstream.addresses.front().host + " cannot be resolved");
        }
        if (!failing && upstream.failing) {
            telemetry::log("upstream " + upstream.runtime->name + ": resolves again");
        }
        upstream.failing = failing;
    }

    void run() {
        for (;;) {
            const bool all_known = resolve_all();
            std::unique_lock lock(mutex);
            first_round_done = true;
            changed.notify_all();
            const auto pause = all_known ? kRefresh : kRetry;
            if (changed.wait_for(lock, pause, [this] { return stopping; })) return;
        }
    }
};

Resolver::Resolver(const proxy::LiveConfig& config) : state_(std::make_shared<State>()) {
    for (const config::Upstream& upstream : config.snapshot->upstreams) {
        state_->upstreams.push_back({config.upstreams[upstream.index], upstream.addresses});
    }
    std::thread([state = state_] { state->run(); }).detach();
}

Resolver::~Resolver() {
    const std::scoped_lock lock(state_->mutex);
    state_->stopping = true;
    state_->changed.notify_all();
}

void Resolver::wait_for_first_round(std::chrono::milliseconds at_most) {
    std::unique_lock lock(state_->mutex);
    state_->changed.wait_for(lock, at_most, [this] { return state_->first_round_done; });
}

}  // namespace errgate::app
