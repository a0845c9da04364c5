// Asks upstreams whose breaker is open whether they are back, so that no client has to find out.
#pragma once

#include "proxy/net.hpp"

namespace errgate::proxy {

class Worker;

// Runs for as long as the worker's loop does, on one worker of the gateway. Looks at the
// configuration in force: an upstream with a `health_check` whose breaker lets a probe through is
// sent one GET, and the answer is the breaker's. Upstreams that work get no extra traffic.
Awaitable<> watch_health(Worker& worker);

}  // namespace errgate::proxy
