// The smallest useful HTTP client: one request on a connection of its own, blocking.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace errgate::sim {

struct ClientRequest {
    std::string method = "GET";
    std::string target = "/";
    std::vector<std::pair<std::string, std::string>> fields;
    std::string body;
    std::string host = "127.0.0.1";  // a literal address
};

struct ClientResponse {
    std::string error;  // why there is no answer; empty: there is one
    int status = 0;
    std::vector<std::pair<std::string, std::string>> fields;
    std::string body;

    // First value of a field, letter case ignored; empty when absent.
    std::string_view field(std::string_view name) const;
};

// Sends it to that host and port and waits for the whole answer, at most `timeout` in each step.
ClientResponse fetch(std::uint16_t port, const ClientRequest& request,
                     std::chrono::milliseconds timeout = std::chrono::seconds(30));

}  // namespace errgate::sim
