// Reads a response head, and what comes before it (1xx), from the upstream.
#pragma once

#include "errors/failure.hpp"
#include "proxy/exchange_state.hpp"
#include "proxy/net.hpp"

namespace errgate::proxy {

class ClientConnection;

// Fills exchange.response, response_framing and response_body; what follows the head stays unread
// in exchange.from_upstream. Interim responses, at most 16 of them, are passed to an HTTP/1.1
// client on the way; `client` is null when nobody waits for the answer. `bytes_seen` turns true
// with the first byte.
Awaitable<errors::GatewayReason> read_response_head(ClientConnection* client, Exchange& exchange,
                                                    base::TimePoint until, bool& bytes_seen);

}  // namespace errgate::proxy
