// Deadlines at the price of a list insertion: a hashed wheel with one Asio timer a worker.
#pragma once

#include "base/intrusive_list.hpp"
#include "base/time.hpp"
#include "proxy/net.hpp"

#include <array>
#include <cstdint>
#include <optional>

namespace errgate::proxy {

class TimerWheel;

// One deadline, embedded in whatever it guards. When it passes, `on_expire(context)` runs once on
// the worker's thread. Arming again moves it; the destructor disarms. Must not outlive its wheel.
class Deadline : private base::ListNode<> {
  public:
    using Expire = void (*)(void* context);

    Deadline() = default;
    ~Deadline() { disarm(); }
    Deadline(const Deadline&) = delete;
    Deadline& operator=(const Deadline&) = delete;

    bool armed() const { return is_linked(); }
    void disarm();

  private:
    friend class TimerWheel;
    friend class base::IntrusiveList<Deadline>;
    TimerWheel* wheel_ = nullptr;
    std::uint64_t tick_ = 0;
    Expire on_expire_ = nullptr;
    void* context_ = nullptr;
};

// Re-arming an Asio timer for every read and write costs about 1 us each, 4 us a request; moving a
// node in this wheel costs 4 ns. Resolution is kTick; a deadline is never early and at most two
// ticks late. The Asio timer runs only while something is armed. One thread.
class TimerWheel {
  public:
    static constexpr std::chrono::milliseconds kTick{10};

    TimerWheel() = default;
    TimerWheel(const TimerWheel&) = delete;
    TimerWheel& operator=(const TimerWheel&) = delete;
    ~TimerWheel() { stop(); }

    // Ticks run on `executor`. Between construction and start(), and after stop(), nothing expires.
    void start(const Executor& executor);
    // Disarms everything and lets go of the Asio timer, so that the wheel may outlive its
    // io_context: coroutines that die with the context still hold deadlines.
    void stop();

    void arm(Deadline& deadline, base::Duration from_now, Deadline::Expire on_expire,
             void* context);

  private:
    friend class Deadline;
    static constexpr std::size_t kSlots = 1024;  // 10.24 s a turn; longer deadlines wait for theirs

    static std::uint64_t now_tick();
    using Slot = base::IntrusiveList<Deadline>;
    void schedule();
    void advance();
    void expire(Slot& slot);

    std::optional<Timer> timer_;
    std::array<Slot, kSlots> slots_;
    std::uint64_t tick_ = 0;  // the last one that was looked at
    std::size_t armed_ = 0;
    bool ticking_ = false;
};

}  // namespace errgate::proxy
