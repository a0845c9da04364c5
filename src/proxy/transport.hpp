// One connection to a peer: a socket, plain or under TLS, with a deadline on every read and write.
#pragma once

#include "proxy/net.hpp"
#include "proxy/timer_wheel.hpp"
#include "tls/stream.hpp"

#include <array>
#include <cstddef>
#include <memory>
#include <span>
#include <string_view>

namespace errgate::proxy {

enum class IoStatus {
    ok,
    closed,       // orderly end of the peer's side
    timeout,      // the deadline passed
    failed,       // reset, broken pipe, network trouble; under TLS also an end without close_notify
    stopped,      // interrupted by interrupt()
    would_block,  // of write_now() alone
};

struct IoResult {
    IoStatus status = IoStatus::ok;
    std::size_t bytes = 0;  // also set when a write stopped half way: what the peer may have got
};

// Up to three pieces written with one system call.
class Gather {
  public:
    void add(std::string_view piece) {
        if (!piece.empty()) pieces_[count_++] = piece;
    }
    std::span<const std::string_view> pieces() const { return {pieces_.data(), count_}; }
    void drop_front(std::size_t bytes);               // what has been written
    std::size_t dropped() const { return dropped_; }  // all of it so far
    bool empty() const { return count_ == 0; }

  private:
    std::array<std::string_view, 4> pieces_;
    std::size_t count_ = 0;
    std::size_t dropped_ = 0;
};

// One outstanding read and one outstanding write at a time, on the worker's thread. The deadline
// belongs to the operation that armed it last. What TLS needs is one pointer here, so a plain
// connection pays for neither the choice nor the memory.
class Transport {
  public:
    Transport(TimerWheel& wheel, Socket socket);
    ~Transport();  // says close_notify, if it can be said without waiting
    Transport(const Transport&) = delete;
    Transport& operator=(const Transport&) = delete;

    Awaitable<IoResult> read_some(std::span<char> into, base::Duration timeout) {
        return tls_ ? read_secure(into, timeout) : read_plain(into, timeout);
    }
    // What can be written without waiting, which is most often all of it: that saves a round trip
    // through the event loop (1 300 instructions). After would_block, write_rest() goes on with
    // what is left in `data`. The bytes of a result are all that have left it so far.
    IoResult write_now(Gather& data);
    // `timeout` is for each step forward, `until` for all of them: a peer that takes a byte now and
    // then gets no further.
    Awaitable<IoResult> write_rest(Gather data, base::Duration timeout,
                                   base::TimePoint until = base::TimePoint::max()) {
        return tls_ ? write_secure(data, timeout, until) : write_plain(data, timeout, until);
    }
    Awaitable<IoResult> write_all(Gather data, base::Duration timeout,
                                  base::TimePoint until = base::TimePoint::max());
    Awaitable<IoResult> wait_readable(base::Duration timeout);
    Awaitable<IoResult> connect(const Endpoint& endpoint, base::Duration timeout);

    // From here on everything goes through TLS, beginning with a handshake within `timeout`. After
    // a failed one nothing but abandon_tls() and the end of the connection is left.
    Awaitable<IoResult> secure_as_client(const tls::ClientContext& context, std::string_view host,
                                         std::shared_ptr<tls::SessionCache> sessions,
                                         base::Duration timeout);
    Awaitable<IoResult> secure_as_server(const tls::ServerContext& context, base::Duration timeout);
    bool secure() const { return tls_ != nullptr; }
    // Why TLS failed; `none` when it did not.
    tls::Failure tls_failure() const { return tls_ ? tls_->failure() : tls::Failure{}; }
    // Back to the bare socket, to close it in an orderly way after a failed handshake.
    void abandon_tls() { tls_.reset(); }

    // Makes the operations in progress end with IoStatus::stopped; harmless when there are none.
    void interrupt();
    // Did the peer say or do anything since the last read? For a connection that should be silent:
    // one non-blocking peek, 0.2 us. TLS's own messages (session tickets) count as silence.
    enum class Quiet { yes, has_data, closed };
    Quiet peek();
    // What waits to be read, up to the size of `into`, and leaves it there.
    std::string_view peek(std::span<char> into);
    // Something may wait to be read of which the socket knows nothing any more.
    bool has_buffered() const { return tls_ && tls_->has_buffered(); }

    // Of the operation that ended last with IoStatus::failed.
    error_code last_error() const { return last_error_; }
    Socket& socket() { return socket_; }
    bool is_open() const { return socket_.is_open(); }
    // Ends our direction: close_notify under TLS, for which it waits as long as `timeout`, then
    // FIN.
    Awaitable<> finish_sending(base::Duration timeout);
    void close();
    void reset();  // RST: the peer must notice that what it got is not complete

  private:
    Awaitable<IoResult> read_plain(std::span<char> into, base::Duration timeout);
    Awaitable<IoResult> write_plain(Gather data, base::Duration timeout, base::TimePoint until);
    Awaitable<IoResult> read_secure(std::span<char> into, base::Duration timeout);
    Awaitable<IoResult> write_secure(Gather data, base::Duration timeout, base::TimePoint until);
    Awaitable<IoResult> shake_hands(base::Duration timeout);
    Awaitable<error_code> wait_for(tls::Step step);
    bool turn_is_over(std::size_t bytes);
    IoResult result(tls::Step step, std::size_t bytes);
    Quiet peek_secure();

    IoResult result(error_code error, std::size_t bytes);
    void arm(base::Duration timeout);
    void arm_again(base::Duration timeout, base::TimePoint until);

    TimerWheel& wheel_;
    Socket socket_;
    Deadline deadline_;
    error_code last_error_;
    bool timed_out_ = false;
    std::size_t since_wait_ = 0;        // bytes moved under TLS since the last suspension
    std::unique_ptr<tls::Stream> tls_;  // null: plain
};

}  // namespace errgate::proxy
