// A connection for an attempt: one from the pool, or a new one to the first address that answers.
#pragma once

#include "errors/failure.hpp"
#include "proxy/exchange_state.hpp"
#include "proxy/net.hpp"

namespace errgate::proxy {

class Worker;

// Puts the connection into exchange.connection and answers GatewayReason::none, or says why there
// is none. `within` bounds the whole of it: with several addresses each gets its share.
Awaitable<errors::GatewayReason> obtain_connection(Worker& worker, Exchange& exchange, bool fresh,
                                                   base::Duration within);

}  // namespace errgate::proxy
