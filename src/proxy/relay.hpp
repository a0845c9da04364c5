// Passes a response on to the client: head rewritten, body streamed through fixed buffers.
#pragma once

#include "proxy/exchange.hpp"
#include "proxy/exchange_state.hpp"

namespace errgate::proxy {

// Relays exchange.response. A response that breaks off after its head went out cannot be taken
// back: the client's connection is reset, so that it can never be mistaken for a complete one.
// Returns the upstream's connection to its pool when everything was read. `annotations`: whole
// field lines of ours, for a failure; they have to outlive the call.
Awaitable<Next> relay_response(Worker& worker, ClientConnection& client, Exchange& exchange,
                               std::string_view annotations = {});

// May this client's connection carry another request after the answer?
bool keeps_client(const Worker& worker, const Exchange& exchange);

// What became of an answer whose status line is out already, for log and metrics.
void note_broken(Exchange& exchange, errors::GatewayReason reason);

}  // namespace errgate::proxy
