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
#include <set>
#include <thread>

namespace errgate::test {
namespace {

constexpr int kClients = 8;
constexpr double kMaxMemory = 256.0 * 1024 * 1024;  // sanitizers included

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
    std::mutex mutex;
    std::set<std::string> keyless_posts;
};

// One client: requests of all kinds over one connection, each read to its end.
void keep_asking(const Gateway& gateway, int number, std::chrono::steady_clock::time_point until,
                 Tally& tally) {
    Client client = gateway.client();
    for (int i = 0; std::chrono::steady_clock::now() < until; ++i) {
        const std::string operation = std::to_string(number) + "-" + std::to_string(i);
        const Fields fields = {{"X-Op", operation}};
        Response response;
        switch (i % 3) {
            case 0:
                response = client.get("/payments", fields);
                break;
            case 1:
                response = client.request("PUT", "/payments", fields, R"({"amount":1})");
                break;
            default: {
                const std::scoped_lock lock(tally.mutex);
                tally.keyless_posts.insert(operation);
            }
                response = client.post("/payments", R"({"amount":1})", fields);
        }
        ASSERT_TRUE(response.complete) << operation << ": " << response.error;
        ++tally.answers;
        if (response.status == 200) {
            ++tally.successes;
        } else {
            ASSERT_EQ(response.json().value("status", 0), response.status) << response.body;
        }
    }
}

class Soak : public testing::Test {
  protected:
    void SetUp() override {
        std::vector<std::thread> clients;
        const auto until = std::chrono::steady_clock::now() + soak_time();
        for (int i = 0; i < kClients; ++i) {
            clients.emplace_back([this, i, until] { keep_asking(gateway_, i, until, tally_); });
        }
        for (std::thread& client : clients)
            client.join();
    }

    ChaosUpstream upstream_{20261122};
    Gateway gateway_{bad_day(upstream_.port())};
    Tally tally_;
};

TEST_F(Soak, HoldsEveryPromiseAtOnce) {
    ASSERT_GT(tally_.answers, 0);
    EXPECT_GT(tally_.successes, 0);
    EXPECT_LT(tally_.successes, tally_.answers);

    // Never charged twice: each time but the last, the provider had said that nothing was done.
    for (const auto& [name, operation] : upstream_.operations()) {
        if (tally_.keyless_posts.contains(name)) {
            EXPECT_LE(operation.received, 1 + operation.not_applied) << name;
        }
        EXPECT_LE(operation.received, 3) << name;
    }

    // Every request has one answer, and every attempt is the first one or a retry.
    const double requests = gateway_.metric("errgate_requests_total");
    EXPECT_EQ(requests, tally_.answers);
    EXPECT_EQ(gateway_.metric("errgate_attempts_total"),
              requests + gateway_.metric("errgate_retries_total"));
    EXPECT_GT(gateway_.metric("errgate_retries_total"), 0);
    EXPECT_GT(gateway_.metric("errgate_retries_suppressed_total", {{"reason", "not_replay_safe"}}),
              0);

    // Nothing is left behind.
    EXPECT_EQ(gateway_.metric("errgate_in_flight_requests"), 0);
    EXPECT_EQ(gateway_.metric("errgate_upstream_connections", {{"state", "active"}}), 0);
    EXPECT_TRUE(gateway_.wait_for_metric("errgate_client_connections", {}, 0));
    EXPECT_LT(gateway_.metric("process_resident_memory_bytes"), kMaxMemory);
    EXPECT_LT(gateway_.metric("process_open_fds"), 64 + kClients * 2);

    // And it serves on.
    upstream_.recover();
    EXPECT_EQ(gateway_.client().get("/payments", {{"X-Op", "last"}}).status, 200);
}

}  // namespace
}  // namespace errgate::test
