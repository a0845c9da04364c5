#include "proxy/request_reader.hpp"

#include "proxy/client_connection.hpp"
#include "proxy/worker.hpp"

#include <algorithm>

namespace errgate::proxy {

namespace {

using errors::GatewayReason;
using http::BodyKind;
using http::Violation;

constexpr std::string_view kContinue = "HTTP/1.1 100 Continue\r\n\r\n";

HeadRead refuse(Exchange& x, Violation violation) {
    x.failure = errors::invalid_request_failure(http::request_status(violation),
                                                http::explanation(violation));
    return HeadRead::refused;
}

HeadRead refuse(Exchange& x, GatewayReason reason) {
    x.failure = errors::gateway_failure(reason, false);
    return HeadRead::refused;
}

// What a request says about itself beyond its bytes.
HeadRead judge(ClientConnection& client, Exchange& x) {
    const http::RequestHead& head = x.request.head();
    const auto checked = http::check_request(head);
    if (checked.violation != Violation::none) return refuse(x, checked.violation);
    x.request_framing = checked.framing;
    x.request_body.reset(checked.framing);
    x.upgrade = http::upgrade_of(head, checked.framing);
    // Whoever asked for another protocol may speak it already: what follows is no request. And RFC
    // 9112 9.3: no persistent connection with an HTTP/1.0 client, whatever it asks for.
    x.client_keep_alive = x.upgrade == http::Upgrade::none && head.version >= 11 &&
                          http::wants_keep_alive(head.version, head.fields) &&
                          ++client.requests < x.config->snapshot->limits.requests_per_connection;
    return HeadRead::complete;
}

// Adds decoded bytes to what is kept. False: past the limit (all of them are kept nevertheless).
bool keep(Exchange& x, std::string_view data, std::size_t limit) {
    x.body_store.append(data);
    x.body = x.body_store;
    x.record.request_bytes += data.size();
    return x.body_store.size() < limit;
}

Awaitable<bool> answer_continue(ClientConnection& client, const Exchange& x) {
    Gather pieces;
    pieces.add(kContinue);
    const IoResult wrote =
        co_await client.transport.write_all(pieces, x.config->snapshot->client.body);
    co_return wrote.status == IoStatus::ok;
}

void fail_body(Exchange& x, const IoResult& read) {
    const bool slow = read.status == IoStatus::timeout;
    x.failure = errors::gateway_failure(
        slow ? GatewayReason::request_timeout : GatewayReason::client_gone, false);
}

// The body came with the head, as most do: it is used where it lies.
BodyDecoder::Step take_in_place(Exchange& x) {
    const auto step = x.request_body.feed(x.in.unread());
    x.in.consume(step.consumed);
    x.body = step.data;
    x.record.request_bytes = step.data.size();
    return step;
}

// Waits for a request with its buffers in hand.
class Lingering {
  public:
    explicit Lingering(Worker& worker) : worker_(worker) { worker_.linger(1); }
    ~Lingering() { worker_.linger(-1); }
    Lingering(const Lingering&) = delete;
    Lingering& operator=(const Lingering&) = delete;

  private:
    Worker& worker_;
};

}  // namespace

Awaitable<HeadRead> read_request_head(Worker& worker, ClientConnection& client, Exchange& x,
                                      base::Duration park_after) {
    x.in.release();
    x.reserve(worker.config()->snapshot->limits.head.head_bytes);
    while (x.in.empty()) {
        // What came before the end of all is still served.
        if (worker.draining() && client.transport.peek() != Transport::Quiet::has_data) {
            co_return HeadRead::closed;
        }
        const Lingering lingering(worker);
        client.idle = true;
        const IoResult read = co_await client.transport.read_some(x.in.room(), park_after);
        client.idle = false;
        x.in.commit(read.bytes);
        if (read.status == IoStatus::timeout) co_return HeadRead::idle;
        if (read.status == IoStatus::stopped) continue;
        if (read.status != IoStatus::ok) co_return HeadRead::closed;
    }
    x.begin(worker.config());
    // A reload may have raised the limit while this connection was waiting.
    x.reserve(x.config->snapshot->limits.head.head_bytes);
    const auto patience = x.config->snapshot->client.header;
    x.request.reset(x.config->snapshot->limits.head);
    for (;;) {
        const auto parsed = x.request.feed(x.in.unread_view());
        if (parsed.status == http::ParseStatus::error) co_return refuse(x, parsed.violation);
        if (parsed.status == http::ParseStatus::complete) {
            x.in.pin(parsed.head_bytes);
            co_return judge(client, x);
        }
        const IoResult read = co_await client.transport.read_some(
            x.in.room(), x.begun + patience - base::SteadyClock::now());
        x.in.commit(read.bytes);
        if (read.status == IoStatus::timeout) co_return refuse(x, GatewayReason::request_timeout);
        if (read.status != IoStatus::ok) co_return refuse(x, GatewayReason::client_gone);
    }
}

Awaitable<bool> read_request_body(ClientConnection& client, Exchange& x) {
    const std::size_t limit = x.config->snapshot->limits.request_buffer;
    const bool streams = x.request_framing.length > limit;
    if (x.in.empty() && http::expects_continue(x.request.head())) {
        if (!co_await answer_continue(client, x)) {
            x.failure = errors::gateway_failure(GatewayReason::client_gone, false);
            co_return false;
        }
    }
    auto step = take_in_place(x);
    if (step.status == BodyDecoder::Status::more && !streams) {
        x.body_store.assign(x.body);
        x.body = x.body_store;
    }
    while (step.status == BodyDecoder::Status::more && !streams && x.body_store.size() < limit) {
        const IoResult read =
            co_await client.transport.read_some(x.in.room(), x.config->snapshot->client.body);
        if (read.status != IoStatus::ok) {
            fail_body(x, read);
            co_return false;
        }
        x.in.commit(read.bytes);
        step = x.request_body.feed(x.in.unread());
        x.in.consume(step.consumed);
        keep(x, step.data, limit);
    }
    if (step.status == BodyDecoder::Status::error) {
        refuse(x, step.violation);
        co_return false;
    }
    x.body_complete = x.request_body.done();
    co_return true;
}

}  // namespace errgate::proxy
