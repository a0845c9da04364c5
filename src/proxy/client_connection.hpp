// One client's connection, for as long as it lives.
#pragma once

#include "base/intrusive_list.hpp"
#include "proxy/transport.hpp"

#include <array>
#include <string_view>

namespace errgate::proxy {

class Worker;
struct Arrival;

// Lives in its session's coroutine frame, so it is kept small: an idle connection is this, a
// descriptor and one suspended coroutine.
class ClientConnection : public base::ListNode<> {
  public:
    ClientConnection(Worker& worker, Socket socket);
    ~ClientConnection();

    std::string_view address() const { return {address_.data(), address_size_}; }

    Transport transport;
    bool idle = true;            // between two requests: may be closed without losing one
    bool over_limit = false;     // past limits.connections: answered once, and not served
    std::uint32_t requests = 0;  // begun on this connection

  private:
    Worker& worker_;
    std::array<char, 46> address_;  // of the peer, without the port
    std::uint8_t address_size_ = 0;
};

// Serves the connection until one side ends it, under TLS where the listener says so.
Awaitable<> serve_client(Worker& worker, Arrival arrival);

}  // namespace errgate::proxy
