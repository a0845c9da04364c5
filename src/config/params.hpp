// Settings that the file's model and the snapshot share, with their defaults.
#pragma once

#include "http/head_parser.hpp"
#include "policy/params.hpp"

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace errgate::config {

using policy::Millis;

struct ListenAddress {
    std::string host;  // literal IPv4 or IPv6 address, the latter without brackets
    std::uint16_t port = 0;

    bool operator==(const ListenAddress&) const = default;
};

struct Limits {
    http::HeadLimits head;
    std::size_t request_buffer = 1024 * 1024;        // kept for replay; a longer body streams
    std::size_t error_body = 256 * 1024;             // read for mapping
    std::size_t connections = 10'000;                // client connections, all listeners
    std::uint32_t requests_per_connection = 10'000;  // the last answer then says close
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

// Asked only while the upstream's breaker is open, to find out whether it is back.
struct HealthCheck {
    std::string path;           // as the provider knows it, without the base path; empty: none
    Millis timeout{2'000};      // connection and response head together
    std::vector<int> statuses;  // that mean healthy; empty: any 2xx or 3xx
};

struct UpstreamAddress {
    std::string host;  // name or literal, IPv6 without brackets
    std::uint16_t port = 80;

    bool operator==(const UpstreamAddress&) const = default;
};

// What a client gets of a provider's failure. Failures of the gateway's own are always an envelope.
enum class ErrorMode : std::uint8_t {
    envelope,     // one shape for every failure
    annotate,     // the provider's answer, with fields added that say what it means
    passthrough,  // the provider's answer
};
// The failures kept in memory for GET /errors.
struct JournalParams {
    std::size_t entries = 1'000;          // 0: none
    std::size_t bytes = 4 * 1024 * 1024;  // of memory
    bool body_excerpt = false;            // keep the beginning of what the provider answered
};

enum class ErrorStatus : std::uint8_t { canonical, upstream };
enum class ErrorFormat : std::uint8_t { automatic, json, problem_json };

struct ErrorOptions {
    ErrorMode mode = ErrorMode::envelope;
    ErrorStatus status = ErrorStatus::canonical;
    ErrorFormat format = ErrorFormat::automatic;
};

}  // namespace errgate::config
