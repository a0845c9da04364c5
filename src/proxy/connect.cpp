#include "proxy/connect.hpp"

#include "proxy/worker.hpp"

#include <algorithm>
#include <vector>

namespace errgate::proxy {

namespace {

using errors::GatewayReason;

// How long an address may take to answer while others wait for their turn: RFC 8305 section 5.
// Afterwards those that were only slow get the rest of the time.
constexpr std::chrono::milliseconds kHeadStart{250};
// Connections begin with the address that answered for this long; then the first is asked again.
constexpr std::chrono::seconds kPreferred{30};

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

struct Patience {
    base::Duration connect;  // for the socket alone
    base::Duration whole;    // with TLS
};

// Connects exchange.connection, TLS included.
Awaitable<GatewayReason> establish(Exchange& exchange, UpstreamPool& pool, const Address& address,
                                   Patience patience) {
    const base::TimePoint until = base::SteadyClock::now() + patience.whole;
    Transport& transport = exchange.connection->transport;
    const IoResult connected = co_await transport.connect(address.endpoint, patience.connect);
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

// Tries an upstream's addresses one after another until one answers.
class AddressTrial {
  public:
    AddressTrial(Worker& worker, Exchange& exchange, UpstreamPool& pool, AddressBook::View known,
                 base::TimePoint until)
        : worker_(worker),
          exchange_(exchange),
          pool_(pool),
          list_(std::move(known.list)),
          until_(until) {
        for (std::size_t i = 0; i < list_->size(); ++i)
            waiting_.push_back((known.first + i) % list_->size());
    }

    Awaitable<GatewayReason> run() {
        const std::size_t first = waiting_.front();
        const bool several = waiting_.size() > 1;
        GatewayReason reason = co_await one_round(several);
        if (several && reason != GatewayReason::none && !slow_.empty()) {
            waiting_ = std::move(slow_);
            reason = co_await one_round(false);
        }
        const bool another = reason == GatewayReason::none && answered_ != first;
        AddressBook& book = pool_.runtime().addresses;
        if (another) book.prefer(list_, answered_, base::SteadyClock::now() + kPreferred);
        if (reason != GatewayReason::none) book.report_stale();
        co_return reason;
    }

  private:
    Awaitable<GatewayReason> one_round(bool hasty) {
        GatewayReason reason = GatewayReason::connect_failed;
        for (std::size_t i = 0; i < waiting_.size(); ++i) {
            const base::Duration left = until_ - base::SteadyClock::now();
            if (left.count() <= 0) co_return GatewayReason::connect_timeout;
            const auto share = left / static_cast<std::int64_t>(waiting_.size() - i);
            const auto connect = hasty ? std::min<base::Duration>(share, kHeadStart) : share;
            reason = co_await try_address(waiting_[i], {connect, share});
            if (reason == GatewayReason::none) co_return reason;
            const bool silent = reason == GatewayReason::connect_timeout &&
                                !exchange_.connection->transport.secure();
            if (silent) slow_.push_back(waiting_[i]);
        }
        co_return reason;
    }

    Awaitable<GatewayReason> try_address(std::size_t index, Patience patience) {
        const Address& address = (*list_)[index];
        exchange_.connection = std::make_unique<UpstreamConnection>(pool_, worker_.wheel(),
                                                                    Socket(worker_.executor()));
        exchange_.connection->address = address_text(address.endpoint);
        answered_ = index;
        return establish(exchange_, pool_, address, patience);
    }

    Worker& worker_;
    Exchange& exchange_;
    UpstreamPool& pool_;
    AddressBook::List list_;
    base::TimePoint until_;
    std::vector<std::size_t> waiting_;  // indices of the list
    std::vector<std::size_t> slow_;     // that did not answer in their head start
    std::size_t answered_ = 0;
};

}  // namespace

bool reuse_connection(Worker& worker, Exchange& exchange) {
    exchange.connection = worker.pool(exchange).take();
    return exchange.connection != nullptr;
}

Awaitable<GatewayReason> open_connection(Worker& worker, Exchange& exchange,
                                         base::Duration within) {
    UpstreamPool& pool = worker.pool(exchange);
    const base::TimePoint now = base::SteadyClock::now();
    UpstreamRuntime& runtime = pool.runtime();
    AddressBook::View known = runtime.addresses.look(now);
    if (!known.list) co_return GatewayReason::dns_error;
    if (runtime.connections.load(std::memory_order_relaxed) >=
        exchange.upstream->pool.max_connections) {
        co_return GatewayReason::overloaded;
    }
    AddressTrial trial(worker, exchange, pool, std::move(known), now + within);
    co_return co_await trial.run();
}

}  // namespace errgate::proxy
