// Addresses as the routes file writes them: listeners, upstream URLs, hosts, paths.
#pragma once

#include "config/params.hpp"
#include "config/reader.hpp"

#include <cstdint>
#include <string>
#include <string_view>

namespace errgate::config {

// scheme "://" host [":" port] [path]
struct Url {
    std::string scheme;  // "http" or "https"
    UpstreamAddress address;
    bool default_port = true;
    std::string base_path;  // "/v1", without trailing slash, empty for "/"
};

// "127.0.0.1:8080", "[::1]:8080", "localhost:8080" (which is 127.0.0.1). Port 0: the system
// chooses.
Converted<ListenAddress> listen_address(const Value& value);
Converted<Url> url(const Value& value);

bool is_loopback(const ListenAddress& address);
// A DNS name, an IPv4 address or an IPv6 address in brackets.
bool is_host(std::string_view text);
// Begins with '/'; visible ASCII without '?', '#', '\', dot segments, also encoded ones.
bool is_path(std::string_view text);

}  // namespace errgate::config
