#include "proxy/tunnel.hpp"

#include "http/head_writer.hpp"
#include "proxy/client_connection.hpp"
#include "proxy/relay.hpp"
#include "proxy/worker.hpp"

namespace errgate::proxy {

namespace {

using errors::GatewayReason;

// The tunnel has one idle time for both directions; a single operation has none.
constexpr std::chrono::hours kUnbounded{24 * 365};
// For the last TLS record of a direction that ends.
constexpr std::chrono::seconds kFarewell{1};

void rethrow(const std::exception_ptr& error) {
    if (error) std::rethrow_exception(error);
}

// One direction. `buffer` begins with what came too early: behind the request's head or the 101.
struct Way {
    Transport& from;
    Transport& to;
    ReadBuffer& buffer;
    std::uint64_t& bytes;
    GatewayReason read_failure;  // what it means when `from` breaks off
    GatewayReason write_failure;
    bool ended = false;  // `to` was told that no more will come
};

class Tunnel {
  public:
    Tunnel(Worker& worker, ClientConnection& client, Exchange& x)
        : worker_(worker),
          client_(client),
          x_(x),
          up_{client.transport,       x.connection->transport,    x.in,
              x.record.request_bytes, GatewayReason::client_gone, GatewayReason::connection_reset},
          down_{x.connection->transport,
                client.transport,
                x.from_upstream,
                x.record.response_bytes,
                GatewayReason::connection_reset,
                GatewayReason::client_gone},
          down_stopped_(worker.executor(), base::TimePoint::max()) {}

    Awaitable<Next> run() {
        x_.record.status = x_.response.head().status;
        if (!co_await send_head()) {
            x_.connection.reset();
            co_return Next::close;
        }
        something_moved();
        // From here on the client is one that may be told at any time to come again.
        client_.idle = true;
        ending_ = worker_.draining();
        asio::co_spawn(worker_.executor(), pass_on(down_), [this](const std::exception_ptr& error) {
            rethrow(error);
            down_runs_ = false;
            down_stopped_.cancel();
        });
        co_await pass_on(up_);
        while (down_runs_)
            co_await down_stopped_.async_wait(kAwait);
        client_.idle = false;
        idle_.disarm();
        co_return co_await part();
    }

  private:
    Awaitable<bool> send_head() {
        base::Writer out(x_.out);
        http::put_client_response_head(
            out, {.upstream = x_.response.head(),
                  .framing = {},
                  .request_id = x_.request_id,
                  .date = worker_.date(),
                  .edits = &x_.route->response_edits,
                  .protocol = http::switched_protocol(x_.request.head(), x_.response.head())});
        if (!out.ok()) co_return false;
        Gather head;
        head.add(out.view());
        x_.response_started = true;
        const IoResult wrote =
            co_await client_.transport.write_all(head, x_.config->snapshot->client.body);
        co_return wrote.status == IoStatus::ok;
    }

    Awaitable<> pass_on(Way& way) {
        for (;;) {
            if (!way.buffer.empty() && !co_await write(way)) co_return;
            if (ending_) co_return;
            const IoResult read = co_await way.from.read_some(way.buffer.room(), kUnbounded);
            if (read.status == IoStatus::closed) {
                co_await way.to.finish_sending(kFarewell);
                way.ended = true;
                something_moved();
                co_return;
            }
            if (read.status == IoStatus::stopped) co_return end();
            if (read.status != IoStatus::ok) co_return break_off(way.read_failure);
            way.buffer.commit(read.bytes);
            something_moved();
        }
    }

    Awaitable<bool> write(Way& way) {
        Gather pieces;
        pieces.add(way.buffer.unread_view());
        const bool to_client = &way == &down_;
        // Draining interrupts idle clients: not in the middle of a write.
        if (to_client) client_.idle = false;
        const IoResult wrote = co_await way.to.write_all(pieces, kUnbounded);
        if (to_client) client_.idle = true;
        way.bytes += wrote.bytes;
        way.buffer.consume(wrote.bytes);
        if (wrote.status != IoStatus::ok) {
            break_off(way.write_failure);
            co_return false;
        }
        something_moved();
        if (ending_ || worker_.draining()) end();
        co_return true;
    }

    void something_moved() {
        worker_.wheel().arm(
            idle_, x_.route->timeouts.idle,
            [](void* self) { static_cast<Tunnel*>(self)->idle_for_too_long(); }, this);
    }

    // A side that does not take what it is sent is no orderly end for the other. Armed anew, should
    // a direction that just had its turn under TLS not have been interrupted.
    void idle_for_too_long() {
        something_moved();
        if (up_.buffer.empty() && down_.buffer.empty()) {
            note_broken(x_, GatewayReason::response_idle_timeout);
            interrupt();
        } else {
            break_off(up_.buffer.empty() ? down_.write_failure : up_.write_failure);
        }
    }

    // No more is read; what was read already is still written, and after that this is called again.
    void end() {
        ending_ = true;
        if (down_.buffer.empty()) client_.transport.interrupt();
        if (up_.buffer.empty()) x_.connection->transport.interrupt();
    }

    void break_off(GatewayReason reason) {
        if (!std::exchange(broken_, true) && !ending_) note_broken(x_, reason);
        interrupt();
    }

    void interrupt() {
        ending_ = true;
        client_.transport.interrupt();
        x_.connection->transport.interrupt();
    }

    // Whoever got everything is closed in an orderly way.
    Awaitable<Next> part() {
        if (broken_ && !up_.ended) {
            x_.connection->transport.reset();
        } else {
            co_await x_.connection->transport.finish_sending(kFarewell);
        }
        x_.connection.reset();
        if (!broken_ || down_.ended) co_return Next::close_gently;
        client_.transport.reset();
        co_return Next::close;
    }

    Worker& worker_;
    ClientConnection& client_;
    Exchange& x_;
    Way up_;
    Way down_;
    Deadline idle_;
    Timer down_stopped_;
    bool down_runs_ = true;
    bool ending_ = false;
    bool broken_ = false;
};

}  // namespace

Awaitable<Next> run_tunnel(Worker& worker, ClientConnection& client, Exchange& exchange) {
    Tunnel tunnel(worker, client, exchange);
    co_return co_await tunnel.run();
}

}  // namespace errgate::proxy
