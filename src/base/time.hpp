// Time as a value: the types every layer passes around instead of reading a clock.
#pragma once

#include <chrono>
#include <ctime>

namespace errgate::base {

using SteadyClock = std::chrono::steady_clock;
using TimePoint = SteadyClock::time_point;  // for deadlines and durations
using Duration = SteadyClock::duration;

using WallClock = std::chrono::system_clock;
using WallTime = WallClock::time_point;  // for what people read: logs, Date, request ids

// The wall clock as of the kernel's last tick (4 ms at most): a fifth of the cost of now().
inline WallTime coarse_wall_time() {
    timespec time{};
    ::clock_gettime(CLOCK_REALTIME_COARSE, &time);
    const auto since_epoch =
        std::chrono::seconds(time.tv_sec) + std::chrono::nanoseconds(time.tv_nsec);
    return WallTime(std::chrono::duration_cast<WallClock::duration>(since_epoch));
}

using Millis = std::chrono::milliseconds;
using Micros = std::chrono::microseconds;

}  // namespace errgate::base
