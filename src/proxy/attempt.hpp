// One try: check out or make a connection, write the request, read the response head.
#pragma once

#include "policy/plan.hpp"
#include "proxy/exchange_state.hpp"
#include "proxy/net.hpp"

namespace errgate::proxy {

class ClientConnection;
class Worker;

// Tries once. Answers with the event for the plan: `succeeded` when a response is to be relayed
// (its head is in exchange.response, read so far in exchange.from_upstream or error_body), `failed`
// with exchange.failure set otherwise. Adds the attempt to the record. The connection of a failed
// attempt is back in its pool or closed.
Awaitable<policy::Event> try_once(Worker& worker, ClientConnection& client, Exchange& exchange,
                                  bool fresh_connection, base::TimePoint deadline,
                                  base::Duration waited);

}  // namespace errgate::proxy
