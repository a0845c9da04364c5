// Very many connections that do next to nothing: memory and CPU stay bounded, whoever behaves is
// served meanwhile, and running out of descriptors is a pause and no end.
#include "support/envelope.hpp"
#include "support/fake_upstream.hpp"
#include "support/gateway.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <iostream>
#include <sys/resource.h>
#include <sys/socket.h>
#include <vector>

namespace errgate::test {
namespace {

constexpr std::string_view kHalfAHead = "GET / HTTP/1.1\r\nHost: a\r\nX: ";
// What one connection may cost at most while its head is read (README, "Memory"), with what the
// allocator and the sanitizers add.
constexpr double kWorstWhileReading = 2 * 128.0 * 1024;

// As many as this machine's hard limit on descriptors lets both processes have.
std::size_t possible(std::size_t wanted) {
    rlimit limit{};
    ::getrlimit(RLIMIT_NOFILE, &limit);
    limit.rlim_cur = limit.rlim_max;
    ::setrlimit(RLIMIT_NOFILE, &limit);
    constexpr std::size_t kOthers = 300;
    const std::size_t most = std::max<std::size_t>(limit.rlim_cur, 2 * kOthers) - kOthers;
    if (wanted > most) std::cout << "only " << most << " connections: `ulimit -Hn` is too low\n";
    return std::min(wanted, most);
}

// Connections to a gateway that nobody waits for one by one.
class Crowd {
  public:
    // In groups, each of which the gateway has to accept before the next one comes.
    void join(const Gateway& gateway, std::size_t count) {
        constexpr std::size_t kGroup = 1'000;
        while (sockets_.size() < count) {
            const std::size_t group = std::min(kGroup, count - sockets_.size());
            for (std::size_t i = 0; i < group; ++i)
                sockets_.push_back(Socket::connect_to(gateway.port()));
            ASSERT_TRUE(sockets_.back().open());
            ASSERT_TRUE(gateway.wait_for_metric("errgate_client_connections", {},
                                                static_cast<double>(sockets_.size())));
        }
    }
    void send(std::string_view bytes) {
        for (Socket& socket : sockets_)
            socket.write_all(bytes);
    }
    // Sends a byte on each that is still open, and takes what has come. Answers how many have got
    // something beginning with `answer` and then an end.
    std::size_t drip(std::string_view answer) {
        for (Socket& socket : sockets_) {
            if (!socket.open()) continue;
            std::string bytes;
            const auto status = socket.read_some(bytes, std::chrono::milliseconds(0));
            if (status == Socket::ReadStatus::timeout) {
                socket.write_all("a");
                continue;
            }
            if (bytes.starts_with(answer)) ++answered_;
            socket.close();
        }
        return answered_;
    }
    void leave() { sockets_.clear(); }

