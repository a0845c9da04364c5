// What breaks around a gateway that serves: the upstream, the log, the clock, the process's own
// end. Each time nothing is lost and nothing is done twice.
#include "support/envelope.hpp"
#include "support/fake_upstream.hpp"
#include "support/gateway.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <atomic>
#include <condition_variable>
#include <csignal>
#include <cstdlib>
#include <fcntl.h>
#include <fstream>
#include <map>
#include <mutex>
#include <set>
#include <stdexcept>
#include <sys/stat.h>
#include <thread>
#include <unistd.h>

namespace errgate::test {
namespace {

using testing::HasSubstr;

// Something that happens in one thread and is waited for in another.
class Count {
  public:
    void add() {
        const std::scoped_lock lock(mutex_);
        ++count_;
        changed_.notify_all();
    }
    std::size_t get() const {
        const std::scoped_lock lock(mutex_);
        return count_;
    }
    bool wait_for(std::size_t count) {
        std::unique_lock lock(mutex_);
        return changed_.wait_for(lock, kPatience, [&] { return count_ >= count; });
    }

  private:
    mutable std::mutex mutex_;
    std::condition_variable changed_;
    std::size_t count_ = 0;
};

// ------------------------------------------------------------ kill -9

// The recording upstream in its several lives, and what it was asked in all of them.
class MortalUpstream {
  public:
    // Not a port of those that outgoing connections get: one of the gateway's own, made while
    // nobody listens, could take it.
    MortalUpstream() : file_(dir_.path("operations")) {
        for (port_ = static_cast<std::uint16_t>(20'000 + ::getpid() % 10'000); !start(); ++port_)
            if (port_ == 32'000) throw std::runtime_error("no port is free");
    }

    std::uint16_t port() const { return port_; }
    bool start() {
        process_ = std::make_unique<Process>(
            std::vector<std::string>{ERRGATE_RECORDING_UPSTREAM, std::to_string(port_), file_});
        return process_->err().wait_for("listening").has_value();
    }
    void kill() {
        process_->signal(SIGKILL);
        EXPECT_EQ(process_->wait(), 128 + SIGKILL);
    }
    std::map<std::string, int> operations() const {
        std::map<std::string, int> counts;
        std::ifstream lines(file_);
        for (std::string line; std::getline(lines, line);)
            ++counts[line];
        return counts;
    }

  private:
    TempDir dir_;
    std::string file_;
    std::uint16_t port_ = 0;
    std::unique_ptr<Process> process_;
};

// What one client was told of one operation.
struct Told {
    bool replay_safe = false;
    int status = 0;
    std::string outcome;
};

class KilledUpstream : public testing::Test {
  protected:
    static RoutesSpec impatient(std::uint16_t port) {
        RoutesSpec spec = single(port, "generic",
                                 "retry: {attempts: 3, backoff: {base: 1ms, max: 5ms}}\n"
                                 "timeouts: {connect: 1s, attempt: 5s, total: 10s}");
        spec.upstreams[0].more =
            "circuit_breaker: {enabled: false}\nretry_budget: {ratio: 1, min_per_second: 1000}";
        return spec;
    }

    void keep_asking(int number) {
        Client client = gateway_.client();
        for (int i = 0; !stop_; ++i) {
            const bool safe = i % 2 == 0;
            const std::string operation = std::to_string(number) + "-" + std::to_string(i);
            const Response response =
                client.request(safe ? "PUT" : "POST", "/pay", {{"X-Op", operation}}, "{}");
            const std::scoped_lock lock(mutex_);
            EXPECT_TRUE(response.complete) << operation << ": " << response.error;
            if (!response.complete) return;
            if (response.status == 200) {
                EXPECT_EQ(response.body, operation + "\n");
            }
            (response.status == 200 ? successes_ : failures_).add();
            told_[operation] = {safe, response.status, response.field("Errgate-Outcome")};
        }
    }

