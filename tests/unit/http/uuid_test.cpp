// UUIDs: their form, and that every random bit counts.
#include "http/uuid.hpp"

#include <gtest/gtest.h>

#include <set>
#include <string>

namespace errgate::http {
namespace {

std::string uuid(std::uint64_t high, std::uint64_t low) {
    std::array<char, kUuidSize> store;
    return std::string(write_uuid(store, high, low));
}

TEST(Uuid, is_version_4_of_RFC_9562) {
    // The example of appendix A.3, 919108f7-52d1-4320-9bac-f847db4148a8.
    EXPECT_EQ(uuid(0x919108f752d14320, 0x9bacf847db4148a8), "919108f7-52d1-4320-9bac-f847db4148a8");
    EXPECT_EQ(uuid(0, 0), "00000000-0000-4000-8000-000000000000");
    EXPECT_EQ(uuid(~0ull, ~0ull), "ffffffff-ffff-4fff-bfff-ffffffffffff");
}

TEST(Uuid, keeps_every_other_bit) {
    std::set<std::string> different;
    for (int bit = 0; bit < 64; ++bit) {
        different.insert(uuid(1ull << bit, 0));
        different.insert(uuid(0, 1ull << bit));
    }
    // The six bits of version and variant make no difference, so one of the 123 is uuid(0, 0).
    EXPECT_EQ(different.size(), 122u + 1u);
}

}  // namespace
}  // namespace errgate::http
