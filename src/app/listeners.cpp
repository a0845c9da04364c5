// The listening sockets for clients over the gateway's life.
#include "app/listeners.hpp"

#include "telemetry/log.hpp"

#include <algorithm>
#include <utility>

namespace errgate::app {

namespace {

// Port 0 of a literal address in the descriptor's own words; no address at all when it is not one.
config::ListenAddress bound_address(int descriptor) {
    proxy::Endpoint endpoint;
    auto size = static_cast<socklen_t>(endpoint.capacity());
    if (::getsockname(descriptor, endpoint.data(), &size) != 0) return {};
    endpoint.resize(size);
    return {endpoint.address().to_string(), endpoint.port()};
}

}  // namespace

Listeners::Listeners(proxy::IoContext& control, std::vector<int> inherited)
    : control_(control), inherited_(std::move(inherited)) {}

Listeners::~Listeners() {
    for (const int descriptor : inherited_)
        ::close(descriptor);
}

int Listeners::inherited_at(const config::ListenAddress& address) {
    const auto found = std::ranges::find(inherited_, address, bound_address);
    if (found == inherited_.end()) return -1;
    const int descriptor = *found;
    inherited_.erase(found);
    return descriptor;
}

std::shared_ptr<Listeners::Listener> Listeners::open(const config::ListenAddress& address,
                                                     std::string& error) {
    auto listener = std::make_shared<Listener>(address, proxy::ClientAcceptor(control_));
    const int inherited = inherited_at(address);
    error =
        inherited >= 0 ? listener->acceptor.adopt(inherited) : listener->acceptor.listen(address);
    return listener;
}

std::string Listeners::prepare(const std::vector<config::Listener>& wanted) {
    List before = current_;
    prepared_.clear();
    for (const auto& [address, tls] : wanted) {
        const auto same =
            std::ranges::find(before, address, [](const auto& l) { return l->asked; });
        if (same != before.end()) {
            prepared_.push_back(*same);
            prepared_.back()->next_tls = tls;
            before.erase(same);  // `127.0.0.1:0` twice is two listeners
            continue;
        }
        std::string error;
        prepared_.push_back(open(address, error));
        prepared_.back()->next_tls = tls;
        prepared_.back()->acceptor.use(tls);
        if (error.empty()) continue;
        prepared_ = current_;
        return error;
    }
    return {};
}

void Listeners::commit(std::span<const std::unique_ptr<proxy::Worker>> workers, std::size_t limit) {
    closed_.clear();
    for (const auto& listener : current_) {
        if (std::ranges::find(prepared_, listener) != prepared_.end()) continue;
        listener->acceptor.stop();
        closed_.push_back(listener);
    }
    for (const auto& listener : prepared_) {
        listener->acceptor.use(listener->next_tls);
        if (std::ranges::find(current_, listener) == current_.end()) {
            listener->acceptor.start(workers, limit);
        } else {
            listener->acceptor.set_limit(limit);
        }
    }
    current_ = prepared_;
}

void Listeners::stop() {
    for (const auto& listener : current_)
        listener->acceptor.stop();
}

std::vector<config::Listener> Listeners::current() const {
    std::vector<config::Listener> out;
    for (const auto& listener : prepared_)
        out.push_back(listener->acceptor.listener());
    return out;
}

}  // namespace errgate::app
