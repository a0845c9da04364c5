#include "proxy/transport.hpp"

#include <algorithm>
#include <cerrno>
#include <sys/socket.h>
#include <sys/uio.h>

namespace errgate::proxy {

namespace {

constexpr int kSendFlags = MSG_NOSIGNAL | MSG_DONTWAIT;

}  // namespace

void Gather::drop_front(std::size_t bytes) {
    std::size_t kept = 0;
    dropped_ += bytes;
    for (std::size_t i = 0; i < count_; ++i) {
        const std::size_t dropped = std::min(bytes, pieces_[i].size());
        bytes -= dropped;
        pieces_[i].remove_prefix(dropped);
        if (!pieces_[i].empty()) pieces_[kept++] = pieces_[i];
    }
    count_ = kept;
}

Transport::Transport(TimerWheel& wheel, Socket socket)
    : wheel_(wheel), socket_(std::move(socket)) {}

Transport::~Transport() {
    close();
}

void Transport::arm(base::Duration timeout) {
    timed_out_ = false;
    wheel_.arm(
        deadline_, timeout,
        [](void* self) {
            auto* transport = static_cast<Transport*>(self);
            transport->timed_out_ = true;
            error_code ignored;
            transport->socket_.cancel(ignored);
        },
        this);
}

IoResult Transport::result(error_code error, std::size_t bytes) {
    deadline_.disarm();
    last_error_ = error;
    if (!error) return {IoStatus::ok, bytes};
    if (error == asio::error::operation_aborted) {
        return {timed_out_ ? IoStatus::timeout : IoStatus::stopped, bytes};
    }
    return {error == asio::error::eof ? IoStatus::closed : IoStatus::failed, bytes};
}

Awaitable<IoResult> Transport::read_plain(std::span<char> into, base::Duration timeout) {
    arm(timeout);
    const auto [error, bytes] =
        co_await socket_.async_read_some(asio::buffer(into.data(), into.size()), kAwait);
    co_return result(error, bytes);
}

IoResult Transport::write_now(Gather& data) {
    if (data.empty()) return {IoStatus::ok, data.dropped()};
    if (tls_) return {IoStatus::would_block, 0};
    const auto pieces = data.pieces();
    ssize_t sent = 0;
    if (pieces.size() == 1) {
        // A single buffer goes out with send(), which is cheaper than sendmsg().
        sent = ::send(socket_.native_handle(), pieces[0].data(), pieces[0].size(), kSendFlags);
    } else {
        std::array<iovec, 4> buffers;
        for (std::size_t i = 0; i < pieces.size(); ++i) {
            buffers[i] = {const_cast<char*>(pieces[i].data()), pieces[i].size()};
        }
        msghdr message{};
        message.msg_iov = buffers.data();
        message.msg_iovlen = pieces.size();
        sent = ::sendmsg(socket_.native_handle(), &message, kSendFlags);
    }
    if (sent < 0 && errno != EAGAIN && errno != EWOULDBLOCK && errno != EINTR) {
        last_error_ = error_code(errno, boost::system::system_category());
        return {IoStatus::failed, data.dropped()};
    }
    data.drop_front(static_cast<std::size_t>(std::max<ssize_t>(sent, 0)));
    return {data.empty() ? IoStatus::ok : IoStatus::would_block, data.dropped()};
}

Awaitable<IoResult> Transport::write_all(Gather data, base::Duration timeout,
                                         base::TimePoint until) {
    const IoResult written = write_now(data);
    if (written.status != IoStatus::would_block) co_return written;
    co_return co_await write_rest(data, timeout, until);
}

// The clock is read only where a write takes several steps.
void Transport::arm_again(base::Duration timeout, base::TimePoint until) {
    const bool unbounded = until == base::TimePoint::max();
    arm(unbounded ? timeout : std::min<base::Duration>(timeout, until - base::SteadyClock::now()));
}

Awaitable<IoResult> Transport::write_plain(Gather data, base::Duration timeout,
                                           base::TimePoint until) {
    IoResult done{IoStatus::would_block, data.dropped()};
    for (arm(timeout); done.status == IoStatus::would_block; arm_again(timeout, until)) {
        const auto [error] = co_await socket_.async_wait(Socket::wait_write, kAwait);
        done = result(error, data.dropped());
        if (done.status == IoStatus::ok) done = write_now(data);
    }
    deadline_.disarm();
    co_return done;
}

Awaitable<IoResult> Transport::wait_readable(base::Duration timeout) {
    arm(timeout);
    const auto [error] = co_await socket_.async_wait(Socket::wait_read, kAwait);
    co_return result(error, 0);
}

Awaitable<IoResult> Transport::connect(const Endpoint& endpoint, base::Duration timeout) {
    arm(timeout);
    const auto [error] = co_await socket_.async_connect(endpoint, kAwait);
    IoResult done = result(error, 0);
    if (!error) {
        error_code ignored;
        socket_.set_option(Tcp::no_delay(true), ignored);
    }
    co_return done;
}

void Transport::interrupt() {
    error_code ignored;
    socket_.cancel(ignored);
}

Transport::Quiet Transport::peek() {
    if (tls_ && tls_->has_buffered()) return peek_secure();
    char byte;
    const auto got = ::recv(socket_.native_handle(), &byte, 1, MSG_PEEK | MSG_DONTWAIT);
    if (got > 0) return tls_ ? peek_secure() : Quiet::has_data;
    if (got < 0 && (errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR)) return Quiet::yes;
    return Quiet::closed;
}

std::string_view Transport::peek(std::span<char> into) {
    if (tls_) return {into.data(), tls_->peek(into).bytes};
    const auto got =
        ::recv(socket_.native_handle(), into.data(), into.size(), MSG_PEEK | MSG_DONTWAIT);
    return {into.data(), got > 0 ? static_cast<std::size_t>(got) : 0};
}

void Transport::close() {
    deadline_.disarm();
    if (tls_ && socket_.is_open()) tls_->finish();
    error_code ignored;
    socket_.close(ignored);
}

void Transport::reset() {
    deadline_.disarm();
    error_code ignored;
    socket_.set_option(asio::socket_base::linger(true, 0), ignored);
    socket_.close(ignored);
}

}  // namespace errgate::proxy
