// Small numbers for the names of routes and upstreams, so that counters survive a reload by name.
#pragma once

#include "telemetry/record.hpp"

#include <cstdint>
#include <deque>
#include <map>
#include <mutex>
#include <string>
#include <string_view>

namespace errgate::telemetry {

// Append-only: a name keeps its id for the life of the process, whatever reloads come and go. Any
// thread; takes a mutex, so ask when a snapshot is installed and not for every exchange.
class NameRegistry {
  public:
    // The id of this name, a new one if need be. kNone for "none" (the label value of an exchange
    // without a route, which then shares its series) and when all 65 535 ids are taken.
    std::uint16_t intern(std::string_view name);
    // The name of an id; "none" for kNone. The view lives as long as the registry.
    std::string_view name(std::uint16_t id) const;

  private:
    mutable std::mutex mutex_;
    std::deque<std::string> names_;  // by id; a deque does not move its strings
    std::map<std::string_view, std::uint16_t> ids_;
};

// One for the whole process: shared by the workers' snapshots and the collector.
struct Names {
    NameRegistry routes;
    NameRegistry upstreams;
};

}  // namespace errgate::telemetry
