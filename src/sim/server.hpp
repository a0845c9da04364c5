// One simulated provider as an HTTP/1.1 server.
#pragma once

#include "sim/provider.hpp"

#include <cstdint>
#include <memory>
#include <string>

namespace errgate::sim {

// Construct, listen(), then it serves on a thread of its own until stop() or the end of its life.
// listen() and stop() belong to one thread.
class Server {
  public:
    // `provider` must outlive the server.
    explicit Server(const Provider& provider);
    ~Server();
    Server(const Server&) = delete;
    Server& operator=(const Server&) = delete;

    // Binds a literal address (port 0: any free one) and starts serving. Returns one line saying
    // what is wrong, or an empty string.
    std::string listen(std::uint16_t port = 0, const std::string& host = "127.0.0.1");
    std::uint16_t port() const;
    // Closes every connection and joins the thread. A second call does nothing.
    void stop();

  private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

}  // namespace errgate::sim
