#include "proxy/connect.hpp"

#include "proxy/worker.hpp"

#include <algorithm>

namespace errgate::proxy {

namespace {

using errors::GatewayReason;

// No address gets less than this, or a list of dead ones would starve the last good one.
constexpr std::chrono::milliseconds kLeastShare{250};

GatewayReason connect_failure(const IoResult& result, const error_code& error) {
    if (result.status == IoStatus::timeout) return GatewayReason::connect_timeout;
    if (error == asio::error::connection_refused || error == asio::error::connection_reset) {
        return GatewayReason::connect_refused;
    }
    return GatewayReason::connect_failed;
}

std::string address_text(const Endpoint& endpoint) {
    const std::string address = endpoint.address().to_string();
    const std::string port = std::to_string(endpoint.port());
    return endpoint.address().is_v6() ? "[" + address + "]:" + port : address + ":" + port;
}

}  // namespace

Awaitable<GatewayReason> obtain_connection(Worker& worker, Exchange& exchange, bool fresh,
                                           base::Duration within) {
    UpstreamPool& pool = worker.pool(exchange);
    if (!fresh) {
        exchange.connection = pool.take();
        if (exchange.connection) co_return GatewayReason::none;
    }
    UpstreamRuntime& runtime = pool.runtime();
    const AddressBook::List addresses = runtime.addresses.get();
    if (!addresses || addresses->empty()) co_return GatewayReason::dns_error;
    if (runtime.connections.load(std::memory_order_relaxed) >=
        exchange.upstream->pool.max_connections) {
        co_return GatewayReason::overloaded;
    }

    GatewayReason reason = GatewayReason::connect_failed;
    const base::TimePoint until = base::SteadyClock::now() + within;
    for (std::size_t i = 0; i < addresses->size(); ++i) {
        const auto left = until - base::SteadyClock::now();
        if (left.count() <= 0) co_return GatewayReason::connect_timeout;
        const auto share = std::max<base::Duration>(
            left / static_cast<std::int64_t>(addresses->size() - i), kLeastShare);
        auto connection =
            std::make_unique<UpstreamConnection>(pool, worker.wheel(), Socket(worker.executor()));
        const Endpoint& endpoint = (*addresses)[i];
        connection->address = address_text(endpoint);
        const IoResult connected =
            co_await connection->transport.connect(endpoint, std::min(left, share));
        exchange.connection = std::move(connection);
        if (connected.status == IoStatus::ok) co_return GatewayReason::none;
        reason = connect_failure(connected, exchange.connection->transport.last_error());
    }
    co_return reason;
}

}  // namespace errgate::proxy
