// The last failures in memory.
#include "telemetry/journal.hpp"

#include <algorithm>

namespace errgate::telemetry {

namespace {

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

void Journal::add(const ExchangeRecord& exchange, const PeerTexts& texts) {
    if (!active_.load(std::memory_order_relaxed)) return;
    PackedEntry packed = pack_journal_entry(exchange, texts);
    const std::lock_guard lock(mutex_);
    bytes_ += packed.weight();
    ++recorded_;
    entries_.push_back(std::move(packed));
    shrink();
}

void Journal::shrink() {
    while (!entries_.empty() && (entries_.size() > limits_.entries || bytes_ > limits_.bytes)) {
        bytes_ -= entries_.front().weight();
        entries_.pop_front();
    }
}

template <class Matches>
std::vector<PackedEntry> Journal::newest(std::size_t limit, Matches matches) const {
    std::vector<PackedEntry> found;
    const std::lock_guard lock(mutex_);
    for (auto packed = entries_.rbegin(); packed != entries_.rend() && found.size() < limit;
         ++packed) {
        if (matches(journal_keys(packed->view()))) found.push_back(*packed);
    }
    return found;
}

std::vector<JournalEntry> Journal::find(const JournalQuery& query) const {
    std::vector<JournalEntry> out;
    for (const PackedEntry& packed :
         newest(query.limit, [&](const JournalKeys& keys) { return matches(keys, query); }))
        out.push_back(unpack_journal_entry(packed.view()));
    return out;
}

std::optional<JournalEntry> Journal::find(std::string_view request_id) const {
    const auto found =
        newest(1, [&](const JournalKeys& keys) { return keys.request_id == request_id; });
    if (found.empty()) return std::nullopt;
    return unpack_journal_entry(found.front().view());
}

Journal::Stats Journal::stats() const {
    const std::lock_guard lock(mutex_);
    return {limits_, entries_.size(), bytes_, recorded_};
}

}  // namespace errgate::telemetry
