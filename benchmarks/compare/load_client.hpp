// The client side of a measurement: keep-alive connections that send one request over and over.

#pragma once

#include "response_reader.hpp"
#include "sockets.hpp"

#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace compare {

/// What to send, how often, and what must come back.
struct LoadOptions {
    std::uint16_t port = 0;
    std::string method = "GET";
    std::string path = "/";
    std::uint64_t upload_bytes = 0;   ///< size of each request's body
    std::string expected;             ///< statuses that are right, e.g. "200,402"
    std::uint64_t expected_body = 0;  ///< size of the body of a 200; 0: any
    std::uint64_t connections = 1;
    std::uint64_t requests = 1;
    std::uint64_t rate = 0;  ///< requests a second whatever comes back; 0: as fast as answers come
    bool churn = false;      ///< a new connection for each request
    bool hold = false;       ///< a new connection for each request, all of which stay open
};

struct LoadResult {
    std::map<int, std::uint64_t> statuses;
    std::uint64_t body_bytes = 0;
    std::uint64_t elapsed_ns = 0;
    /// One a request. At a fixed rate they are measured from the moment the request was due, so
    /// that a stall counts for all requests it held up ("coordinated omission").
    std::vector<std::uint64_t> latencies_ns;
};

/// Runs once; any wrong status, short body or lost connection ends the program.
class LoadClient {
  public:
    explicit LoadClient(const LoadOptions& options);
    LoadClient(const LoadClient&) = delete;
    LoadClient& operator=(const LoadClient&) = delete;

    /// Returns when all responses have come; the connections stay open until destruction.
    LoadResult run();

  private:
    struct Connection {
        std::uint64_t index = 0;
        int fd = -1;
        std::uint64_t due_ns = 0;
        ResponseReader reader;
        std::string request;
    };

    std::string request_of(std::uint64_t index) const;
    void open(Connection& connection);
    void send_due_requests();
    bool may_send() const;
    void send_request(Connection& connection, std::uint64_t due_ns);
    std::int64_t time_to_wait() const;
    void read_response(Connection& connection);
    void complete(Connection& connection);
    void closed_by_peer(Connection& connection);
    void check(const Connection& connection) const;

    LoadOptions options_;
    std::vector<bool> status_is_right_;
    Epoll epoll_;
    std::vector<Connection> connections_;
    std::vector<Connection*> idle_;
    std::string input_;
    std::uint64_t started_ns_ = 0;
    std::uint64_t sent_ = 0;
    std::uint64_t answered_ = 0;
    LoadResult result_;
};

}  // namespace compare
