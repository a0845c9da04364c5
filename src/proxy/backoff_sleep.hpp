// Waits between two attempts, unless the client leaves first.
#pragma once

#include "policy/plan.hpp"
#include "proxy/net.hpp"

namespace errgate::proxy {

class ClientConnection;
class Worker;

// Answers `slept`, with facts.client_gone when the wait was cut short by that.
Awaitable<policy::Event> sleep_for(Worker& worker, ClientConnection& client, base::Duration delay);

}  // namespace errgate::proxy
