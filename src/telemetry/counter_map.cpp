// Counters by label key: insertion and growth, off the hot path.
#include "telemetry/counter_map.hpp"

namespace errgate::telemetry {

namespace {

constexpr std::size_t kInitialSlots = 16;  // a power of two, as every size after it

}  // namespace

CounterMap::CounterMap() {
    tables_.push_back(std::make_unique<Table>(kInitialSlots));
    current_.store(tables_.back().get(), std::memory_order_release);
}

CounterMap::~CounterMap() = default;

CounterMap::Slot& CounterMap::insert(std::uint64_t used_key) {
    if (2 * (size_ + 1) > current_.load(std::memory_order_relaxed)->mask + 1) grow();
    Slot& slot = current_.load(std::memory_order_relaxed)->probe(used_key);
    slot.key.store(used_key, std::memory_order_release);
    ++size_;
    return slot;
}

void CounterMap::grow() {
    const Table& old = *tables_.back();
    auto bigger = std::make_unique<Table>(2 * (old.mask + 1));
    for (std::size_t i = 0; i <= old.mask; ++i) {
        const std::uint64_t key = old.slots[i].key.load(std::memory_order_relaxed);
        if (key == 0) continue;
        Slot& slot = bigger->probe(key);
        slot.value.store(old.slots[i].value.load(std::memory_order_relaxed),
                         std::memory_order_relaxed);
        slot.key.store(key, std::memory_order_relaxed);
    }
    tables_.push_back(std::move(bigger));
    current_.store(tables_.back().get(), std::memory_order_release);
}

}  // namespace errgate::telemetry
