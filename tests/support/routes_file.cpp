// Builds the text of a routes file from the few things a test cares about.
#include "support/routes_file.hpp"

#include <sstream>

namespace errgate::test {
namespace {

std::string indented(const std::string& lines, const std::string& by) {
    std::istringstream in(lines);
    std::string out;
    for (std::string line; std::getline(in, line);)
        out += by + line + "\n";
    return out;
}

std::string url(const UpstreamSpec& upstream, std::uint16_t port) {
    return "\"" + upstream.scheme + "://" + upstream.host + ":" + std::to_string(port) +
           upstream.base_path + "\"";
}

}  // namespace

RoutesSpec single(std::uint16_t port, const std::string& dialect, const std::string& route_more) {
    RoutesSpec spec;
    UpstreamSpec& upstream = spec.upstreams.emplace_back();
    upstream.port = port;
    upstream.dialect = dialect;
    spec.routes.emplace_back().more = route_more;
    return spec;
}

std::string to_yaml(const RoutesSpec& spec) {
    std::string yaml =
        "version: 1\n"
        "listen: [{address: \"127.0.0.1:0\"" +
        (spec.listen_tls.empty() ? "" : ", tls: {" + spec.listen_tls + "}") +
        "}]\n"
        "admin: {address: \"127.0.0.1:0\"}\n"
        "threads: 2\n" +
        indented(spec.more, "") + "upstreams:\n";
    for (const UpstreamSpec& upstream : spec.upstreams) {
        std::string urls = url(upstream, upstream.port);
        for (const std::uint16_t port : upstream.other_ports)
            urls += ", " + url(upstream, port);
        yaml += "  " + upstream.name + ":\n    url: [" + urls +
                "]\n    dialect: " + upstream.dialect + "\n" + indented(upstream.more, "    ");
    }
    yaml += "routes:\n";
    for (const RouteSpec& route : spec.routes) {
        yaml += "  - name: " + route.name + "\n    match: {" + route.match +
                "}\n    upstream: " + route.upstream + "\n" + indented(route.more, "    ");
    }
    return yaml;
}

}  // namespace errgate::test
