#include "proxy/request_sender.hpp"

#include "http/head_writer.hpp"
#include "policy/replay.hpp"
#include "proxy/client_connection.hpp"
#include "proxy/readable_watch.hpp"
#include "proxy/request_head.hpp"
#include "proxy/worker.hpp"

#include <algorithm>

namespace errgate::proxy {

namespace {

using errors::GatewayReason;
using http::BodyKind;

// A body up to this size is copied behind the head, because one send() of one piece costs less
// than a sendmsg() of two.
constexpr std::size_t kCopyBehindHead = 8 * 1024;
constexpr std::chrono::milliseconds kWatchAnswerAfter{50};

http::Framing upstream_framing(const Exchange& x) {
    if (!x.body_complete) return x.request_framing;
    if (x.body.empty()) return {};
    return {BodyKind::length, x.body.size()};
}

// Every attempt must send what the first one sent: the same key and a byte-identical body. Two
// peers had bugs here that charged twice, so it is checked, not believed.
bool same_as_before(Exchange& x) {
    policy::ReplayDigest digest;
    digest.add(x.request.head().method_text);
    digest.add(x.request.head().target);
    digest.add(x.idempotency_key);
    digest.add(x.body);
    const std::uint64_t value = digest.value();
    if (!x.sent_digest) x.sent_digest = value;
    return *x.sent_digest == value;
}

SendResult write_result(const IoResult& wrote, bool sent_before) {
    const bool sent = sent_before || wrote.bytes > 0;
    switch (wrote.status) {
        case IoStatus::ok:
            return {GatewayReason::none, sent, true};
        case IoStatus::timeout:
            return {GatewayReason::write_timeout, sent, sent};
        default:
            return {GatewayReason::connection_reset, sent, sent};
    }
}

// The upstream answers while we still send: stop, and let its answer be read.
struct EarlyAnswer {
    Transport& client;
    Transport& upstream;
    bool came = false;

    // A server that says 100 or 102 waits for the rest; its answer proper is not looked for any
    // more until everything is sent, or cannot be.
    bool is_interim() const {
        constexpr std::string_view kVersion = "HTTP/1.";
        std::array<char, kVersion.size() + 3> store;
        const std::string_view begin = upstream.peek(store);
        return begin.size() == store.size() && begin.starts_with(kVersion) && begin.ends_with(" 1");
    }

    static void on_readable(void* context) {
        auto& self = *static_cast<EarlyAnswer*>(context);
        if (self.is_interim()) return;
        self.came = true;
        self.client.interrupt();
        self.upstream.interrupt();
    }
};

class BodyStream {
  public:
    BodyStream(Worker& worker, ClientConnection& client, Exchange& x)
        : worker_(worker),
          client_(client),
          x_(x),
          early_{client.transport, x.connection->transport} {}

    Awaitable<SendResult> run() {
        const auto buffer = worker_.borrow_large_buffer();
        const ReadableWatch watch(worker_.wheel(), x_.connection->transport,
                                  std::chrono::milliseconds{0}, &EarlyAnswer::on_readable, &early_);
        while (!x_.request_body.done()) {
            const IoResult read = co_await client_.transport.read_some(
                wanted(buffer->bytes), x_.config->snapshot->client.body);
            if (early_.came) co_return stopped();
            if (read.status != IoStatus::ok) co_return client_failed(read.status);
            const auto step = x_.request_body.feed({buffer->bytes.data(), read.bytes});
            if (step.status == BodyDecoder::Status::error) co_return violated(step.violation);
            x_.record.request_bytes += step.data.size();
            keep_surplus({buffer->bytes.data() + step.consumed, read.bytes - step.consumed});
            const IoResult wrote = co_await write_piece(step.data);
            if (early_.came) co_return stopped();
            if (wrote.status != IoStatus::ok) co_return write_result(wrote, true);
        }
        co_return SendResult{GatewayReason::none, true, true};
    }

