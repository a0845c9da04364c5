#include "proxy/timer_wheel.hpp"

#include <time.h>

namespace errgate::proxy {

void Deadline::disarm() {
    if (!armed()) return;
    unlink();
    --wheel_->armed_;
}

void TimerWheel::start(const Executor& executor) {
    timer_.emplace(executor);
    tick_ = now_tick();
}

// The coarse clock moves every 4 ms (less than a tick) and costs 3 ns instead of 25.
std::uint64_t TimerWheel::now_tick() {
    timespec now{};
    clock_gettime(CLOCK_MONOTONIC_COARSE, &now);
    const auto milliseconds = static_cast<std::uint64_t>(now.tv_sec) * 1000 +
                              static_cast<std::uint64_t>(now.tv_nsec) / 1'000'000;
    return milliseconds / static_cast<std::uint64_t>(kTick.count());
}

void TimerWheel::arm(Deadline& deadline, base::Duration from_now, Deadline::Expire on_expire,
                     void* context) {
    deadline.disarm();
    if (!timer_) return;
    const auto ticks = from_now.count() <= 0 ? 0 : static_cast<std::uint64_t>(from_now / kTick);
    deadline.wheel_ = this;
    deadline.tick_ = now_tick() + ticks + 1;
    deadline.on_expire_ = on_expire;
    deadline.context_ = context;
    slots_[deadline.tick_ % kSlots].push_back(deadline);
    ++armed_;
    if (!ticking_) {
        tick_ = now_tick();
        schedule();
    }
}

void TimerWheel::schedule() {
    ticking_ = true;
    timer_->expires_after(kTick);
    timer_->async_wait([this](error_code error) {
        if (error || !timer_) return;
        advance();
        if (!timer_) return;
        if (armed_ > 0) {
            schedule();
        } else {
            ticking_ = false;
        }
    });
}

void TimerWheel::advance() {
    const std::uint64_t now = now_tick();
    // After a pause longer than a turn every slot is looked at once.
    if (now > tick_ + kSlots) tick_ = now - kSlots;
    while (tick_ < now) {
        ++tick_;
        expire(slots_[tick_ % kSlots]);
    }
}

// What is due moves to a list of its own first: a callback may arm or disarm any deadline, the
// next one in this slot too.
void TimerWheel::expire(Slot& slot) {
    Slot due;
    for (Deadline* deadline = slot.front(); deadline != nullptr;) {
        Deadline* next = slot.next(*deadline);
        if (deadline->tick_ <= tick_) due.push_back(*deadline);
        deadline = next;
    }
    while (Deadline* deadline = due.front()) {
        deadline->disarm();
        deadline->on_expire_(deadline->context_);
    }
}

void TimerWheel::stop() {
    timer_.reset();
    for (Slot& slot : slots_) {
        while (Deadline* deadline = slot.front())
            deadline->disarm();
    }
}

}  // namespace errgate::proxy
