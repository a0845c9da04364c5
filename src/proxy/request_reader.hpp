// Reads a client's request: its head, and as much of the body as is kept in memory.
#pragma once

#include "proxy/exchange_state.hpp"
#include "proxy/net.hpp"

namespace errgate::proxy {

class ClientConnection;
class Worker;

enum class HeadRead {
    complete,  // exchange.request has it, and it is sound
    refused,   // exchange.failure says why
    idle,      // nothing came within `park_after`
    closed,    // the client left between two requests
};

// Waits for and reads one head, then judges it (http/framing). The client has `client.header` for
// all of it from the first byte on.
Awaitable<HeadRead> read_request_head(Worker& worker, ClientConnection& client, Exchange& exchange,
                                      base::Duration park_after);

// Reads the body until it is complete, or until limits.request_buffer is reached (then
// body_complete is false and the rest is streamed). Answers 100 Continue at once when the client
// waits for it. False: it cannot be had, and exchange.failure says why.
Awaitable<bool> read_request_body(ClientConnection& client, Exchange& exchange);

}  // namespace errgate::proxy
