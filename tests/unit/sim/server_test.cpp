#include "sim/server.hpp"

#include "sim/client.hpp"

#include <gtest/gtest.h>

namespace errgate::sim {
namespace {

class SimServer : public testing::Test {
  protected:
    void SetUp() override { ASSERT_EQ(server_.listen(), ""); }
    ClientResponse get(const std::string& target, const std::string& method = "GET") const {
        return fetch(server_.port(), {method, target, {}, ""});
    }
    Server server_{*find_provider("kineticpay")};
};

TEST_F(SimServer, TakesAFreePort) {
    EXPECT_NE(server_.port(), 0);
}

TEST_F(SimServer, AnswersASuccess) {
    const ClientResponse got = get("/bills/31");
    EXPECT_EQ(got.error, "");
    EXPECT_EQ(got.status, 200);
    EXPECT_EQ(got.field("content-type"), "application/json");
    EXPECT_EQ(got.body, R"({"id":"bill_31","state":"paid"})");
}

TEST_F(SimServer, AnswersAFailureWithItsFields) {
    const ClientResponse got = get("/bills/429?page=2");
    EXPECT_EQ(got.status, 429);
    EXPECT_EQ(got.field("RETRY-AFTER"), "12");
    EXPECT_EQ(got.field("Content-Length"), "0");
}

TEST_F(SimServer, SendsNoBodyToHead) {
    const ClientResponse got = get("/bills/31", "HEAD");
    EXPECT_EQ(got.error, "");
    EXPECT_EQ(got.status, 200);
    EXPECT_EQ(got.body, "");
}

TEST_F(SimServer, ReadsTheRequestBody) {
    const ClientResponse got = fetch(server_.port(), {"POST", "/bills", {}, R"({"amount":1})"});
    EXPECT_EQ(got.status, 200);
}

TEST_F(SimServer, ClosesWithoutAnAnswer) {
    const ClientResponse got = get("/no_answer");
    EXPECT_EQ(got.status, 0);
    EXPECT_NE(got.error.find("read: "), std::string::npos);
}

TEST_F(SimServer, BreaksOffHalfWay) {
    const ClientResponse got = get("/cut_short");
    EXPECT_EQ(got.status, 0);
    EXPECT_EQ(got.error, "read: partial message");
}

TEST_F(SimServer, SaysWhenThePortIsTaken) {
    Server second(*find_provider("kira"));
    const std::string error = second.listen(server_.port());
    EXPECT_EQ(error, "cannot listen on 127.0.0.1:" + std::to_string(server_.port()) +
                         ": Address already in use");
}

TEST_F(SimServer, StopsTwiceWithoutHarm) {
    server_.stop();
    server_.stop();
    EXPECT_NE(get("/bills/31").error, "");
}

TEST(SimClient, SaysThatNobodyListens) {
    std::uint16_t port = 0;
    {
        Server server(*find_provider("kira"));
        ASSERT_EQ(server.listen(), "");
        port = server.port();
    }
    const ClientResponse got = fetch(port, {});
    EXPECT_EQ(got.error, "connect: Connection refused");
}

}  // namespace
}  // namespace errgate::sim