    MortalUpstream upstream_;
    Gateway gateway_{impatient(upstream_.port())};
    std::atomic<bool> stop_{false};
    Count successes_, failures_;
    std::mutex mutex_;
    std::map<std::string, Told> told_;
};

TEST_F(KilledUpstream, UnderLoadNothingIsLostOrDoneTwice) {
    std::vector<std::thread> clients;
    for (int i = 0; i < 4; ++i)
        clients.emplace_back([this, i] { keep_asking(i); });
    for (int life = 0; life < 4; ++life) {
        EXPECT_TRUE(successes_.wait_for(successes_.get() + 50));
        const std::size_t failed = failures_.get();
        upstream_.kill();
        EXPECT_TRUE(failures_.wait_for(failed + 10));
        EXPECT_TRUE(upstream_.start());
    }
    EXPECT_TRUE(successes_.wait_for(successes_.get() + 50)) << "it serves on";
    stop_ = true;
    for (std::thread& client : clients)
        client.join();

    const std::map<std::string, int> done = upstream_.operations();
    for (const auto& [operation, told] : told_) {
        const auto found = done.find(operation);
        const int times = found == done.end() ? 0 : found->second;
        if (!told.replay_safe) {
            EXPECT_LE(times, 1) << operation << " was done twice";
        }
        if (told.status == 200) {
            EXPECT_GE(times, 1) << operation;
        }
        if (told.outcome == "not_applied") {
            EXPECT_EQ(times, 0) << operation;
        }
    }
    for (const auto& [operation, times] : done)
        EXPECT_TRUE(told_.contains(operation)) << operation << " was not asked for";
    EXPECT_EQ(gateway_.metric("errgate_in_flight_requests"), 0);
}

// ------------------------------------------------------------ half-open

// The peer of a pooled connection is gone without a word: no FIN, no RST, no answer.
TEST(HalfOpen, AReusedConnectionThatIsSilentIsGivenUp) {
    FakeUpstream upstream;
    RoutesSpec spec = single(upstream.port(), "license_pos",
                             "retry: {attempts: 2, backoff: {base: 1ms, max: 1ms}}\n"
                             "timeouts: {connect: 300ms, attempt: 300ms}");
    Gateway gateway(spec);
    upstream.expect("GET", "/1").reply(200, {}, "one");
    upstream.expect("GET", "/2").stay_silent();
    upstream.expect("GET", "/2").reply(200, {}, "two");
    upstream.expect("POST", "/3").stay_silent();
    Client client = gateway.client();
    EXPECT_EQ(client.get("/1").body, "one");
    EXPECT_EQ(client.get("/2").body, "two") << "safe to send again, on a new connection";
    EXPECT_ENVELOPE(client.post("/3", "{}"), "timeout", 504, "gateway", "unknown", false);
    EXPECT_EQ(upstream.request_count(), 4u) << "and the POST was sent once";
    EXPECT_TRUE(upstream.wait_for_closed(0));
    EXPECT_TRUE(upstream.wait_for_closed(1));
}

// ------------------------------------------------------------ the access log

class Log : public testing::Test {
  protected:
    RoutesSpec logging_to(const std::string& path) const {
        RoutesSpec spec = single(upstream_.port());
        spec.more = "access_log: {path: \"" + path + "\"}";
        return spec;
    }

