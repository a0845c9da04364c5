#include "proxy/readable_watch.hpp"

namespace errgate::proxy {

ReadableWatch::ReadableWatch(TimerWheel& wheel, Transport& peer, std::chrono::milliseconds patience,
                             OnReadable on_readable, void* context)
    : peer_(peer), on_readable_(on_readable), context_(context) {
    if (patience.count() == 0) {
        watch();
        return;
    }
    wheel.arm(
        start_, patience, [](void* self) { static_cast<ReadableWatch*>(self)->watch(); }, this);
}

ReadableWatch::~ReadableWatch() {
    if (!alive_) return;
    *alive_ = nullptr;
    peer_.interrupt();
}

void ReadableWatch::watch() {
    if (!alive_) alive_ = std::make_shared<ReadableWatch*>(this);
    const auto look = [alive = alive_](error_code error) {
        if (error || *alive == nullptr) return;
        ReadableWatch& self = **alive;
        // TLS speaks for itself now and then: a session ticket after the handshake.
        if (self.peer_.peek() == Transport::Quiet::yes) return self.watch();
        self.on_readable_(self.context_);
    };
    if (peer_.has_buffered() && peer_.peek() != Transport::Quiet::yes) {
        asio::post(peer_.socket().get_executor(), [look] { look({}); });
        return;
    }
    peer_.socket().async_wait(Socket::wait_read, look);
}

}  // namespace errgate::proxy
