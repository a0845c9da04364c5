// The life of one request: read it, decide, try, wait, relay or answer, record.
#pragma once

#include "base/time.hpp"
#include "proxy/net.hpp"

namespace errgate::proxy {

class ClientConnection;
class Worker;
struct Exchange;

// What becomes of the client's connection after an exchange.
enum class Next {
    keep_alive,    // read the next request; it may be in the buffer already
    park,          // nothing came for a while: give the buffers back and wait
    close,         // nothing more to say
    close_gently,  // an answer went out while the client may still be sending
};

// One request from first byte to log line. `park_after`: how long to wait for its first byte before
// answering Next::park. Whatever happens, a request whose head began to arrive is recorded exactly
// once.
Awaitable<Next> run_exchange(Worker& worker, ClientConnection& client, Exchange& exchange,
                             base::Duration park_after);

}  // namespace errgate::proxy
