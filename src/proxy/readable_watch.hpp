// Notices that a peer which should be silent did something, while we wait for somebody else.
#pragma once

#include "proxy/transport.hpp"

#include <memory>

namespace errgate::proxy {

// Two uses: a client that leaves while the upstream works, and an upstream that answers before it
// has read the request. Nothing is read; the callback may peek. `on_readable(context)` runs at most
// once, on the worker's thread, never after the watch is destroyed. Nobody else may read from the
// transport meanwhile.
//
// Watching costs a system call. With a `patience`, watching begins only after that long, so that
// exchanges which end sooner pay nothing.
class ReadableWatch {
  public:
    using OnReadable = void (*)(void* context);

    ReadableWatch(TimerWheel& wheel, Transport& peer, std::chrono::milliseconds patience,
                  OnReadable on_readable, void* context);
    ~ReadableWatch();
    ReadableWatch(const ReadableWatch&) = delete;
    ReadableWatch& operator=(const ReadableWatch&) = delete;

  private:
    void watch();

    Transport& peer_;
    OnReadable on_readable_;
    void* context_;
    Deadline start_;
    std::shared_ptr<ReadableWatch*>
        alive_;  // what the pending wait holds; null until it is started
};

}  // namespace errgate::proxy
