// The TLS half of a transport: asks the stream for a step, waits for the socket, asks again.
#include "proxy/transport.hpp"

namespace errgate::proxy {

using tls::Step;

namespace {

// A peer as fast as we are would keep the thread to itself: what needs no waiting is done at once,
// and after this much the others get their turn.
constexpr std::size_t kTurn = 256 * 1024;

}  // namespace

IoResult Transport::result(Step step, std::size_t bytes) {
    deadline_.disarm();
    if (step == Step::done) return {IoStatus::ok, bytes};
    return {step == Step::closed ? IoStatus::closed : IoStatus::failed, bytes};
}

// An error is that of an interrupted wait.
Awaitable<error_code> Transport::wait_for(Step step) {
    const auto what = step == Step::want_write ? Socket::wait_write : Socket::wait_read;
    since_wait_ = 0;
    const auto [error] = co_await socket_.async_wait(what, kAwait);
    co_return error;
}

bool Transport::turn_is_over(std::size_t bytes) {
    since_wait_ += bytes;
    if (since_wait_ < kTurn) return false;
    since_wait_ = 0;
    return true;
}

Awaitable<IoResult> Transport::shake_hands(base::Duration timeout) {
    // OpenSSL works on the descriptor itself, before Asio had a reason to make it non-blocking.
    error_code error;
    socket_.non_blocking(true, error);
    if (error) co_return result(error, 0);
    arm(timeout);
    for (;;) {
        const Step step = tls_->handshake();
        if (step != Step::want_read && step != Step::want_write) co_return result(step, 0);
        if (error = co_await wait_for(step); error) co_return result(error, 0);
    }
}

Awaitable<IoResult> Transport::secure_as_client(const tls::ClientContext& context,
                                                std::string_view host,
                                                std::shared_ptr<tls::SessionCache> sessions,
                                                base::Duration timeout) {
    tls_ =
        std::make_unique<tls::Stream>(context, socket_.native_handle(), host, std::move(sessions));
    return shake_hands(timeout);
}

Awaitable<IoResult> Transport::secure_as_server(const tls::ServerContext& context,
                                                base::Duration timeout) {
    tls_ = std::make_unique<tls::Stream>(context, socket_.native_handle());
    return shake_hands(timeout);
}

Awaitable<IoResult> Transport::read_secure(std::span<char> into, base::Duration timeout) {
    arm(timeout);
    for (;;) {
        const tls::Stream::Moved moved = tls_->read(into);
        if (moved.step != Step::want_read && moved.step != Step::want_write) {
            const IoResult done = result(moved.step, moved.bytes);
            if (turn_is_over(moved.bytes)) co_await asio::post(socket_.get_executor(), kAwait);
            co_return done;
        }
        if (const error_code error = co_await wait_for(moved.step); error) {
            co_return result(error, 0);
        }
    }
}

Awaitable<IoResult> Transport::write_secure(Gather data, base::Duration timeout,
                                            base::TimePoint until) {
    bool first = true;
    while (!data.empty()) {
        first ? arm(timeout) : arm_again(timeout, until);
        first = false;
        tls::Stream::Moved moved = tls_->write(data.pieces());
        // Part of a record may have left: it counts as sent, although nobody can read it.
        std::size_t begun = 0;
        while (moved.step == Step::want_read || moved.step == Step::want_write) {
            begun = std::max(begun, moved.bytes);
            if (const error_code error = co_await wait_for(moved.step); error) {
                co_return result(error, data.dropped() + begun);
            }
            moved = tls_->write(data.pieces());
        }
        const IoResult done = result(moved.step, data.dropped() + std::max(begun, moved.bytes));
        if (done.status != IoStatus::ok) co_return done;
        data.drop_front(moved.bytes);
        if (turn_is_over(moved.bytes)) co_await asio::post(socket_.get_executor(), kAwait);
    }
    co_return IoResult{IoStatus::ok, data.dropped()};
}

// Hostile peers aside, close_notify fits into the socket's buffer at once.
Awaitable<> Transport::finish_sending(base::Duration timeout) {
    if (tls_) {
        arm(timeout);
        while (tls_->finish() == Step::want_write) {
            if (co_await wait_for(Step::want_write)) break;
        }
        deadline_.disarm();
    }
    error_code ignored;
    socket_.shutdown(Socket::shutdown_send, ignored);
}

Transport::Quiet Transport::peek_secure() {
    switch (tls_->peek()) {
        case Step::done:
            return Quiet::has_data;
        case Step::want_read:
        case Step::want_write:
            return Quiet::yes;
        default:
            return Quiet::closed;
    }
}

}  // namespace errgate::proxy
