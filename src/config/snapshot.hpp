// The compiled, immutable configuration: what an exchange pins when it begins.
#pragma once

#include "config/params.hpp"
#include "http/head_writer.hpp"
#include "mapping/dialect.hpp"
#include "policy/params.hpp"
#include "policy/route.hpp"
#include "tls/context.hpp"

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace errgate::config {

struct Upstream {
    std::uint16_t index = 0;
    std::string name;
    std::string scheme;                             // "http" or "https"
    std::vector<UpstreamAddress> addresses;         // tried in order
    std::shared_ptr<const tls::ClientContext> tls;  // null: plain HTTP
    std::string base_path;                          // "/v1", no trailing slash, may be empty
    std::string host_field;                         // Host sent upstream
    std::shared_ptr<const mapping::Dialect> dialect;
    PoolParams pool;
    std::size_t max_in_flight = 1024;
    policy::BudgetParams retry_budget;
    policy::BreakerParams circuit_breaker;
    HealthCheck health_check;
    bool speaks_envelope = false;
};

struct Route {
    std::uint16_t index = 0;
    std::string name;
    std::uint16_t upstream = 0;
    std::string strip_prefix;  // without trailing slash; what is left of a path may be empty
    bool upgrade = false;      // requests may change the protocol of their connection
    ErrorOptions errors;
    policy::Timeouts timeouts;
    policy::RetryParams retry;
    http::FieldEdits request_edits;
    http::FieldEdits response_edits;
};

struct Listener {
    ListenAddress address;
    std::shared_ptr<const tls::ServerContext> tls;  // null: plain HTTP
};

// Who may ask the admin listener.
struct AdminAccess {
    std::string token;  // empty: nobody is asked for one
    bool public_metrics = false;
    std::vector<std::string> allowed_hosts;
};

struct Snapshot {
    std::vector<Listener> listen;
    ListenAddress admin{"127.0.0.1", 9464};
    AdminAccess admin_access;
    unsigned threads = 0;  // 0: one a core
    Limits limits;
    ClientTimeouts client;
    Millis drain_grace{0};
    Millis drain_timeout{30'000};
    std::string access_log_path = "-";  // "-": stdout
    double access_log_sample = 1;       // the part of the successes that is logged
    JournalParams journal;
    std::vector<Upstream> upstreams;
    std::vector<Route> routes;
    policy::RouteTable table{{}};          // indices into `routes`
    std::vector<std::string> notices;      // for the start: a shipped dialect was replaced ...
    std::string hash;                      // SHA-256 of the files' bytes, hex
    std::vector<std::string> files;        // it was made of: the routes file, then mapping files
    std::vector<std::string> patterns;     // globs that found the mapping files
    std::vector<std::string> other_files;  // certificates, keys, authorities, the admin token
    std::string effective;                 // as JSON, defaults filled in, secrets masked
};

}  // namespace errgate::config
