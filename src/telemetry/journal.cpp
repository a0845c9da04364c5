// The last failures in memory.
#include "telemetry/journal.hpp"

#include <algorithm>

namespace errgate::telemetry {

namespace {

std::size_t weight(const std::string& packed) {
    constexpr std::size_t kOverhead = sizeof(std::string) + 64;  // of two allocations and a pointer
    return packed.capacity() + kOverhead;
}

bool matches(const JournalEntry& entry, const JournalQuery& query) {
    return (query.code.empty() || errors::info(entry.failure.code).slug == query.code) &&
           (query.upstream.empty() || entry.upstream == query.upstream) &&
           (query.route.empty() || entry.route == query.route);
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

std::vector<Journal::Packed> Journal::newest_first() const {
    const std::lock_guard lock(mutex_);
    return {entries_.rbegin(), entries_.rend()};
}

std::vector<JournalEntry> Journal::find(const JournalQuery& query) const {
    std::vector<JournalEntry> out;
    for (const Packed& packed : newest_first()) {
        if (out.size() == query.limit) break;
        JournalEntry entry = unpack_journal_entry(*packed);
        if (matches(entry, query)) out.push_back(std::move(entry));
    }
    return out;
}

std::optional<JournalEntry> Journal::find(std::string_view request_id) const {
    for (const Packed& packed : newest_first()) {
        JournalEntry entry = unpack_journal_entry(*packed);
        if (entry.request_id == request_id) return entry;
    }
    return std::nullopt;
}

Journal::Stats Journal::stats() const {
    const std::lock_guard lock(mutex_);
    return {limits_, entries_.size(), bytes_, recorded_};
}

}  // namespace errgate::telemetry
