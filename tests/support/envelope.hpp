// Is this response a normalized failure in every detail the contract promises?
#pragma once

#include "support/client.hpp"

#include <gtest/gtest.h>

#include <string>
#include <string_view>

namespace errgate::test {

struct ExpectedEnvelope {
    std::string_view code;
    int status;
    std::string_view origin;   // "upstream" or "gateway"
    std::string_view outcome;  // "not_applied" or "unknown"
    bool retryable;
};

// Status line, header fields, members, and that they agree with each other.
testing::AssertionResult is_envelope(const Response& response, const ExpectedEnvelope& expected);
// The answer to a HEAD: the same fields, no body.
testing::AssertionResult is_head_envelope(const Response& response,
                                          const ExpectedEnvelope& expected);

}  // namespace errgate::test

#define EXPECT_ENVELOPE(response, ...) \
    EXPECT_TRUE(                       \
        ::errgate::test::is_envelope(response, ::errgate::test::ExpectedEnvelope{__VA_ARGS__}))
#define ASSERT_ENVELOPE(response, ...) \
    ASSERT_TRUE(                       \
        ::errgate::test::is_envelope(response, ::errgate::test::ExpectedEnvelope{__VA_ARGS__}))