  private:
    std::vector<Socket> sockets_;
    std::size_t answered_ = 0;
};

RoutesSpec roomy(std::uint16_t port, const std::string& client) {
    RoutesSpec spec = single(port);
    spec.more = "limits: {connections: 20000}\nclient: {" + client + "}";
    return spec;
}

// A well-behaved client in the middle of it.
void expect_service(const Gateway& gateway, int times = 20) {
    Client client = gateway.client();
    for (int i = 0; i < times; ++i)
        EXPECT_EQ(client.post("/charge", "{}").body, "ok");
}

TEST(TenThousand, IdleThenHalfAHeadEach) {
    const std::size_t count = possible(10'000);
    FakeUpstream upstream;
    upstream.otherwise().reply(200, {}, "ok");
    Gateway gateway(roomy(upstream.port(), "header_timeout: 120s, keepalive_timeout: 120s"));
    constexpr int kRequests = 300;
    expect_service(gateway);
    double busy = gateway.cpu_seconds();
    expect_service(gateway, kRequests);
    const double alone = gateway.cpu_seconds() - busy;
    const double before = gateway.metric("process_resident_memory_bytes");
    Crowd crowd;
    crowd.join(gateway, count);
    expect_service(gateway);
    crowd.send(kHalfAHead);
    expect_service(gateway, 200);
    const double grown = gateway.metric("process_resident_memory_bytes") - before;
    const double each = grown / static_cast<double>(count);
    std::cout << count << " slow connections: " << each / 1024 << " KiB each\n";
    EXPECT_LT(each, kWorstWhileReading);
    busy = gateway.cpu_seconds();
    expect_service(gateway, kRequests);
    EXPECT_LT(gateway.cpu_seconds() - busy, 4 * alone + 0.1) << "who waits costs nothing";
    crowd.leave();
    EXPECT_TRUE(gateway.wait_for_metric("errgate_client_connections", {}, 0));
    expect_service(gateway);
}

TEST(OneThousand, SendingAByteNowAndThen) {
    const std::size_t count = possible(1'000);
    FakeUpstream upstream;
    upstream.otherwise().reply(200, {}, "ok");
    Gateway gateway(roomy(upstream.port(), "header_timeout: 2s"));
    Crowd crowd;
    crowd.join(gateway, count);
    crowd.send(kHalfAHead);
    const auto deadline = std::chrono::steady_clock::now() + kPatience;
    while (crowd.drip("HTTP/1.1 408 ") < count && std::chrono::steady_clock::now() < deadline)
        expect_service(gateway, 5);
    EXPECT_EQ(crowd.drip("HTTP/1.1 408 "), count) << "each is told that it took too long";
    for (const ReceivedRequest& request : upstream.requests())
        EXPECT_EQ(request.target, "/charge");
}

TEST(TooManyConnections, AreToldSo) {
    FakeUpstream upstream;
    upstream.otherwise().reply(200, {}, "ok");
    RoutesSpec spec = single(upstream.port());
    spec.more = "limits: {connections: 2}";
    Gateway gateway(spec);
    Client first = gateway.client();
    Client second = gateway.client();
    EXPECT_EQ(first.get("/").body, "ok");
    EXPECT_EQ(second.get("/").body, "ok");
    {
        Client third = gateway.client();
        const Response refused = third.post("/charge", "{}");
        EXPECT_ENVELOPE(refused, "gateway_overloaded", 503, "gateway", "not_applied", true);
        EXPECT_EQ(refused.field("Connection"), "close");
        EXPECT_TRUE(third.closed_by_peer());
    }
    second.socket().close();
    ASSERT_TRUE(gateway.wait_for_metric("errgate_client_connections", {}, 1));
    Client late = gateway.client();
    EXPECT_EQ(late.get("/").body, "ok");
}

// ------------------------------------------------------------ `ulimit -n 256`

class FewDescriptors : public testing::Test {
  protected:
    void SetUp() override {
        // It looks whether memory is readable by means of a pipe, and takes having none for proof.
        if (gateway_.is_mapped("libubsan"))
            GTEST_SKIP() << "UBSan's check of virtual tables needs descriptors itself";
        upstream_.otherwise().reply(200, {}, "ok");
        const rlimit few{256, 256};
        ::prlimit(gateway_.process().pid(), RLIMIT_NOFILE, &few, nullptr);
    }
    std::size_t pauses() {
        std::size_t count = 0;
        for (const std::string& line : gateway_.process().err().get())
            count += line.starts_with("errgate: accepting is paused") ? 1 : 0;
        return count;
    }

    FakeUpstream upstream_;
    static RoutesSpec without_breaker(std::uint16_t port) {
        RoutesSpec spec = single(port);
        spec.upstreams[0].more = "circuit_breaker: {enabled: false}";
        return spec;
    }
    Gateway gateway_{without_breaker(upstream_.port())};
};

TEST_F(FewDescriptors, PauseAcceptingAndNothingElse) {
    Client served = gateway_.client();
    EXPECT_EQ(served.post("/charge", "{}").body, "ok");
    std::vector<Socket> crowd;
    for (int i = 0; i < 400; ++i)
        crowd.push_back(Socket::connect_to(gateway_.port()));
    Lines& err = gateway_.process().err();
    ASSERT_TRUE(err.wait_for("errgate: accepting is paused: ").has_value());
    const auto begun = std::chrono::steady_clock::now();
    const double busy = gateway_.cpu_seconds();
    EXPECT_FALSE(err.wait_for("errgate: accepting goes on", std::chrono::seconds(1)).has_value());
    const double cost = gateway_.cpu_seconds() - busy;
    const std::chrono::duration<double> waited = std::chrono::steady_clock::now() - begun;
    EXPECT_LT(cost / waited.count(), 0.3) << "a loop that spins uses a whole core";
    EXPECT_EQ(served.post("/charge", "{}").body, "ok") << "who is in is served";

    crowd.clear();
    Client late = gateway_.client();
    EXPECT_EQ(late.post("/charge", "{}").body, "ok") << "accepting goes on";
    EXPECT_TRUE(gateway_.wait_for_metric("errgate_client_connections", {}, 2));

    const auto goes_on = [&] {
        return err.text().find("errgate: accepting goes on: it was paused, on and off, for ") !=
               std::string::npos;
    };
    const auto deadline = std::chrono::steady_clock::now() + kPatience;
    while (!goes_on() && std::chrono::steady_clock::now() < deadline)
        gateway_.client().get("/");
    EXPECT_TRUE(goes_on());
    EXPECT_EQ(pauses(), 1u) << "said once, however often it was tried";
}

// A request that cannot get a descriptor for the upstream was not sent, and says so.
TEST_F(FewDescriptors, RefuseARequestThatNeedsOneMore) {
    Client served = gateway_.client();
    ASSERT_TRUE(gateway_.wait_for_metric("errgate_client_connections", {}, 1));
    std::vector<Socket> crowd;
    for (int i = 0; i < 400; ++i)
        crowd.push_back(Socket::connect_to(gateway_.port()));
    ASSERT_TRUE(gateway_.process().err().wait_for("errgate: accepting is paused: ").has_value());
    EXPECT_ENVELOPE(served.post("/charge", "{}"), "upstream_unreachable", 502, "gateway",
                    "not_applied", true);
    EXPECT_EQ(upstream_.request_count(), 0u);
    crowd.clear();
    const auto deadline = std::chrono::steady_clock::now() + kPatience;
    while (served.post("/charge", "{}").status != 200 &&
           std::chrono::steady_clock::now() < deadline) {
    }
    EXPECT_EQ(served.post("/charge", "{}").body, "ok");
}

}  // namespace
}  // namespace errgate::test
