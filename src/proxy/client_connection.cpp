#include "proxy/client_connection.hpp"

#include "proxy/borrowed_exchange.hpp"
#include "proxy/exchange.hpp"
#include "proxy/worker.hpp"

#include <cstring>

namespace errgate::proxy {

namespace {

// An idle connection first waits with its buffers in hand, because most of the next requests come
// soon and a plain read then saves a system call; after this long, or at once when many do so, it
// gives them back.
constexpr std::chrono::seconds kParkAfter{1};

// After the last answer: the client may still be sending, and closing on unread bytes would reset
// the connection and could destroy the answer on its way (RFC 9112 section 9.6).
constexpr std::chrono::seconds kLinger{1};
constexpr std::size_t kLingerBytes = 16 * 1024 * 1024;

Awaitable<> close_gently(Worker& worker, ClientConnection& client) {
    co_await client.transport.finish_sending(kLinger);
    const auto scratch = worker.borrow_large_buffer();
    const auto until = base::SteadyClock::now() + kLinger;
    for (std::size_t drained = 0; drained < kLingerBytes;) {
        const auto left = until - base::SteadyClock::now();
        if (left.count() <= 0) break;
        const IoResult read = co_await client.transport.read_some(scratch->bytes, left);
        if (read.status != IoStatus::ok) break;
        drained += read.bytes;
    }
    client.transport.close();
}

// Only what the socket itself knows of can be waited for without an exchange in hand.
bool may_park(const Worker& worker, const ClientConnection& client) {
    return !worker.may_linger() && !client.transport.has_buffered();
}

// Serves requests while they keep coming, beginning with one of which a byte should be there.
Awaitable<Next> serve_requests(Worker& worker, ClientConnection& client) {
    const BorrowedExchange exchange(worker);
    Next next = Next::keep_alive;
    do {
        next = co_await run_exchange(worker, client, *exchange, kParkAfter);
        if (next == Next::keep_alive && (*exchange).in.empty() && may_park(worker, client)) {
            next = Next::park;
        }
    } while (next == Next::keep_alive);
    co_return next;
}

// A client gets as long for its handshake as for a head. False: it is not served.
Awaitable<bool> secure(Worker& worker, ClientConnection& client, const tls::ServerContext& tls) {
    const auto patience = worker.config()->snapshot->client.header;
    const IoResult shaken = co_await client.transport.secure_as_server(tls, patience);
    if (shaken.status == IoStatus::ok) co_return true;
    const tls::Failure failure = client.transport.tls_failure();
    // A port scan, a probe of a load balancer: nobody needs to hear of those who say nothing.
    const bool silent = failure.kind == tls::Failure::Kind::none ||
                        failure.kind == tls::Failure::Kind::network ||
                        failure.kind == tls::Failure::Kind::truncated;
    if (!silent) worker.report_handshake(client.address(), failure);
    client.transport.abandon_tls();
    if (shaken.status == IoStatus::failed) co_await close_gently(worker, client);
    co_return false;
}

}  // namespace

ClientConnection::ClientConnection(Worker& worker, Socket socket)
    : transport(worker.wheel(), std::move(socket)), worker_(worker) {
    error_code error;
    transport.socket().set_option(Tcp::no_delay(true), error);
    const Endpoint peer = transport.socket().remote_endpoint(error);
    if (!error) {
        const std::string text = peer.address().to_string();
        address_size_ = static_cast<std::uint8_t>(std::min(text.size(), address_.size()));
        std::memcpy(address_.data(), text.data(), address_size_);
    }
    worker_.enter(*this);
}

ClientConnection::~ClientConnection() {
    worker_.leave(*this);
}

Awaitable<> serve_client(Worker& worker, Arrival arrival) {
    ClientConnection client(worker, std::move(arrival.socket));
    client.over_limit = arrival.over_limit;
    if (arrival.tls && !co_await secure(worker, client, *arrival.tls)) co_return;
    arrival.tls.reset();
    // A connection that comes in a crowd waits for its first request as the idle ones do.
    Next next = may_park(worker, client) ? Next::park : Next::keep_alive;
    for (;;) {
        if (next == Next::park) {
            client.idle = true;
            const auto patience = worker.config()->snapshot->client.keepalive;
            const IoResult readable = co_await client.transport.wait_readable(patience);
            if (readable.status != IoStatus::ok && !worker.draining()) co_return;
        }
        next = co_await serve_requests(worker, client);
        if (next == Next::close_gently) co_await close_gently(worker, client);
        if (next != Next::park) co_return;
    }
}

}  // namespace errgate::proxy
