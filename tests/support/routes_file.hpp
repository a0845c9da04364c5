// Builds the text of a routes file from the few things a test cares about.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace errgate::test {

struct UpstreamSpec {
    std::string name = "psp";
    std::uint16_t port = 0;
    std::string dialect = "license_pos";
    std::string base_path;
    std::string host = "127.0.0.1";
    std::string scheme = "http";
    std::string more;                             // YAML lines of the upstream: "max_in_flight: 1"
    std::vector<std::uint16_t> other_ports = {};  // of more URLs, tried after the first
};

struct RouteSpec {
    std::string name = "psp";
    std::string match = "path_prefix: /";
    std::string upstream = "psp";
    std::string more;  // YAML lines of the route: "timeouts: {attempt: 1s}"
};

struct RoutesSpec {
    std::vector<UpstreamSpec> upstreams;
    std::vector<RouteSpec> routes;
    std::string listen_tls;  // of the listener: "certificate: a.crt, private_key: a.key"
    std::string more;        // YAML lines of the file: "limits: {headers: 10}"
};

// One upstream behind one route that takes every path.
RoutesSpec single(std::uint16_t port, const std::string& dialect = "license_pos",
                  const std::string& route_more = {});

std::string to_yaml(const RoutesSpec& spec);

}  // namespace errgate::test