    FakeUpstream upstream_;
    TempDir dir_;
};

TEST_F(Log, AFullDiskCostsLinesAndNothingElse) {
    upstream_.otherwise().reply(200, {}, "ok");
    Gateway gateway(logging_to("/dev/full"));
    Client client = gateway.client();
    for (int i = 0; i < 20; ++i)
        EXPECT_EQ(client.post("/charge", "{}").body, "ok");
    EXPECT_TRUE(gateway.wait_for_metric("errgate_access_log_dropped_total", {}, 20));
    EXPECT_EQ(upstream_.request_count(), 20u);
    EXPECT_THAT(gateway.process().err().wait_for("errgate: access log: ").value_or(""),
                HasSubstr("No space left on device"));
}

TEST_F(Log, AReaderThatStopsReadingHoldsNobodyUp) {
    upstream_.otherwise().reply(200, {}, "ok");
    const std::string fifo = dir_.path("log");
    ASSERT_EQ(::mkfifo(fifo.c_str(), 0600), 0);
    const int reader = ::open(fifo.c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC);
    ASSERT_GE(reader, 0);
    ::fcntl(reader, F_SETPIPE_SZ, 4096);
    Gateway gateway(logging_to(fifo));
    // Lines of some 3 KB fill the pipe and then the queue.
    const std::string target = "/" + std::string(2'500, 'a');
    int sent = 0;
    while (gateway.metric("errgate_access_log_dropped_total") == 0 && sent < 20'000) {
        Client client = gateway.client();
        for (int i = 0; i < 200; ++i, ++sent)
            ASSERT_EQ(client.post(target, "{}").body, "ok");
    }
    EXPECT_GT(gateway.metric("errgate_access_log_dropped_total"), 0) << sent;
    EXPECT_TRUE(gateway.wait_for_metric("errgate_requests_total", {}, sent));
    EXPECT_EQ(gateway.stop(), 0) << "nor the end";
    ::close(reader);
}

TEST_F(Log, AClosedPipeEndsNothing) {
    upstream_.otherwise().reply(200, {}, "ok");
    const std::string fifo = dir_.path("log");
    ASSERT_EQ(::mkfifo(fifo.c_str(), 0600), 0);
    const int reader = ::open(fifo.c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC);
    ASSERT_GE(reader, 0);
    Gateway gateway(logging_to(fifo));
    ::close(reader);
    Client client = gateway.client();
    gateway.process().signal(SIGPIPE);
    EXPECT_EQ(client.post("/charge", "{}").body, "ok");
    EXPECT_TRUE(gateway.wait_for_metric("errgate_access_log_dropped_total", {}, 1));
    EXPECT_EQ(client.post("/charge", "{}").body, "ok");
}

// ------------------------------------------------------------ the clock

// Deadlines, waits and windows are the steady clock's (the only wall clock they could have used
// goes a second back at every look); the wall clock is for what people read.
class BackwardClock : public testing::Test {
  protected:
    // For what is started from here on, not for this program.
    struct Preload {
        Preload() {
            ::setenv("LD_PRELOAD", ERRGATE_BACKWARD_CLOCK, 1);
            const char* const options = std::getenv("ASAN_OPTIONS");
            ::setenv("ASAN_OPTIONS",
                     ((options != nullptr ? std::string(options) + ":" : "") +
                      "verify_asan_link_order=0")
                         .c_str(),
                     1);
        }
        ~Preload() { ::unsetenv("LD_PRELOAD"); }
    };
    static RoutesSpec hasty(std::uint16_t port) {
        RoutesSpec spec = single(port, "license_pos",
                                 "retry: {attempts: 2, backoff: {base: 20ms, max: 20ms}}\n"
                                 "timeouts: {connect: 300ms, attempt: 300ms, total: 5s}");
        spec.upstreams[0].more =
            "circuit_breaker: {consecutive_failures: 3, open: 1s, max_open: 1s}";
        spec.more = "client: {header_timeout: 300ms, keepalive_timeout: 300ms}";
        return spec;
    }

    FakeUpstream upstream_;
    Preload preload_;
    Gateway gateway_{hasty(upstream_.port())};
};

TEST_F(BackwardClock, LeavesEveryDeadlineAlone) {
    Client client = gateway_.client();
    upstream_.expect("GET", "/a").reply(503);
    upstream_.expect("GET", "/a").reply(200, {}, "ok");
    EXPECT_EQ(client.get("/a").body, "ok") << "back-off";
    upstream_.expect("POST", "/b").stay_silent();
    EXPECT_ENVELOPE(client.post("/b", "{}"), "timeout", 504, "gateway", "unknown", false);
    Client slow = gateway_.client();
    slow.send("GET / HTTP/1.1\r\nHost: a\r\nX: ");
    EXPECT_EQ(slow.read().status, 408) << "header_timeout";
    EXPECT_TRUE(client.closed_by_peer()) << "keepalive_timeout";

    Client other = gateway_.client();
    upstream_.expect("POST", "/c").reply(500);
    upstream_.expect("POST", "/c").reply(500);
    for (int i = 0; i < 2; ++i)
        EXPECT_EQ(other.post("/c", "{}").status, 500);
    EXPECT_ENVELOPE(other.post("/c", "{}"), "circuit_open", 503, "gateway", "not_applied", true);
    upstream_.otherwise().reply(200, {}, "well again");
    const auto deadline = std::chrono::steady_clock::now() + kPatience;
    int status = 503;
    while (status == 503 && std::chrono::steady_clock::now() < deadline)
        status = gateway_.client().get("/c").status;
    EXPECT_EQ(status, 200) << "the breaker lets somebody through";

    std::set<std::string> ids;
    std::vector<std::string> written;
    for (const nlohmann::json& line : gateway_.access_log(6)) {
        EXPECT_TRUE(ids.insert(line.value("request_id", "")).second);
        EXPECT_GE(line.value("ms", -1.0), 0.0);
        EXPECT_LT(line.value("ms", -1.0), 20'000.0);
        written.push_back(line.value("ts", ""));
    }
    EXPECT_GT(written.front(), written.back()) << "the clock did go backwards";
}

// ------------------------------------------------------------ the end under load

TEST(SigtermUnderLoad, EveryRequestThatWentUpstreamIsAnswered) {
    FakeUpstream upstream;
    upstream.otherwise().reply(200, {}, "ok");
    Gateway gateway(single(upstream.port()));
    Count answered;
    std::vector<std::thread> clients;
    for (int i = 0; i < 8; ++i) {
        clients.emplace_back([&] {
            Socket socket = Socket::connect_to(gateway.port());
            std::string bytes;
            for (;;) {
                if (!socket.write_all(format_request("POST", "/charge", {}, "{}"))) return;
                bytes.clear();
                while (!bytes.ends_with("ok")) {
                    if (socket.read_some(bytes) == Socket::ReadStatus::data) continue;
                    EXPECT_EQ(bytes, "") << "half an answer";
                    return;
                }
                answered.add();
            }
        });
    }
    EXPECT_TRUE(answered.wait_for(200));
    gateway.process().signal(SIGTERM);
    for (std::thread& client : clients)
        client.join();
    EXPECT_EQ(gateway.wait_for_exit(), 0);
    EXPECT_EQ(upstream.request_count(), answered.get());
    EXPECT_EQ(gateway.access_log(answered.get()).size(), answered.get());
}

// What had reached the gateway's sockets before the signal, read or not.
TEST(SigtermUnderLoad, EveryRequestThatHadComeIsAnswered) {
    FakeUpstream upstream;
    upstream.otherwise().reply(200, {}, "ok");
    Gateway gateway(single(upstream.port()));
    std::vector<Client> clients;
    for (int i = 0; i < 100; ++i) {
        clients.push_back(gateway.client());
        EXPECT_EQ(clients.back().post("/charge", "{}").body, "ok");
    }
    for (Client& client : clients)
        client.send(format_request("POST", "/charge", {}, "{}"));
    gateway.process().signal(SIGTERM);
    for (Client& client : clients)
        EXPECT_EQ(client.read().body, "ok");
    EXPECT_EQ(gateway.wait_for_exit(), 0);
    EXPECT_EQ(upstream.request_count(), 2 * clients.size());
}

}  // namespace
}  // namespace errgate::test
