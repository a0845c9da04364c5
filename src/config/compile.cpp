#include "config/compile.hpp"

#include <algorithm>
#include <unordered_map>
#include <utility>

namespace errgate::config {
namespace {

std::string host_field(const Url& url) {
    const std::string& host = url.address.host;
    std::string out = host.find(':') == host.npos ? host : "[" + host + "]";
    if (!url.default_port) out += ":" + std::to_string(url.address.port);
    return out;
}

std::string without_trailing_slash(std::string path) {
    while (path.ends_with('/'))
        path.pop_back();
    return path;
}

Upstream compile_upstream(UpstreamModel model, std::uint16_t index, const DialectSet& dialects) {
    Upstream out;
    out.index = index;
    out.scheme = model.urls.front().scheme;
    for (const Url& url : model.urls)
        out.addresses.push_back(url.address);
    out.base_path = model.urls.front().base_path;
    out.host_field = host_field(model.urls.front());
    out.dialect = dialects.find(model.dialect)->second.dialect;
    out.name = std::move(model.name);
    out.pool = model.pool;
    out.pool.max_idle = std::min(out.pool.max_idle, out.pool.max_connections);
    out.max_in_flight = model.max_in_flight;
    out.retry_budget = model.retry_budget;
    out.circuit_breaker = model.circuit_breaker;
    out.circuit_breaker.health_checked = !model.health_check.path.empty();
    out.health_check = std::move(model.health_check);
    out.speaks_envelope = model.speaks_envelope;
    return out;
}

Route compile_route(RouteModel model, std::uint16_t index, std::uint16_t upstream) {
    Route out;
    out.index = index;
    out.name = std::move(model.name);
    out.upstream = upstream;
    out.strip_prefix = without_trailing_slash(std::move(model.strip_prefix));
    out.upgrade = model.upgrade;
    out.errors = model.options.errors;
    out.timeouts = model.options.timeouts;
    out.retry = std::move(model.options.retry);
    out.request_edits = std::move(model.request_edits);
    out.response_edits = std::move(model.response_edits);
    return out;
}

}  // namespace

Snapshot compile(Model model, const DialectSet& dialects, TlsContexts tls) {
    Snapshot out;
    for (std::size_t i = 0; i < model.listen.size(); ++i)
        out.listen.push_back({model.listen[i].address, tls.listeners[i]});
    out.admin = model.admin.address;
    out.admin_access = {std::move(model.admin.token), model.admin.public_metrics,
                        std::move(model.admin.allowed_hosts)};
    out.threads = model.threads;
    out.limits = model.limits;
    out.client = model.client;
    out.drain_grace = model.drain.grace;
    out.drain_timeout = model.drain.timeout;
    out.access_log_path = std::move(model.access_log.path);
    out.access_log_sample = model.access_log.sample;
    out.journal = model.journal;
    std::unordered_map<std::string, std::uint16_t> upstreams;
    for (UpstreamModel& upstream : model.upstreams) {
        const auto index = static_cast<std::uint16_t>(out.upstreams.size());
        upstreams.emplace(upstream.name, index);
        out.upstreams.push_back(compile_upstream(std::move(upstream), index, dialects));
        out.upstreams.back().tls = std::move(tls.upstreams[index]);
    }
    out.other_files = std::move(tls.files);
    std::vector<policy::RouteMatch> matches;
    for (RouteModel& route : model.routes) {
        const auto index = static_cast<std::uint16_t>(out.routes.size());
        const std::uint16_t upstream = upstreams.at(route.upstream);
        matches.push_back(std::move(route.match));
        out.routes.push_back(compile_route(std::move(route), index, upstream));
    }
    out.table = policy::RouteTable(std::move(matches));
    return out;
}

}  // namespace errgate::config
