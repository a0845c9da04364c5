// One connection to a peer: a socket with a deadline on every read and write.
#pragma once

#include "proxy/net.hpp"
#include "proxy/timer_wheel.hpp"

#include <array>
#include <cstddef>
#include <span>
#include <string_view>

namespace errgate::proxy {

enum class IoStatus {
    ok,
    closed,   // orderly end of the peer's side
    timeout,  // the deadline passed
    failed,   // reset, broken pipe, network trouble
    stopped,  // interrupted by interrupt()
};

struct IoResult {
    IoStatus status = IoStatus::ok;
    std::size_t bytes = 0;  // also set when a write stopped half way
};

// Up to three pieces written with one system call.
class Gather {
  public:
    void add(std::string_view piece) {
        if (!piece.empty()) pieces_[count_++] = piece;
    }
    std::span<const std::string_view> pieces() const { return {pieces_.data(), count_}; }
    std::size_t bytes() const;
    void drop_front(std::size_t bytes);  // what has been written
    bool empty() const { return count_ == 0; }

  private:
    std::array<std::string_view, 4> pieces_;
    std::size_t count_ = 0;
};

// One outstanding read and one outstanding write at a time, on the worker's thread. The deadline
// belongs to the operation that armed it last.
class Transport {
  public:
    Transport(TimerWheel& wheel, Socket socket);
    Transport(const Transport&) = delete;
    Transport& operator=(const Transport&) = delete;

    Awaitable<IoResult> read_some(std::span<char> into, base::Duration timeout);
    Awaitable<IoResult> write_all(Gather data, base::Duration timeout);
    Awaitable<IoResult> wait_readable(base::Duration timeout);
    Awaitable<IoResult> connect(const Endpoint& endpoint, base::Duration timeout);

    // Makes the operations in progress end with IoStatus::stopped; harmless when there are none.
    void interrupt();
    // Did the peer say or do anything since the last read? For a connection that should be silent:
    // one non-blocking peek, 0.2 us.
    enum class Quiet { yes, has_data, closed };
    Quiet peek();

    // Of the operation that ended last with IoStatus::failed.
    error_code last_error() const { return last_error_; }
    Socket& socket() { return socket_; }
    bool is_open() const { return socket_.is_open(); }
    void shutdown_send();
    void close();
    void reset();  // RST: the peer must notice that what it got is not complete

  private:
    IoResult result(error_code error, std::size_t bytes);
    void arm(base::Duration timeout);

    TimerWheel& wheel_;
    Socket socket_;
    Deadline deadline_;
    error_code last_error_;
    bool timed_out_ = false;
};

}  // namespace errgate::proxy