  private:
    // Not a byte past a body of known length: what follows it is the next request.
    std::span<char> wanted(std::span<char> buffer) const {
        if (x_.request_body.kind() != BodyKind::length) return buffer;
        return buffer.first(static_cast<std::size_t>(
            std::min<std::uint64_t>(buffer.size(), x_.request_body.left())));
    }
    // The connection cannot carry another request: this one was never completed.
    SendResult stopped() {
        x_.connection_reusable = false;
        return {GatewayReason::connection_reset, true, true};
    }
    SendResult client_failed(IoStatus status) {
        if (status == IoStatus::timeout) {
            return {GatewayReason::request_timeout, true, false};
        }
        return {GatewayReason::client_gone, true, false};
    }
    SendResult violated(http::Violation violation) {
        x_.failure = errors::invalid_request_failure(http::request_status(violation),
                                                     http::explanation(violation));
        return {GatewayReason::invalid_request, true, false};
    }
    // Bytes of a pipelined next request that came with the end of this body.
    void keep_surplus(std::string_view surplus) {
        const auto room = x_.in.room();
        std::copy_n(surplus.data(), std::min(surplus.size(), room.size()), room.data());
        x_.in.commit(std::min(surplus.size(), room.size()));
        if (surplus.size() > room.size()) x_.client_keep_alive = false;
    }

    Awaitable<IoResult> write_piece(std::string_view data) {
        Gather pieces;
        std::array<char, 24> frame;
        base::Writer chunk(frame);
        const bool chunked = x_.request_body.kind() == BodyKind::chunked;
        if (chunked && !data.empty()) {
            http::put_chunk_head(chunk, data.size());
            pieces.add(chunk.view());
        }
        pieces.add(data);
        if (chunked && !data.empty()) pieces.add(http::kChunkTail);
        if (chunked && x_.request_body.done()) pieces.add(http::kLastChunk);
        co_return co_await x_.connection->transport.write_all(pieces, x_.route->timeouts.idle);
    }

    Worker& worker_;
    ClientConnection& client_;
    Exchange& x_;
    EarlyAnswer early_;
};

// What did not go out at once may have to wait for its reader, who may have answered already.
Awaitable<IoResult> write_rest(Worker& worker, ClientConnection& client, Exchange& x, Gather rest,
                               base::TimePoint until) {
    Transport& upstream = x.connection->transport;
    EarlyAnswer early{client.transport, upstream};
    const ReadableWatch watch(worker.wheel(), upstream, kWatchAnswerAfter,
                              &EarlyAnswer::on_readable, &early);
    co_return co_await upstream.write_rest(rest, until - base::SteadyClock::now(), until);
}

}  // namespace

SendResult begin_request(const ClientConnection& client, Exchange& x, Gather& rest) {
    if (!same_as_before(x)) return {GatewayReason::internal, false, false};
    const http::Framing framing = upstream_framing(x);
    base::Writer out(x.out);
    write_request_head(out, client, x, framing);
    const bool chunked = framing.kind == BodyKind::chunked && !x.body.empty();
    if (chunked) http::put_chunk_head(out, x.body.size());
    if (!out.ok()) return {GatewayReason::internal, false, false};
    const bool behind_head = !chunked && x.body.size() <= std::min(kCopyBehindHead, out.room());
    if (behind_head) out.put(x.body);
    rest.add(out.view());
    if (!behind_head) rest.add(x.body);
    if (chunked) rest.add(http::kChunkTail);

    x.connection_reusable = true;
    const IoResult wrote = x.connection->transport.write_now(rest);
    if (wrote.status == IoStatus::would_block) return {GatewayReason::none, wrote.bytes > 0, true};
    return write_result(wrote, false);
}

Awaitable<SendResult> finish_request(Worker& worker, ClientConnection& client, Exchange& x,
                                     Gather rest, base::TimePoint until) {
    if (!rest.empty()) {
        const IoResult wrote = co_await write_rest(worker, client, x, rest, until);
        if (wrote.status != IoStatus::ok || x.body_complete) co_return write_result(wrote, false);
    }
    BodyStream stream(worker, client, x);
    co_return co_await stream.run();
}

}  // namespace errgate::proxy
