// The admin listener: metrics, health and the catalogue over HTTP/1.1, never on the proxy's port.
#pragma once

#include "telemetry/exposition.hpp"

#include <boost/asio/io_context.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace errgate::admin {

// What the endpoints answer with. Called on the io_context's thread; must not block.
struct Endpoints {
    // GET /metrics.
    std::function<std::string(telemetry::ExpositionFormat)> metrics;
    // GET /readyz: empty when ready, else the reason in one word or sentence ("draining").
    std::function<std::string()> unready;
};

struct ServerOptions {
    // Names beside localhost, literal addresses and the bound one that a Host field may carry.
    std::vector<std::string> allowed_hosts;
    std::size_t max_connections = 64;
    std::size_t max_head_bytes = 8 * 1024;
    std::size_t max_body_bytes = 64 * 1024;
    std::chrono::milliseconds request_timeout{10'000};  // idle, reading and writing each
};

// Serves GET and HEAD of /metrics, /livez, /readyz and /codes. Runs wholly on the given io_context,
// which one thread runs and which must outlive the server; all functions belong to that thread, or
// to any while it does not run.
class AdminServer {
  public:
    AdminServer(boost::asio::io_context& io, Endpoints endpoints, ServerOptions options = {});
    ~AdminServer();  // stop()

    // Binds a literal address and starts to accept. Empty: all is well; else one line for stderr.
    std::string listen(const std::string& host, std::uint16_t port);
    // "127.0.0.1:9464" or "[::1]:9464", with the real port when 0 was asked for.
    std::string address() const;
    std::uint16_t port() const;
    // Closes the listener and every connection.
    void stop();

  private:
    struct Impl;
    std::shared_ptr<Impl> impl_;
};

}  // namespace errgate::admin
