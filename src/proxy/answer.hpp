// Answers a failure: the one envelope, whatever went wrong and wherever, unless the route wants the
// provider's own answer and it is there to be passed on.
#pragma once

#include "proxy/exchange.hpp"
#include "proxy/exchange_state.hpp"

namespace errgate::proxy {

// Writes exchange.failure to the client and notes it in the record. Works from any state of the
// exchange: a request that could not even be parsed has no route, method or version.
Awaitable<Next> answer_failure(Worker& worker, ClientConnection& client, Exchange& exchange);

}  // namespace errgate::proxy
