// The compiled, immutable configuration: what an exchange pins when it begins.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "errors/envelope.hpp"
#include "http/head_parser.hpp"
#include "http/head_writer.hpp"
#include "mapping/dialect.hpp"
#include "policy/params.hpp"
#include "policy/route.hpp"

namespace errgate::config {

using policy::Millis;

struct ListenAddress {
    std::string host;  // literal IPv4 or IPv6 address
    std::uint16_t port = 0;
};

struct Limits {
    http::HeadLimits head;
    std::size_t request_buffer = 1024 * 1024;  // kept for replay; a longer body streams
    std::size_t error_body = 256 * 1024;       // read for mapping
    std::size_t connections = 10'000;          // client connections, all listeners
};

struct ClientTimeouts {
    Millis header{10'000};
    Millis body{30'000};
    Millis keepalive{60'000};
};

struct PoolParams {
    std::size_t max_idle = 64;
    Millis idle_timeout{30'000};
    std::size_t max_connections = 1024;
};

struct UpstreamAddress {
    std::string host;  // name or literal
    std::uint16_t port = 80;
};

struct Upstream {
    std::uint16_t index = 0;
    std::string name;
    std::string scheme;                      // "http" ("https" when TLS is supported)
    std::vector<UpstreamAddress> addresses;  // tried in order
    std::string base_path;                   // "/v1", no trailing slash, may be empty
    std::string host_field;                  // Host sent upstream
    std::shared_ptr<const mapping::Dialect> dialect;
    PoolParams pool;
    std::size_t max_in_flight = 1024;
    policy::BudgetParams retry_budget;
    policy::BreakerParams circuit_breaker;
    bool speaks_envelope = false;
};

enum class ErrorMode : std::uint8_t { envelope, annotate, passthrough };
enum class ErrorStatus : std::uint8_t { canonical, upstream };
enum class ErrorFormat : std::uint8_t { automatic, json, problem_json };

struct ErrorOptions {
    ErrorMode mode = ErrorMode::envelope;
    ErrorStatus status = ErrorStatus::canonical;
    ErrorFormat format = ErrorFormat::automatic;
};

struct Route {
    std::uint16_t index = 0;
    std::string name;
    std::uint16_t upstream = 0;
    std::string strip_prefix;
    ErrorOptions errors;
    policy::Timeouts timeouts;
    policy::RetryParams retry;
    http::FieldEdits request_edits;
    http::FieldEdits response_edits;
};

struct Snapshot {
    std::vector<ListenAddress> listen;
    ListenAddress admin{"127.0.0.1", 9464};
    unsigned threads = 0;  // 0: one a core
    Limits limits;
    ClientTimeouts client;
    Millis drain_grace{0};
    Millis drain_timeout{30'000};
    std::string access_log_path = "-";  // "-": stdout
    std::vector<Upstream> upstreams;
    std::vector<Route> routes;
    policy::RouteTable table{{}};  // indices into `routes`
    std::vector<std::string> notices;  // for the start: a shipped dialect was replaced ...
    std::string hash;                  // of the files' bytes, hex
};

}  // namespace errgate::config
