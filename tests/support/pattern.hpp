// A body that needs no memory: every byte follows from its position, so any loss or swap shows.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace errgate::test {

// `size` bytes as they stand from `offset` on.
std::string pattern(std::uint64_t offset, std::size_t size);

// Is `bytes` what stands at `offset`?
bool matches_pattern(std::uint64_t offset, std::string_view bytes);

}  // namespace errgate::test
