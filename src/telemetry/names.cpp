// Small numbers for the names of routes and upstreams.
#include "telemetry/names.hpp"

namespace errgate::telemetry {

namespace {

constexpr std::string_view kNoName = "none";

}  // namespace

std::uint16_t NameRegistry::intern(std::string_view name) {
    if (name == kNoName) return kNone;
    const std::lock_guard lock(mutex_);
    if (const auto found = ids_.find(name); found != ids_.end()) return found->second;
    if (names_.size() >= kNone) return kNone;
    const auto id = static_cast<std::uint16_t>(names_.size());
    names_.emplace_back(name);
    ids_.emplace(names_.back(), id);
    return id;
}

std::string_view NameRegistry::name(std::uint16_t id) const {
    const std::lock_guard lock(mutex_);
    return id < names_.size() ? std::string_view(names_[id]) : kNoName;
}

}  // namespace errgate::telemetry
