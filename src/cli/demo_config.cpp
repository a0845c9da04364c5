#include "cli/demo_config.hpp"

namespace errgate::cli {

std::string demo_routes(std::uint16_t port, const std::map<std::string, std::uint16_t>& providers) {
    std::string upstreams;
    std::string routes;
    for (const auto& [name, provider_port] : providers) {
        upstreams += "  " + name + ": {url: \"http://127.0.0.1:" + std::to_string(provider_port) +
                     "\", dialect: " + name + ", circuit_breaker: {enabled: false}}\n";
        routes += "  - {name: " + name + ", match: {path_prefix: /" + name +
                  "/}, upstream: " + name + ", strip_prefix: /" + name + "}\n";
    }
    return "version: 1\n"
           "listen: [{address: \"127.0.0.1:" +
           std::to_string(port) +
           "\"}]\n"
           "admin: {address: \"127.0.0.1:0\"}\n"
           "threads: 1\n"
           "access_log: {path: /dev/null}\n"
           "defaults: {timeouts: {attempt: 4s, total: 5s}}\n"
           "upstreams:\n" +
           upstreams + "routes:\n" + routes;
}

}  // namespace errgate::cli
