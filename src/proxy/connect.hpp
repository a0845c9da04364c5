// A connection for an attempt: one from the pool, or a new one to the first address that answers.
#pragma once

#include "errors/failure.hpp"
#include "proxy/exchange_state.hpp"
#include "proxy/net.hpp"

namespace errgate::proxy {

class Worker;

// An idle connection of the upstream's pool into exchange.connection; false when there is none.
bool reuse_connection(Worker& worker, Exchange& exchange);

// Puts a new connection into exchange.connection and answers GatewayReason::none, or says why there
// is none. `within` bounds the whole of it: with several addresses each gets its share.
Awaitable<errors::GatewayReason> open_connection(Worker& worker, Exchange& exchange,
                                                 base::Duration within);

}  // namespace errgate::proxy
