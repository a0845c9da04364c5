// The last failures in memory, with every attempt: from a customer's request id to what the
// provider really said.
#pragma once

#include "telemetry/journal_entry.hpp"

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <mutex>
#include <optional>
#include <string_view>
#include <vector>

namespace errgate::telemetry {

struct JournalLimits {
    std::size_t entries = 1'000;          // 0: nothing is kept
    std::size_t bytes = 4 * 1024 * 1024;  // of memory, all entries together
    bool body_excerpt = false;            // keep the beginning of the provider's answer, redacted
};

struct JournalQuery {
    std::string_view code{}, upstream{}, route{};  // empty: any
    std::size_t limit = 100;
};

// When it is full the oldest entry goes. But of those that no attempt was made for (no route,
// refused, an open breaker), at most a quarter is kept then: they come in floods, tell little, and
// would push out what providers said.
//
// Any thread may call anything. The lock is held while keys are compared and pointers move, never
// while an entry is packed or unpacked, so a reader does not hold up a worker.
class Journal {
  public:
    void configure(const JournalLimits& limits);                       // what is over them goes
    void add(const ExchangeRecord& exchange, const PeerTexts& texts);  // of a failure
    bool keeps_bodies() const { return bodies_.load(std::memory_order_relaxed); }

    std::vector<JournalEntry> find(const JournalQuery& query) const;      // newest first
    std::optional<JournalEntry> find(std::string_view request_id) const;  // the newest with this id

    struct Stats {
        JournalLimits limits;
        std::size_t entries = 0, bytes = 0;
        std::uint64_t recorded = 0;  // since the start; what is not here any more was pushed out
    };
    Stats stats() const;

  private:
    struct Kept {
        std::uint64_t number;  // the higher, the newer
        PackedEntry entry;
        std::size_t weight() const;  // bytes of memory
    };
    struct Part {
        std::deque<Kept> entries;  // oldest first
        std::size_t bytes = 0;
        void push(Kept kept);
        void pop();
    };

    // With the mutex held:
    bool over_limits() const;
    void shrink();
    // The first `limit` that match by their keys, newest first.
    template <class Matches>
    std::vector<PackedEntry> newest(std::size_t limit, Matches matches) const;

    std::atomic<bool> active_{true};
    std::atomic<bool> bodies_{false};
    mutable std::mutex mutex_;
    JournalLimits limits_;
    Part tried_, untried_;  // whether an attempt was made
    std::uint64_t recorded_ = 0;
};

}  // namespace errgate::telemetry
