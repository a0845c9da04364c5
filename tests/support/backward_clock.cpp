// Preloaded into a program, lets its wall clock run backwards: each look shows a second less. What
// counts with it instead of the steady clock goes wrong visibly.
#include <atomic>
#include <ctime>
#include <dlfcn.h>

extern "C" int clock_gettime(clockid_t which, timespec* now) noexcept {
    using Function = int (*)(clockid_t, timespec*);
    static const auto real = reinterpret_cast<Function>(::dlsym(RTLD_NEXT, "clock_gettime"));
    static std::atomic<long> looks{0};
    const int result = real(which, now);
    if (which == CLOCK_REALTIME) now->tv_sec -= ++looks;
    return result;
}
