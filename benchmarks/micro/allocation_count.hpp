// Counts every call of operator new in the process, for benchmarks that promise to make none.
#pragma once

#include <cstdint>

namespace errgate::benchmarks {

std::uint64_t allocations();  // since the start, all threads

}  // namespace errgate::benchmarks
