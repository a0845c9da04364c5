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

std::size_t Journal::Kept::weight() const {
    constexpr std::size_t kOverhead = 48;  // of an allocation and a reference count
    return entry.view().size() + sizeof(Kept) + kOverhead;
}

void Journal::Part::push(Kept kept) {
    bytes += kept.weight();
    entries.push_back(std::move(kept));
}

void Journal::Part::pop() {
    bytes -= entries.front().weight();
    entries.pop_front();
}

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
    Part& part = exchange.attempt_count > 0 ? tried_ : untried_;
    part.push({++recorded_, std::move(packed)});
    shrink();
}

bool Journal::over_limits() const {
    return tried_.entries.size() + untried_.entries.size() > limits_.entries ||
           tried_.bytes + untried_.bytes > limits_.bytes;
}

void Journal::shrink() {
    constexpr std::size_t kShare = 4;
    const auto is_older = [](const Part& a, const Part& b) {
        return b.entries.empty() ||
               (!a.entries.empty() && a.entries.front().number < b.entries.front().number);
    };
    while (over_limits()) {
        const std::size_t untried = untried_.entries.size();
        const bool flood = untried > 1 && (untried > limits_.entries / kShare ||
                                           untried_.bytes > limits_.bytes / kShare);
        (flood || is_older(untried_, tried_) ? untried_ : tried_).pop();
    }
}

template <class Matches>
std::vector<PackedEntry> Journal::newest(std::size_t limit, Matches matches) const {
    std::vector<PackedEntry> found;
    const std::lock_guard lock(mutex_);
    auto tried = tried_.entries.rbegin();
    auto untried = untried_.entries.rbegin();
    while (found.size() < limit) {
        const bool no_tried = tried == tried_.entries.rend();
        const bool no_untried = untried == untried_.entries.rend();
        if (no_tried && no_untried) break;
        const bool take_tried = no_untried || (!no_tried && tried->number > untried->number);
        const PackedEntry& packed = take_tried ? (tried++)->entry : (untried++)->entry;
        if (matches(journal_keys(packed.view()))) found.push_back(packed);
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
    return {limits_, tried_.entries.size() + untried_.entries.size(), tried_.bytes + untried_.bytes,
            recorded_};
}

}  // namespace errgate::telemetry
