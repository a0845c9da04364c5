// Writes a request to the upstream: the head built anew, then the body, from memory or streaming.
#pragma once

#include "errors/failure.hpp"
#include "proxy/exchange_state.hpp"
#include "proxy/net.hpp"
#include "proxy/transport.hpp"

namespace errgate::proxy {

class ClientConnection;
class Worker;

struct SendResult {
    errors::GatewayReason reason = errors::GatewayReason::none;
    // May a byte of the request have reached the provider? False only when the kernel took none.
    bool bytes_sent = false;
    // Writing failed or stopped early, but the upstream may have answered before: read on.
    bool response_may_wait = false;
};

// Writes head and body on exchange.connection, as far as that goes without waiting: most often all
// of it. What is left of what was composed is in `rest`.
SendResult begin_request(const ClientConnection& client, Exchange& exchange, Gather& rest);

// The rest of it, and a body that streams. What is in memory is sent within `until`; a body that
// streams has the route's idle timeout between two pieces instead. A client that breaks off half
// way leaves a request that can never be completed: the reason says so, and the connection is not
// reusable.
Awaitable<SendResult> finish_request(Worker& worker, ClientConnection& client, Exchange& exchange,
                                     Gather rest, base::TimePoint until);

}  // namespace errgate::proxy
