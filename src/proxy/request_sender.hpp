// Writes a request to the upstream: the head built anew, then the body, from memory or streaming.
#pragma once

#include "errors/failure.hpp"
#include "proxy/exchange_state.hpp"
#include "proxy/net.hpp"

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

// Sends on exchange.connection. What is in memory is sent within `until`; a body that streams has
// the route's idle timeout between two pieces instead. A client that breaks off half way leaves a
// request that can never be completed: the reason says so, and the connection is not reusable.
Awaitable<SendResult> send_request(Worker& worker, ClientConnection& client, Exchange& exchange,
                                   base::TimePoint until);

}  // namespace errgate::proxy
