#include "proxy/backoff_sleep.hpp"

#include "proxy/client_connection.hpp"
#include "proxy/readable_watch.hpp"
#include "proxy/worker.hpp"

namespace errgate::proxy {

namespace {

struct Sleep {
    Timer timer;
    ClientConnection& client;
    bool gone = false;

    static void on_readable(void* context) {
        auto& self = *static_cast<Sleep*>(context);
        if (self.client.transport.peek() != Transport::Quiet::closed) return;
        self.gone = true;
        self.timer.cancel();
    }
};

}  // namespace

Awaitable<policy::Event> sleep_for(Worker& worker, ClientConnection& client, base::Duration delay) {
    // Waits are rare and want to be exact, so they have a timer of their own, not the wheel's 10
    // ms.
    Sleep sleep{Timer(worker.executor(), delay), client};
    const ReadableWatch watch(worker.wheel(), client.transport, std::chrono::milliseconds{0},
                              &Sleep::on_readable, &sleep);
    co_await sleep.timer.async_wait(kAwait);
    policy::Event event{policy::Event::Kind::slept, {}, nullptr};
    event.facts.client_gone = sleep.gone;
    co_return event;
}

}  // namespace errgate::proxy
