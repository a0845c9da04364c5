// After a 101: bytes both ways between the client and the upstream, until one of them has enough.
#pragma once

#include "proxy/exchange.hpp"
#include "proxy/exchange_state.hpp"

namespace errgate::proxy {

// Passes exchange.response, a 101 that was asked for, on to the client, and then whatever either
// side says to the other, through the exchange's own two buffers: a side that does not read stops
// the other one. An end of one direction is passed on and the other goes on. Ends when both have
// ended, when nothing moved for `timeouts.idle`, and when the gateway drains, like an idle
// connection; a side that broke off is told to the other by a reset. Neither connection is used
// again.
Awaitable<Next> run_tunnel(Worker& worker, ClientConnection& client, Exchange& exchange);

}  // namespace errgate::proxy
