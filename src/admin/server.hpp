// The admin listener: HTTP/1.1 for scrapers, probes and people, never on the proxy's port.
#pragma once

#include "admin/access.hpp"
#include "admin/endpoints.hpp"

#include <boost/asio/io_context.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace errgate::admin {

struct ServerOptions {
    Access access{};
    std::size_t max_connections = 64;  // one more is closed at once
    std::uint32_t max_head_bytes = 8 * 1024;
    std::uint64_t max_body_bytes = 64 * 1024;
    std::chrono::milliseconds request_timeout{10'000};  // from waiting for it to the answer's end
};

// Runs wholly on the given io_context, which one thread runs and which must outlive the server. All
// functions belong to that thread, or to any while nobody runs it.
class AdminServer {
  public:
    AdminServer(boost::asio::io_context& io, Endpoints endpoints, ServerOptions options = {});
    ~AdminServer();  // stop()
    AdminServer(const AdminServer&) = delete;
    AdminServer& operator=(const AdminServer&) = delete;

    // Binds a literal address and starts to accept; stops accepting at the one before, if there was
    // one, whose connections go on. Empty: all is well; else one line for stderr, and nothing has
    // changed.
    std::string listen(const std::string& host, std::uint16_t port);
    void set_access(Access access);  // for requests that come from now on
    std::string address() const;     // "127.0.0.1:9464" or "[::1]:9464"; empty when not listening
    std::uint16_t port() const;      // the real one when 0 was asked for
    // Closes the listener and every connection. May be called twice.
    void stop();

  private:
    struct Impl;
    std::shared_ptr<Impl> impl_;
};

}  // namespace errgate::admin
