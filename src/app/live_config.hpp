// From a loaded configuration to one that can be served: run-time state, kept by name.
#pragma once

#include "proxy/live_config.hpp"
#include "telemetry/names.hpp"

#include <memory>

namespace errgate::app {

// What an upstream of `before` has gathered (breaker, budget, use, addresses) goes on for the one
// of the same name. `before` may be null. Any thread; touches neither `before` nor the snapshot.
std::shared_ptr<const proxy::LiveConfig> make_live(
    const std::shared_ptr<const config::Snapshot>& snapshot, telemetry::Names& names,
    const proxy::LiveConfig* before);

}  // namespace errgate::app
