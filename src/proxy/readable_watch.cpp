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
    alive_ = std::make_shared<ReadableWatch*>(this);
    peer_.socket().async_wait(Socket::wait_read, [alive = alive_](error_code error) {
        if (error || *alive == nullptr) return;
        ReadableWatch& self = **alive;
        self.on_readable_(self.context_);
    });
}

}  // namespace errgate::proxy
