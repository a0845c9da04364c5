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

// RFC 9209 section 2.3: whose fault a handshake that failed is.
GatewayReason handshake_failure(const IoResult& result, const tls::Failure& failure) {
    if (result.status == IoStatus::timeout) return GatewayReason::connect_timeout;
    switch (failure.kind) {
        case tls::Failure::Kind::certificate:
            return GatewayReason::tls_certificate;
        case tls::Failure::Kind::alert:
            return GatewayReason::tls_alert;
        default:
            return GatewayReason::tls_failed;
    }
}

std::string address_text(const Endpoint& endpoint) {
    const std::string address = endpoint.address().to_string();
    const std::string port = std::to_string(endpoint.port());
    return endpoint.address().is_v6() ? "[" + address + "]:" + port : address + ":" + port;
}

// Connects exchange.connection, TLS included.
Awaitable<GatewayReason> establish(Exchange& exchange, UpstreamPool& pool, const Address& address,
                                   base::Duration within) {
    const base::TimePoint until = base::SteadyClock::now() + within;
    Transport& transport = exchange.connection->transport;
    const IoResult connected = co_await transport.connect(address.endpoint, within);
    if (connected.status != IoStatus::ok) {
        co_return connect_failure(connected, transport.last_error());
    }
    if (!exchange.upstream->tls) co_return GatewayReason::none;
    const IoResult secured =
        co_await transport.secure_as_client(*exchange.upstream->tls, address.host,
                                            pool.tls_sessions(), until - base::SteadyClock::now());
    if (secured.status == IoStatus::ok) co_return GatewayReason::none;
    co_return handshake_failure(secured, transport.tls_failure());
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
        const Address& address = (*addresses)[i];
        connection->address = address_text(address.endpoint);
        exchange.connection = std::move(connection);
        reason = co_await establish(exchange, pool, address, std::min(left, share));
        if (reason == GatewayReason::none) co_return reason;
    }
    co_return reason;
}

}  // namespace errgate::proxy
