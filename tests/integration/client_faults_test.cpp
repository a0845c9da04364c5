// Clients that vanish, in every phase of an exchange: the upstream gets each request at most once
// and never half a one that looks whole, there is one line in the log, and nothing stays behind.
#include "support/fake_upstream.hpp"
#include "support/gateway.hpp"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <string>

namespace errgate::test {
namespace {

class VanishingClient : public testing::Test {
  protected:
    // After each: one exchange is in the log, and everything it used is free again.
    void TearDown() override {
        EXPECT_TRUE(gateway_.wait_for_metric("errgate_client_connections", {}, 0));
        EXPECT_TRUE(gateway_.wait_for_metric("errgate_in_flight_requests", {}, 0));
        EXPECT_TRUE(
            gateway_.wait_for_metric("errgate_upstream_connections", {{"state", "active"}}, 0));
        EXPECT_EQ(gateway_.access_log(1).size(), 1u);
        upstream_.expect("GET", "/next").reply(200, {}, "next");
        Client next = gateway_.client();
        EXPECT_EQ(next.get("/next").body, "next");
    }
    nlohmann::json line() { return gateway_.log_line(0); }
    std::size_t complete_requests() const {
        std::size_t complete = 0;
        for (const ReceivedRequest& request : upstream_.requests())
            complete += request.complete ? 1 : 0;
        return complete;
    }

    FakeUpstream upstream_;
    Gateway gateway_{single(upstream_.port())};
    Client client_ = gateway_.client();
};

TEST_F(VanishingClient, InTheMiddleOfTheHead) {
    client_.send("POST /charge HTTP/1.1\r\nHost: a\r\nContent-Le");
    ASSERT_TRUE(gateway_.wait_for_metric("errgate_client_connections", {}, 1));
    client_.socket().reset();
    EXPECT_EQ(line()["code"], "request_canceled");
    EXPECT_EQ(upstream_.connection_count(), 0u);
}

TEST_F(VanishingClient, InTheMiddleOfABodyThatIsBuffered) {
    client_.send("POST /charge HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\nhello");
    ASSERT_TRUE(gateway_.wait_for_metric("errgate_in_flight_requests", {}, 1));
    client_.socket().reset();
    EXPECT_EQ(line()["code"], "request_canceled");
    EXPECT_EQ(upstream_.connection_count(), 0u) << "not a byte of it left";
}

TEST_F(VanishingClient, InTheMiddleOfABodyThatStreams) {
    upstream_.expect("POST", "/import").reply(200);
    client_.send("POST /import HTTP/1.1\r\nHost: a\r\nContent-Length: 4000000\r\n\r\n" +
                 std::string(1'500'000, 'x'));
    ASSERT_TRUE(upstream_.wait_for_bytes(0, 1'000'000));
    client_.socket().reset();
    EXPECT_TRUE(upstream_.wait_for_closed(0)) << "cut off, so that it cannot look whole";
    EXPECT_EQ(line()["code"], "request_canceled");
    EXPECT_EQ(complete_requests(), 0u);
}

TEST_F(VanishingClient, WhileItsGetIsWaitedFor) {
    upstream_.expect("GET", "/balance").stay_silent();
    client_.send(format_request("GET", "/balance"));
    ASSERT_TRUE(upstream_.wait_for_requests(1));
    client_.socket().reset();
    EXPECT_EQ(line()["code"], "request_canceled");
    EXPECT_TRUE(upstream_.wait_for_closed(0));
    EXPECT_EQ(upstream_.request_count(), 1u) << "nothing is repeated for nobody";
}

TEST_F(VanishingClient, WhileItsPostIsWaitedFor) {
    Gate answer;
    upstream_.expect("POST", "/charge").wait(answer).reply(201, {}, "charged");
    client_.send(format_request("POST", "/charge", {}, "{}"));
    ASSERT_TRUE(upstream_.wait_for_requests(1));
    client_.socket().reset();
    answer.open();
    const nlohmann::json entry = line();
    ASSERT_EQ(entry["attempts"].size(), 1u);
    EXPECT_EQ(entry["attempts"][0]["status"], 201) << "what became of the charge is known";
    EXPECT_EQ(upstream_.request_count(), 1u);
}

TEST_F(VanishingClient, InTheMiddleOfTheUpstreamsHead) {
    Gate more;
    upstream_.expect("POST", "/charge")
        .send("HTTP/1.1 201 Created\r\nContent-Le")
        .wait(more)
        .send("ngth: 7\r\n\r\ncharged");
    client_.send(format_request("POST", "/charge", {}, "{}"));
    ASSERT_TRUE(upstream_.wait_for_requests(1));
    client_.socket().reset();
    more.open();
    EXPECT_EQ(line()["attempts"][0]["status"], 201);
    EXPECT_EQ(upstream_.request_count(), 1u);
}

TEST_F(VanishingClient, InTheMiddleOfTheResponseBody) {
    upstream_.expect("GET", "/export")
        .send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
        .send_forever("5\r\nhello\r\n");
    client_.send(format_request("GET", "/export"));
    ASSERT_TRUE(client_.wait_for_head());
    client_.socket().reset();
    EXPECT_EQ(line()["status"], 200);
    EXPECT_TRUE(upstream_.wait_for_closed(0)) << "what is half read is not used again";
}

}  // namespace
}  // namespace errgate::test
