// A listener's address as people type it.
#pragma once

#include "config/snapshot.hpp"

#include <string>

namespace errgate::cli {

// "http://127.0.0.1:8080", "http://[::1]:8080".
inline std::string url_of(const config::ListenAddress& address) {
    const bool v6 = address.host.find(':') != std::string::npos;
    return "http://" + (v6 ? '[' + address.host + ']' : address.host) + ':' +
           std::to_string(address.port);
}

}  // namespace errgate::cli
