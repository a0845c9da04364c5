#include "proxy/relay.hpp"

#include "http/head_writer.hpp"
#include "proxy/client_connection.hpp"
#include "proxy/worker.hpp"

#include <algorithm>

namespace errgate::proxy {

namespace {

using errors::GatewayReason;
using http::BodyKind;

// A first piece of body up to this size is copied behind the head and sent with it in one piece:
// one buffer is cheaper to send than two, until the copy costs more than that.
constexpr std::size_t kCopyBehindHead = 4 * 1024;

// How the body goes on to this client (RFC 9112 sections 6.1 and 6.3).
http::Framing client_framing(const Exchange& x) {
    const http::Framing& upstream = x.response_framing;
    if (upstream.kind == BodyKind::none || upstream.kind == BodyKind::length) return upstream;
    const bool understands_chunks = x.request.head().version >= 11;
    return {understands_chunks ? BodyKind::chunked : BodyKind::until_close, 0};
}

// One response on its way: composes what is to be written next, and remembers how it is framed.
class Relay {
  public:
    Relay(Worker& worker, ClientConnection& client, Exchange& x, std::string_view annotations)
        : worker_(worker),
          client_(client),
          x_(x),
          framing_(client_framing(x)),
          annotations_(annotations),
          keep_alive_(keeps_client(worker, x) && framing_.kind != BodyKind::until_close) {}

    // The head with as much of the body as is there already. False: it does not fit.
    bool put_head() {
        base::Writer out(x_.out);
        http::put_client_response_head(out, head_parts());
        if (!out.ok()) return false;
        const std::string_view data =
            x_.response_inspected ? std::string_view(x_.error_body) : x_.response_piece;
        if (framing_.kind != BodyKind::chunked &&
            data.size() <= std::min(kCopyBehindHead, out.room())) {
            out.put(data);
            pieces_.add(out.view());
            body_bytes_ = data.size();
        } else {
            pieces_.add(out.view());
            add_piece(data);
        }
        x_.response_started = true;
        return true;
    }

    // What was composed: with would_block, write_rest() goes on with it.
    IoStatus write_now() { return account(client_.transport.write_now(pieces_)); }
    Awaitable<IoStatus> write_rest() {
        co_return account(
            co_await client_.transport.write_rest(pieces_, x_.config->snapshot->client.body));
    }

    Awaitable<bool> stream_body() {
        const auto buffer = worker_.borrow_large_buffer();
        // A success that was inspected may have left bytes behind what was decoded.
        std::span<char> input = x_.from_upstream.unread();
        x_.from_upstream.consume(input.size());
        while (!x_.response_body.done()) {
            if (input.empty()) {
                const IoResult read = co_await x_.connection->transport.read_some(
                    buffer->bytes, x_.route->timeouts.idle);
                input = {buffer->bytes.data(), read.bytes};
                if (read.status != IoStatus::ok && !ends_body(read.status)) co_return false;
            }
            if (!put_piece(input)) co_return false;
            IoStatus wrote = write_now();
            if (wrote == IoStatus::would_block) wrote = co_await write_rest();
            if (wrote != IoStatus::ok) co_return false;
        }
        // Bytes after the end belong to nobody: the connection is not used again.
        if (!input.empty()) x_.connection_reusable = false;
        co_return true;
    }

    Next end(bool whole) {
        if (whole && x_.connection && x_.connection_reusable && x_.from_upstream.empty()) {
            worker_.pool(x_).put(std::move(x_.connection));
        }
        x_.connection.reset();
        if (whole) return keep_alive_ ? Next::keep_alive : Next::close_gently;
        client_.transport.reset();
        return Next::close;
    }

  private:
    // Decodes the input and composes it; what is left of the input lies behind the body's end.
    bool put_piece(std::span<char>& input) {
        const auto step = x_.response_body.feed(input);
        input = input.subspan(step.consumed);
        if (step.status == BodyDecoder::Status::error) {
            note_broken(x_, GatewayReason::invalid_response);
            return false;
        }
        add_piece(step.data);
        return true;
    }

    // Data as the client's framing wants it.
    void add_piece(std::string_view data) {
        body_bytes_ = data.size();
        if (framing_.kind != BodyKind::chunked) return pieces_.add(data);
        const bool last = x_.response_body.done();
        if (data.empty()) {
            if (last) pieces_.add(http::kLastChunk);
            return;
        }
        base::Writer head(chunk_head_);
        http::put_chunk_head(head, data.size());
        pieces_.add(head.view());
        pieces_.add(data);
        pieces_.add(last ? kTailAndLastChunk : http::kChunkTail);
    }

    IoStatus account(const IoResult& wrote) {
        if (wrote.status == IoStatus::would_block) return wrote.status;
        if (wrote.status == IoStatus::ok) x_.record.response_bytes += body_bytes_;
        pieces_ = {};
        body_bytes_ = 0;
        return wrote.status;
    }

    bool ends_body(IoStatus read) {
        if (read == IoStatus::closed && x_.response_body.finish()) return true;
        note_broken(x_, read == IoStatus::timeout ? GatewayReason::response_idle_timeout
                                                  : GatewayReason::response_truncated);
        return false;
    }

    http::ClientResponseHead head_parts() {
        return {
            .upstream = x_.response.head(),
            .framing = framing_,
            .declare_length = true,
            .request_id = x_.request_id,
            .keep_alive = keep_alive_,
            .client_version = x_.request.head().version,
            .date = worker_.date(),
            .edits = &x_.route->response_edits,
            .annotations = annotations_,
        };
    }

    static constexpr std::string_view kTailAndLastChunk = "\r\n0\r\n\r\n";

    Worker& worker_;
    ClientConnection& client_;
    Exchange& x_;
    http::Framing framing_;
    std::string_view annotations_;
    bool keep_alive_;
    Gather pieces_;
    std::array<char, 24> chunk_head_;
    std::size_t body_bytes_ = 0;  // of pieces_
};

}  // namespace

// The status line is out already, so nothing can be repeated; log and metrics still tell what
// became of the rest.
void note_broken(Exchange& x, GatewayReason reason) {
    const int last = std::min(x.record.attempt_count, telemetry::kMaxLoggedAttempts) - 1;
    x.record.attempts[static_cast<std::size_t>(last)].reason = reason;
    if (x.record.failure != nullptr) return;
    x.record.retry_refused = x.replay_safe ? policy::RetryRefusal::response_started
                                           : policy::RetryRefusal::not_replay_safe;
}

bool keeps_client(const Worker& worker, const Exchange& x) {
    return x.client_keep_alive && x.request_body.done() && !worker.leaving();
}

Awaitable<Next> relay_response(Worker& worker, ClientConnection& client, Exchange& x,
                               std::string_view annotations) {
    x.record.status = x.response.head().status;
    Relay relay(worker, client, x, annotations);
    if (!relay.put_head()) co_return relay.end(false);
    IoStatus wrote = relay.write_now();
    if (wrote == IoStatus::would_block) wrote = co_await relay.write_rest();
    bool whole = wrote == IoStatus::ok;
    if (whole && !x.response_body.done()) whole = co_await relay.stream_body();
    co_return relay.end(whole);
}

}  // namespace errgate::proxy
