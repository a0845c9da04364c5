// The last failures in memory.
#include "telemetry/journal.hpp"

#include <algorithm>

namespace errgate::telemetry {

namespace {

std::size_t weight(const std::string& packed) {
    constexpr std::size_t kOverhead = sizeof(std::string) + 64;  // of two allocations and a pointer
    return packed.capacity() + kOverhead;
}

bool matches(const JournalKeys& keys, const JournalQuery& query) {
    return (query.code.empty() || errors::info(keys.code).slug == query.code) &&
           (query.upstream.empty() || keys.upstream == query.upstream) &&
           (query.route.empty() || keys.route == query.route);
}

}  // namespace

void Journal::configure(const JournalLimits& limits) {
    const std::lock_guard lock(mutex_);
    limits_ = limits;
    active_ = limits.entries > 0;
    bodies_ = limits.entries > 0 && limits.body_excerpt;
    shrink();
}

void Journal::add(const ExchangeRecord& exchange) {
    if (!active_.load(std::memory_order_relaxed)) return;
    auto packed = std::make_shared<const std::string>(pack_journal_entry(exchange));
    const std::lock_guard lock(mutex_);
    bytes_ += weight(*packed);
    ++recorded_;
    entries_.push_back(std::move(packed));
    shrink();
}

void Journal::shrink() {
    while (!entries_.empty() && (entries_.size() > limits_.entries || bytes_ > limits_.bytes)) {
        bytes_ -= weight(*entries_.front());
        entries_.pop_front();
    }
}

template <class Matches>
std::vector<Journal::Packed> Journal::newest(std::size_t limit, Matches matches) const {
    std::vector<Packed> found;
    const std::lock_guard lock(mutex_);
    for (auto packed = entries_.rbegin(); packed != entries_.rend() && found.size() < limit;
         ++packed) {
        if (matches(journal_keys(**packed))) found.push_back(*packed);
    }
    return found;
}

std::vector<JournalEntry> Journal::find(const JournalQuery& query) const {
    std::vector<JournalEntry> out;
    for (const Packed& packed :
         newest(query.limit, [&](const JournalKeys& keys) { return matches(keys, query); }))
        out.push_back(unpack_journal_entry(*packed));
    return out;
}

std::optional<JournalEntry> Journal::find(std::string_view request_id) const {
    const auto found =
        newest(1, [&](const JournalKeys& keys) { return keys.request_id == request_id; });
    if (found.empty()) return std::nullopt;
    return unpack_journal_entry(*found.front());
}

Journal::Stats Journal::stats() const {
    const std::lock_guard lock(mutex_);
    return {limits_, entries_.size(), bytes_, recorded_};
}

}  // namespace errgate::telemetry
