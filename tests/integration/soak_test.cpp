// Mixed traffic at a provider on a bad day: nobody is charged twice, everybody gets one answer,
// nothing leaks, and the counters add up.
//
// Runs for ERRGATE_SOAK_SECONDS (5 unless set).
#include "support/chaos_upstream.hpp"
#include "support/envelope.hpp"
#include "support/gateway.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <cstdlib>
#include <iostream>
#include <mutex>
#include <set>
#include <thread>

namespace errgate::test {
namespace {

constexpr int kClients = 8;
constexpr double kMaxGrowth = 32.0 * 1024 * 1024;

std::chrono::seconds soak_time() {
    const char* seconds = std::getenv("ERRGATE_SOAK_SECONDS");
    return std::chrono::seconds(seconds != nullptr ? std::atoi(seconds) : 5);
}

RoutesSpec bad_day(std::uint16_t port) {
    RoutesSpec spec = single(port, "kiotapay",
                             "retry: {attempts: 3, backoff: {base: 1ms, max: 5ms}}\n"
                             "timeouts: {connect: 200ms, attempt: 200ms, total: 3s, idle: 200ms}");
    spec.upstreams[0].more =
        "circuit_breaker: {enabled: false}\nretry_budget: {ratio: 0.5, min_per_second: 50}";
    return spec;
}

// What the clients saw, all of them together.
struct Tally {
    std::atomic<int> answers{0};
    std::atomic<int> successes{0};
    std::atomic<int> left{0};  // requests whose client did not wait
    std::mutex mutex;
    std::set<std::string> keyless_posts;
};

// One client: requests of all kinds over one connection, each read to its end.
class Asker {
  public:
    Asker(const Gateway& gateway, int number, Tally& tally)
        : gateway_(gateway), name_(std::to_string(number) + "-"), tally_(tally) {}

    void keep_asking(std::chrono::steady_clock::time_point until) {
        while (std::chrono::steady_clock::now() < until) {
            const std::string operation = name_ + std::to_string(count_++);
            if (count_ % 50 == 0) {
                leave_after_asking(operation);
            } else {
                check(operation, ask(operation));
            }
            if (testing::Test::HasFailure()) return;
        }
    }

  private:
    Response ask(const std::string& operation) {
        const Fields fields = {{"X-Op", operation}};
        switch (count_ % 3) {
            case 0:
                return client_.get("/payments", fields);
            case 1:
                return client_.request("PUT", "/payments", fields, kCharge);
            default:
                note_keyless_post(operation);
                return client_.post("/payments", kCharge, fields);
        }
    }

    // Exactly one answer, valid, and to this very question.
    void check(const std::string& operation, const Response& response) {
        ASSERT_TRUE(response.complete) << operation << ": " << response.error;
        ++tally_.answers;
        if (response.status == 200) {
            ++tally_.successes;
            ASSERT_EQ(response.body, R"({"op":")" + operation + "\"}");
        } else {
            ASSERT_EQ(response.json().value("status", 0), response.status) << response.body;
            ASSERT_EQ(response.json().value("request_id", ""), response.field("X-Request-Id"));
        }
    }

    void leave_after_asking(const std::string& operation) {
        note_keyless_post(operation);
        client_.send(format_request("POST", "/payments", {{"X-Op", operation}}, kCharge));
        ++tally_.left;
        client_ = gateway_.client();
    }

    void note_keyless_post(const std::string& operation) {
        const std::scoped_lock lock(tally_.mutex);
        tally_.keyless_posts.insert(operation);
    }

    static constexpr const char* kCharge = R"({"amount":1})";
    const Gateway& gateway_;
    const std::string name_;
    Tally& tally_;
    Client client_ = gateway_.client();
    int count_ = 0;
};

class Soak : public testing::Test {
  protected:
    void SetUp() override {
        descriptors_ = gateway_.metric("process_open_fds");
        const auto begun = std::chrono::steady_clock::now();
        std::vector<std::thread> clients;
        for (int i = 0; i < kClients; ++i) {
            clients.emplace_back([this, i, until = begun + soak_time()] {
                Asker(gateway_, i, tally_).keep_asking(until);
            });
        }
        // What every buffer and table needs has been allocated by then.
        EXPECT_TRUE(gateway_.client().socket().rest(soak_time() / 4));
        warm_memory_ = gateway_.metric("process_resident_memory_bytes");
        for (std::thread& client : clients)
            client.join();
        ASSERT_TRUE(gateway_.wait_for_metric("errgate_client_connections", {}, 0));
    }

    int received_in_all() {
        int sum = 0;
        for (const auto& [name, operation] : upstream_.operations())
            sum += operation.received;
        return sum;
    }

    ChaosUpstream upstream_{20261122};
    Gateway gateway_{bad_day(upstream_.port())};
    Tally tally_;
    double descriptors_ = 0, warm_memory_ = 0;
};

TEST_F(Soak, HoldsEveryPromiseAtOnce) {
    EXPECT_GT(tally_.successes, 0);
    EXPECT_LT(tally_.successes, tally_.answers);
    EXPECT_GT(tally_.left, 0);

    // Never charged twice: each time but the last, the provider had said that nothing was done.
    int repeated = 0;
    for (const auto& [name, operation] : upstream_.operations()) {
        EXPECT_LE(operation.received, 3) << name;
        if (!tally_.keyless_posts.contains(name)) continue;
        EXPECT_LE(operation.received, 1 + operation.not_applied) << name;
        repeated += operation.received - 1;
    }
    EXPECT_GT(repeated, 0);

    // Every request has one answer, and every attempt is the first one or a retry.
    const double requests = gateway_.metric("errgate_requests_total");
    const double attempts = gateway_.metric("errgate_attempts_total");
    const double retries = gateway_.metric("errgate_retries_total");
    EXPECT_EQ(requests, tally_.answers + tally_.left);
    EXPECT_EQ(attempts, requests + retries);
    EXPECT_LE(received_in_all(), attempts);
    EXPECT_GT(retries, 0);
    for (const char* reason : {"not_replay_safe", "attempts_exhausted"})
        EXPECT_GT(gateway_.metric("errgate_retries_suppressed_total", {{"reason", reason}}), 0)
            << reason;

    // Nothing is left behind.
    EXPECT_EQ(gateway_.metric("errgate_in_flight_requests"), 0);
    EXPECT_EQ(gateway_.metric("errgate_upstream_connections", {{"state", "active"}}), 0);
    const double idle = gateway_.metric("errgate_upstream_connections", {{"state", "idle"}});
    constexpr double kScrapes = 2;  // connections of the admin listener that are just ending
    EXPECT_LE(gateway_.metric("process_open_fds"), descriptors_ + idle + kScrapes);
    const double memory = gateway_.metric("process_resident_memory_bytes");
    EXPECT_LT(memory, warm_memory_ + kMaxGrowth);
    std::cout << tally_.answers << " answers, " << tally_.successes << " successes, " << tally_.left
              << " clients left, " << retries << " retries, " << repeated
              << " of them of charges without a key; memory " << warm_memory_ / 1e6 << " MB, then "
              << memory / 1e6 << " MB\n";

    // And it serves on.
    upstream_.recover();
    EXPECT_EQ(gateway_.client().get("/payments", {{"X-Op", "last"}}).status, 200);
}

}  // namespace
}  // namespace errgate::test
