// A listener's address as people type it.
#pragma once

#include "config/snapshot.hpp"

#include <string>

namespace errgate::cli {

// "http://127.0.0.1:8080", "http://[::1]:8080".
inline std::string url_of(const config::ListenAddress& address,
                          const std::string& scheme = "http") {
    const bool v6 = address.host.find(':') != std::string::npos;
    return scheme + "://" + (v6 ? '[' + address.host + ']' : address.host) + ':' +
           std::to_string(address.port);
}

inline std::string listener_url(const config::Listener& listener) {
    return url_of(listener.address, listener.tls ? "https" : "http");
}

}  // namespace errgate::cli
