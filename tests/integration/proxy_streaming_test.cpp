// Bodies far larger than any buffer pass byte for byte in bounded memory.
#include "support/fake_upstream.hpp"
#include "support/gateway.hpp"
#include "support/pattern.hpp"

#include <gtest/gtest.h>

#include <cstdlib>
#include <thread>

namespace errgate::test {
namespace {

constexpr std::uint64_t kMiB = 1024 * 1024;
constexpr std::size_t kPiece = 256 * 1024;

// 64 MiB; ERRGATE_TEST_STREAM_BYTES=1073741824 for a long run.
std::uint64_t stream_size() {
    const char* wanted = std::getenv("ERRGATE_TEST_STREAM_BYTES");
    return wanted ? std::strtoull(wanted, nullptr, 10) : 64 * kMiB;
}

// What the process may grow by while a body of any size passes. Sanitizers keep freed memory.
#ifdef __SANITIZE_ADDRESS__
constexpr std::uint64_t kGrowth = 128 * kMiB;
#else
constexpr std::uint64_t kGrowth = 8 * kMiB;
#endif

class Streaming : public testing::Test {
  protected:
    Streaming() {
        upstream_.expect("GET", "/warm-up").reply(200);
        client_.get("/warm-up");
        upstream_.discard_bodies();
        memory_before_ = gateway_.peak_memory();
    }
    ~Streaming() override { EXPECT_LT(gateway_.peak_memory() - memory_before_, kGrowth); }

    Response read_pattern() {
        ReadOptions options;
        options.pattern_body = true;
        return client_.read(options);
    }

    FakeUpstream upstream_;
    Gateway gateway_{single(upstream_.port())};
    Client client_ = gateway_.client();
    std::uint64_t memory_before_ = 0;
};

TEST_F(Streaming, DownWithLength) {
    const std::uint64_t size = stream_size();
    upstream_.expect("GET", "/export")
        .send("HTTP/1.1 200 OK\r\nContent-Length: " + std::to_string(size) + "\r\n\r\n")
        .send_pattern(size);
    client_.send(format_request("GET", "/export"));
    const Response response = read_pattern();
    EXPECT_TRUE(response.complete) << response.error;
    EXPECT_EQ(response.body_size, size);
}

TEST_F(Streaming, DownInChunks) {
    const std::uint64_t size = stream_size();
    upstream_.expect("GET", "/export")
        .send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
        .send_pattern_chunks(size, 99'991);
    client_.send(format_request("GET", "/export"));
    const Response response = read_pattern();
    EXPECT_TRUE(response.complete) << response.error;
    EXPECT_EQ(response.body_size, size);
}

TEST_F(Streaming, DownToAClientThatDoesNotReadForAWhile) {
    const std::uint64_t size = stream_size();
    upstream_.expect("GET", "/export")
        .send("HTTP/1.1 200 OK\r\nContent-Length: " + std::to_string(size) + "\r\n\r\n")
        .send_pattern(size);
    client_.send(format_request("GET", "/export"));
    ASSERT_TRUE(client_.wait_for_head());
    upstream_.expect("GET", "/other").reply(200, {}, "other");
    Client other = gateway_.client();  // the stalled one holds nobody up
    EXPECT_EQ(other.get("/other").body, "other");
    EXPECT_EQ(read_pattern().body_size, size);
}

TEST_F(Streaming, UpWithLength) {
    const std::uint64_t size = stream_size();
    upstream_.expect("POST", "/import").reply(201, {}, "stored");
    client_.send(format_request("POST", "/import", {{"Content-Length", std::to_string(size)}}));
    for (std::uint64_t at = 0; at < size; at += kPiece)
        ASSERT_TRUE(client_.send(pattern(at, std::min<std::uint64_t>(kPiece, size - at))));
    const Response response = client_.read();
    EXPECT_EQ(response.status, 201);
    EXPECT_EQ(upstream_.last_request().body_size, size);
}

TEST_F(Streaming, UpInChunks) {
    const std::uint64_t size = stream_size();
    upstream_.expect("POST", "/import").reply(201, {}, "stored");
    client_.send(format_request("POST", "/import", {{"Transfer-Encoding", "chunked"}}));
    for (std::uint64_t at = 0; at < size; at += kPiece)
        ASSERT_TRUE(client_.send("40000\r\n" + pattern(at, kPiece) + "\r\n"));
    ASSERT_TRUE(client_.send("0\r\n\r\n"));
    const Response response = client_.read();
    EXPECT_EQ(response.status, 201);
    EXPECT_EQ(upstream_.last_request().body_size, size);
}

TEST_F(Streaming, BothWaysAfterOneAnotherOnOneConnection) {
    upstream_.expect("POST", "/import").reply(201);
    upstream_.expect("GET", "/export")
        .send("HTTP/1.1 200 OK\r\nContent-Length: 1048576\r\n\r\n")
        .send_pattern(kMiB);
    EXPECT_EQ(client_.post("/import", pattern(0, kMiB)).status, 201);
    client_.send(format_request("GET", "/export"));
    EXPECT_EQ(read_pattern().body_size, kMiB);
    EXPECT_EQ(upstream_.connection_count(), 1u);
}

}  // namespace
}  // namespace errgate::test
