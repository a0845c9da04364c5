// Request ids: which are adopted, and what ours look like.
#include "http/request_id.hpp"

#include <gtest/gtest.h>

#include <string>

namespace errgate::http {
namespace {

std::string mint(std::int64_t millis, std::uint64_t high, std::uint64_t low) {
    std::array<char, kMaxRequestId> buffer;
    return std::string(mint_request_id(buffer, base::WallTime{base::Millis(millis)}, high, low));
}

TEST(RequestId, is_a_ulid_behind_req) {
    EXPECT_EQ(mint(0, 0, 0), "req_00000000000000000000000000");
    // The timestamp of the ULID specification's example, 01ARZ3NDEKTSV4RRFFQ69G5FAV.
    EXPECT_EQ(mint(1469922850259, 0, 0).substr(0, 14), "req_01ARZ3NDEK");
    EXPECT_EQ(mint(0, ~0ull, ~0ull), "req_0000000000ZZZZZZZZZZZZZZZZ");
    EXPECT_EQ(mint(0, 1, 2), "req_00000000000000000100000002");
}

TEST(RequestId, sorts_by_time) {
    EXPECT_LT(mint(1700000000000, ~0ull, ~0ull), mint(1700000000001, 0, 0));
}

TEST(RequestId, accepts_its_own_form) {
    EXPECT_TRUE(is_request_id(mint(1700000000000, 123, 456)));
    EXPECT_TRUE(is_request_id("req_a-B_9z"));
    EXPECT_TRUE(is_request_id("req_" + std::string(64, 'a')));
}

TEST(RequestId, refuses_every_other_form) {
    for (const std::string& text :
         {std::string(), std::string("req_"), std::string("req_12345"),
          "req_" + std::string(65, 'a'), std::string("REQ_123456"), std::string("req-123456"),
          std::string("req_12345 "), std::string("req_12345\n"), std::string("req_12345/"),
          std::string("req_1234\xc3\xa4"), std::string("req_12345\0", 10),
          std::string("4bf92f35-77b3-4da6")}) {
        EXPECT_FALSE(is_request_id(text)) << text;
    }
}

}  // namespace
}  // namespace errgate::http
