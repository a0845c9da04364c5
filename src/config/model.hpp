// What a routes file says, nothing resolved yet: one member a key, with its default.
#pragma once

#include "config/address.hpp"
#include "config/params.hpp"
#include "http/head_writer.hpp"
#include "policy/params.hpp"
#include "policy/route.hpp"

#include <string>
#include <utility>
#include <vector>

namespace errgate::config {

struct ServerTls {
    std::string certificate;  // files, PEM
    std::string private_key;
    std::string client_ca;  // empty: clients need no certificate
};

struct ListenModel {
    ListenAddress address;
    ServerTls tls;
};

struct AdminModel {
    ListenAddress address{"127.0.0.1", 9464};
    bool allow_remote = false;  // without it the address must be a loopback one
    std::string token_file;  // empty: `token`, and when that is empty too: nobody is asked for one
    std::string token;       // once loaded: the file's
    bool public_metrics = false;
    std::vector<std::string> allowed_hosts;  // names in Host beside localhost and literal addresses
};

struct DrainModel {
    Millis grace{0};         // listeners stay open this long after SIGTERM
    Millis timeout{30'000};  // then exchanges in flight get this long
};

struct ClientTls {
    std::string ca_file;      // empty: the system's
    std::string server_name;  // empty: the host of the URL
    std::string client_certificate;
    std::string client_key;
    bool verify = true;
};

struct UpstreamModel {
    std::string name;
    std::vector<Url> urls;            // tried in order
    std::string dialect = "generic";  // reads the shapes that most APIs have
    ClientTls tls;
    PoolParams pool;
    std::size_t max_in_flight = 1024;
    policy::BudgetParams retry_budget;
    policy::BreakerParams circuit_breaker;
    HealthCheck health_check;
    bool speaks_envelope = false;
};

// What `defaults` may set for every route.
struct RouteOptions {
    ErrorOptions errors;
    policy::Timeouts timeouts;
    policy::RetryParams retry;
};

struct RouteModel {
    std::string name;
    policy::RouteMatch match;
    std::string upstream;
    std::string strip_prefix;
    bool upgrade = false;  // requests may change the protocol of their connection
    RouteOptions options;
    http::FieldEdits request_edits;
    http::FieldEdits response_edits;
};

struct AccessLogModel {
    std::string path = "-";  // "-": stdout
    double sample = 1;       // the part of the successes that is logged
};

struct Model {
    std::vector<ListenModel> listen;
    AdminModel admin;
    unsigned threads = 0;               // 0: one a core
    std::vector<std::string> dialects;  // globs, relative to the file
    Limits limits;
    ClientTimeouts client;
    DrainModel drain;
    std::vector<UpstreamModel> upstreams;  // in the order of the file
    RouteOptions defaults;                 // merged into the options of every route already
    std::vector<RouteModel> routes;
    AccessLogModel access_log;
    JournalParams journal;
};

}  // namespace errgate::config
