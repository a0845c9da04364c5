// Run-time state of the upstreams, kept by name over reloads.
#include "app/live_config.hpp"

#include <algorithm>

namespace errgate::app {

namespace {

using proxy::UpstreamRuntime;

std::shared_ptr<UpstreamRuntime> runtime_for(const config::Upstream& upstream,
                                             const proxy::LiveConfig* before) {
    if (before == nullptr) return std::make_shared<UpstreamRuntime>(upstream);
    const auto& others = before->snapshot->upstreams;
    const auto old = std::ranges::find(others, upstream.name, &config::Upstream::name);
    if (old == others.end()) return std::make_shared<UpstreamRuntime>(upstream);
    const auto& runtime = before->upstreams[old->index];
    const bool same_place = old->addresses == upstream.addresses;
    if (same_place && old->circuit_breaker == upstream.circuit_breaker &&
        old->retry_budget == upstream.retry_budget) {
        return runtime;
    }
    auto changed = std::make_shared<UpstreamRuntime>(upstream, *runtime);
    if (same_place) changed->addresses.set(runtime->addresses.get());
    return changed;
}

}  // namespace

std::shared_ptr<const proxy::LiveConfig> make_live(
    const std::shared_ptr<const config::Snapshot>& snapshot, telemetry::Names& names,
    const proxy::LiveConfig* before) {
    auto live = std::make_shared<proxy::LiveConfig>();
    live->snapshot = snapshot;
    for (const config::Upstream& upstream : snapshot->upstreams) {
        live->upstreams.push_back(runtime_for(upstream, before));
        live->upstream_ids.push_back(names.upstreams.intern(upstream.name));
    }
    for (const config::Route& route : snapshot->routes)
        live->route_ids.push_back(names.routes.intern(route.name));
    return live;
}

}  // namespace errgate::app
