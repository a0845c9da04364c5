#include "proxy/relay.hpp"

#include "http/head_writer.hpp"
#include "proxy/client_connection.hpp"
#include "proxy/worker.hpp"

#include <algorithm>

namespace errgate::proxy {

namespace {

using errors::GatewayReason;
using http::BodyKind;

// A first piece of body up to this size is copied behind the head and sent with it in one piece.
constexpr std::size_t kCopyBehindHead = 16 * 1024;

// How the body goes on to this client (RFC 9112 sections 6.1 and 6.3).
http::Framing client_framing(const Exchange& x) {
    const http::Framing& upstream = x.response_framing;
    if (upstream.kind == BodyKind::none || upstream.kind == BodyKind::length) return upstream;
    const bool understands_chunks = x.request.head().version >= 11;
    return {understands_chunks ? BodyKind::chunked : BodyKind::until_close, 0};
}

class Relay {
  public:
    Relay(Worker& worker, ClientConnection& client, Exchange& x, std::string_view annotations)
        : worker_(worker),
          client_(client),
          x_(x),
          framing_(client_framing(x)),
          annotations_(annotations) {}

    Awaitable<Next> run() {
        keep_alive_ = keeps_client(worker_, x_) && framing_.kind != BodyKind::until_close;
        bool whole = co_await send_head();
        if (whole && !x_.response_body.done()) whole = co_await stream_body();
        if (whole && x_.connection && x_.connection_reusable && x_.from_upstream.empty()) {
            worker_.pool(x_).put(std::move(x_.connection));
        }
        x_.connection.reset();
        if (!whole) {
            client_.transport.reset();
            co_return Next::close;
        }
        if (keep_alive_) co_return Next::keep_alive;
        co_return Next::close_gently;
    }

  private:
    // The head with as much of the body as is there already.
    Awaitable<bool> send_head() {
        base::Writer out(x_.out);
        http::put_client_response_head(out, head_parts());
        const std::string_view data =
            x_.response_inspected ? std::string_view(x_.error_body) : x_.response_piece;
        if (!out.ok()) co_return false;
        Gather pieces;
        Frame frame(framing_.kind == BodyKind::chunked, data, x_.response_body.done());
        if (frame.plain() && data.size() <= std::min(kCopyBehindHead, out.room())) {
            out.put(data);
            pieces.add(out.view());
        } else {
            pieces.add(out.view());
            frame.add_to(pieces);
        }
        x_.response_started = true;
        co_return co_await write(pieces, data.size());
    }

    Awaitable<bool> stream_body() {
        const auto buffer = worker_.borrow_large_buffer();
        // A success that was inspected may have left bytes behind what was decoded.
        if (!x_.from_upstream.empty()) {
            const Step step = decode(x_.from_upstream.unread());
            if (!co_await send_piece(step)) co_return false;
            x_.from_upstream.consume(consumed_);
        }
        while (!x_.response_body.done()) {
            const IoResult read =
                co_await x_.connection->transport.read_some(buffer->bytes, x_.route->timeouts.idle);
            if (read.status == IoStatus::closed && x_.response_body.finish()) {
                co_return co_await send_piece({});
            }
            if (read.status != IoStatus::ok) {
                note_broken(x_, read.status == IoStatus::timeout
                                    ? GatewayReason::response_idle_timeout
                                    : GatewayReason::response_truncated);
                co_return false;
            }
            const Step step = decode({buffer->bytes.data(), read.bytes});
            if (!co_await send_piece(step)) co_return false;
            // Bytes after the end belong to nobody: the connection is not used again.
            if (consumed_ < read.bytes) x_.connection_reusable = false;
        }
        co_return true;
    }

    struct Step {
        std::string_view data;
        bool sound = true;
    };
    Step decode(std::span<char> input) {
        const auto step = x_.response_body.feed(input);
        consumed_ = step.consumed;
        return {step.data, step.status != BodyDecoder::Status::error};
    }

    // One piece as the client's framing wants it.
    class Frame {
      public:
        Frame(bool chunked, std::string_view data, bool last)
            : data_(data), chunked_(chunked), last_(last) {
            base::Writer head(head_);
            if (chunked && !data.empty()) http::put_chunk_head(head, data.size());
            head_size_ = head.size();
        }
        bool plain() const { return !chunked_; }
        void add_to(Gather& pieces) const {
            pieces.add({head_.data(), head_size_});
            pieces.add(data_);
            if (!chunked_) return;
            if (data_.empty()) {
                if (last_) pieces.add(http::kLastChunk);
            } else {
                pieces.add(last_ ? kTailAndLast : http::kChunkTail);
            }
        }

      private:
        static constexpr std::string_view kTailAndLast = "\r\n0\r\n\r\n";
        std::array<char, 24> head_;
        std::size_t head_size_ = 0;
        std::string_view data_;
        bool chunked_;
        bool last_;
    };

    Awaitable<bool> send_piece(const Step step) {
        if (!step.sound) {
            note_broken(x_, GatewayReason::invalid_response);
            co_return false;
        }
        const Frame frame(framing_.kind == BodyKind::chunked, step.data, x_.response_body.done());
        Gather pieces;
        frame.add_to(pieces);
        co_return co_await write(pieces, step.data.size());
    }

    Awaitable<bool> write(const Gather pieces, std::size_t body_bytes) {
        const IoResult wrote =
            co_await client_.transport.write_all(pieces, x_.config->snapshot->client.body);
        if (wrote.status == IoStatus::ok) x_.record.response_bytes += body_bytes;
        co_return wrote.status == IoStatus::ok;
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

    Worker& worker_;
    ClientConnection& client_;
    Exchange& x_;
    http::Framing framing_;
    std::string_view annotations_;
    bool keep_alive_ = false;
    std::size_t consumed_ = 0;
};

}  // namespace

void note_broken(Exchange& x, GatewayReason reason) {
    const int last = std::min(x.record.attempt_count, telemetry::kMaxLoggedAttempts) - 1;
    x.record.attempts[static_cast<std::size_t>(last)].reason = reason;
}

bool keeps_client(const Worker& worker, const Exchange& x) {
    return x.client_keep_alive && x.request_body.done() && !worker.draining();
}

Awaitable<Next> relay_response(Worker& worker, ClientConnection& client, Exchange& x,
                               std::string_view annotations) {
    x.record.status = x.response.head().status;
    Relay relay(worker, client, x, annotations);
    co_return co_await relay.run();
}

}  // namespace errgate::proxy
