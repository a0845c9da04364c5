// W3C Trace Context: which traces are continued, and what is sent on.
#include "http/trace_context.hpp"

#include <gtest/gtest.h>

#include <array>
#include <string>
#include <string_view>

namespace errgate::http {
namespace {

constexpr std::string_view kValid = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";

TEST(TraceParent, is_taken_apart) {
    const TraceParent parent = parse_traceparent(kValid);
    EXPECT_TRUE(parent.valid);
    EXPECT_EQ(parent.trace_id, "4bf92f3577b34da6a3ce929d0e0e4736");
    EXPECT_EQ(parent.flags, "01");
}

// Section 3.2.2.4: a later version is read by its first 55 characters.
TEST(TraceParent, of_a_later_version_is_read_as_far_as_known) {
    const std::string later = "cc" + std::string(kValid.substr(2));
    EXPECT_TRUE(parse_traceparent(later).valid);
    EXPECT_TRUE(parse_traceparent(later + "-what-else").valid);
    EXPECT_FALSE(parse_traceparent(later + "x").valid);
}

TEST(TraceParent, is_ignored_when_malformed) {
    const std::string good(kValid);
    const auto with = [&](std::size_t at, std::string_view text) {
        return std::string(good).replace(at, text.size(), text);
    };
    const std::string cases[] = {
        "",
        good.substr(0, 54),
        good + "-x",
        with(0, "ff"),
        with(0, "0G"),
        with(2, "_"),
        with(3, "4BF9"),
        with(3, std::string(32, '0')),
        with(36, std::string(16, '0')),
        with(53, "0x"),
    };
    for (const std::string& text : cases) {
        EXPECT_FALSE(parse_traceparent(text).valid) << text;
    }
}

std::string_view write(std::array<char, kTraceparentSize>& out, std::string_view trace_id,
                       std::uint64_t parent_id) {
    write_traceparent(out, trace_id, parent_id, "01");
    return {out.data(), out.size()};
}

TEST(TraceParent, is_written_with_a_new_parent) {
    std::array<char, kTraceparentSize> out;
    const std::string_view first = write(out, "4bf92f3577b34da6a3ce929d0e0e4736", 0xabcd1);
    EXPECT_EQ(first, "00-4bf92f3577b34da6a3ce929d0e0e4736-00000000000abcd1-01");
    // The next attempt takes the trace id from the field it overwrites.
    EXPECT_EQ(write(out, first.substr(3, 32), 0xef1),
              "00-4bf92f3577b34da6a3ce929d0e0e4736-0000000000000ef1-01");
}

TEST(TraceParent, that_we_begin_is_valid_even_when_all_bits_are_zero) {
    const std::array<char, 32> id = make_trace_id(0, 0);
    std::array<char, kTraceparentSize> out;
    EXPECT_TRUE(parse_traceparent(write(out, {id.data(), id.size()}, 0)).valid);
}

}  // namespace
}  // namespace errgate::http
