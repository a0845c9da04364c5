// Counters by label key: one thread counts, any thread may read at the same time, nobody locks.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

namespace errgate::telemetry {

// An open-addressed table of 64-bit values under 63-bit keys. add() belongs to one thread and
// allocates only when a key is new and the table half full; for_each() is safe from any thread at
// any time and sees every value as it was at some moment since the call began.
//
// A grown table is published by its pointer and the outgrown one is kept: a reader may still be in
// it. Together the outgrown ones are never larger than the current one.
class CounterMap {
  public:
    CounterMap();
    ~CounterMap();
    CounterMap(const CounterMap&) = delete;
    CounterMap& operator=(const CounterMap&) = delete;

    // Owner thread only. `key` < 2^63. A new key starts at zero; `delta` may wrap, so a negative
    // one counts down.
    void add(std::uint64_t key, std::uint64_t delta) {
        Slot& slot = find_or_insert(key | kUsed);
        // One writer: load and store are enough, and cheaper than fetch_add.
        slot.value.store(slot.value.load(std::memory_order_relaxed) + delta,
                         std::memory_order_relaxed);
    }

    // Calls fn(key, value) for every key ever added, in no order.
    template <class Fn>
    void for_each(Fn&& fn) const {
        const Table& table = *current_.load(std::memory_order_acquire);
        for (std::size_t i = 0; i <= table.mask; ++i) {
            const Slot& slot = table.slots[i];
            const std::uint64_t key = slot.key.load(std::memory_order_acquire);
            if (key != 0) fn(key & ~kUsed, slot.value.load(std::memory_order_relaxed));
        }
    }

  private:
    static constexpr std::uint64_t kUsed = std::uint64_t{1}
                                           << 63;  // tells key 0 from an empty slot

    struct Slot {
        std::atomic<std::uint64_t> key{0};
        std::atomic<std::uint64_t> value{0};
    };
    struct Table {
        explicit Table(std::size_t size) : slots(new Slot[size]), mask(size - 1) {}
        Slot& probe(std::uint64_t used_key) const;
        std::unique_ptr<Slot[]> slots;
        std::size_t mask;
    };

    Slot& find_or_insert(std::uint64_t used_key) {
        Slot& slot = current_.load(std::memory_order_relaxed)->probe(used_key);
        if (slot.key.load(std::memory_order_relaxed) == used_key) return slot;
        return insert(used_key);
    }
    Slot& insert(std::uint64_t used_key);
    void grow();

    std::vector<std::unique_ptr<Table>> tables_;  // the last one is current
    std::atomic<Table*> current_;
    std::size_t size_ = 0;
};

// The slot that holds the key, or the empty one where it belongs. Never full, so this ends.
inline CounterMap::Slot& CounterMap::Table::probe(std::uint64_t used_key) const {
    const std::uint64_t hash = used_key * 0x9e3779b97f4a7c15ULL;  // Fibonacci hashing, Knuth 6.4
    for (std::size_t i = hash >> 32;; ++i) {
        Slot& slot = slots[i & mask];
        const std::uint64_t key = slot.key.load(std::memory_order_relaxed);
        if (key == used_key || key == 0) return slot;
    }
}

}  // namespace errgate::telemetry
