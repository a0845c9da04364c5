// Reads a response head, and what comes before it (1xx), from the upstream.
#pragma once

#include "errors/failure.hpp"
#include "proxy/exchange_state.hpp"
#include "proxy/net.hpp"

namespace errgate::proxy {

class ClientConnection;

// Reads one head, interim or final, into exchange.response; what follows it stays unread in
// exchange.from_upstream, which has room.
Awaitable<errors::GatewayReason> read_one_head(Exchange& exchange, base::TimePoint until,
                                               bool& bytes_seen);

// Fills exchange.response, response_framing and response_body; interim responses are passed to an
// HTTP/1.1 client on the way, at most 16 of them. `bytes_seen` turns true with the first byte.
Awaitable<errors::GatewayReason> read_response_head(ClientConnection& client, Exchange& exchange,
                                                    base::TimePoint until, bool& bytes_seen);

}  // namespace errgate::proxy
