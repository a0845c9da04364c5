// Time as a value: the types every layer passes around instead of reading a clock.
#pragma once

#include <chrono>

namespace errgate::base {

using SteadyClock = std::chrono::steady_clock;
using TimePoint = SteadyClock::time_point;  // for deadlines and durations
using Duration = SteadyClock::duration;

using WallClock = std::chrono::system_clock;
using WallTime = WallClock::time_point;  // for what people read: logs, Date, request ids

using Millis = std::chrono::milliseconds;
using Micros = std::chrono::microseconds;

}  // namespace errgate::base
