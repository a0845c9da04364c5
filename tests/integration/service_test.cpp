// errgate as a service: what it tells systemd, the sockets it inherits, how it stops, its log file.
#include "support/fake_upstream.hpp"
#include "support/gateway.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <arpa/inet.h>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

namespace errgate::test {
namespace {

using testing::HasSubstr;

// Where a service manager listens.
class NotifySocket {
  public:
    explicit NotifySocket(const std::string& path)
        : fd_(::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0)) {
        sockaddr_un address{};
        address.sun_family = AF_UNIX;
        path.copy(address.sun_path, sizeof address.sun_path - 1);
        EXPECT_EQ(::bind(fd_, reinterpret_cast<const sockaddr*>(&address), sizeof address), 0);
    }
    ~NotifySocket() { ::close(fd_); }
    NotifySocket(const NotifySocket&) = delete;
    NotifySocket& operator=(const NotifySocket&) = delete;

    std::string next() const {
        pollfd waiting{fd_, POLLIN, 0};
        if (::poll(&waiting, 1, static_cast<int>(kPatience.count())) != 1) return "nothing came";
        std::string message(256, '\0');
        const ssize_t size = ::recv(fd_, message.data(), message.size(), 0);
        message.resize(size > 0 ? static_cast<std::size_t>(size) : 0);
        return message;
    }

  private:
    int fd_;
};

TEST(Service, TellsTheServiceManagerWhereItStands) {
    const TempDir dir;
    const NotifySocket manager(dir.path("notify"));
    const std::string file = dir.write("errgate.yaml", to_yaml(single(80)));
    Process gateway({"/usr/bin/env", "NOTIFY_SOCKET=" + dir.path("notify"), errgate_binary(), "run",
                     "--config", file});
    EXPECT_EQ(manager.next(), "READY=1");
    gateway.signal(SIGHUP);
    EXPECT_THAT(manager.next(), testing::MatchesRegex("RELOADING=1\nMONOTONIC_USEC=[0-9]+"));
    EXPECT_EQ(manager.next(), "READY=1");
    gateway.signal(SIGTERM);
    EXPECT_EQ(manager.next(), "STOPPING=1");
    EXPECT_EQ(gateway.wait(), 0);
}

TEST(Service, TakesOverTheSocketOfItsAddress) {
    const int inherited = ::socket(AF_INET, SOCK_STREAM, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    ASSERT_EQ(::bind(inherited, reinterpret_cast<sockaddr*>(&address), size), 0);
    ASSERT_EQ(::listen(inherited, 8), 0);
    ASSERT_EQ(::getsockname(inherited, reinterpret_cast<sockaddr*>(&address), &size), 0);
    const std::uint16_t port = ntohs(address.sin_port);

    FakeUpstream upstream;
    upstream.expect("GET", "/").reply(200, {}, "ok");
    const TempDir dir;
    std::string yaml = to_yaml(single(upstream.port()));
    yaml.replace(yaml.find("127.0.0.1:0"), 11, "127.0.0.1:" + std::to_string(port));
    const std::string command = "LISTEN_PID=$$ LISTEN_FDS=1 exec \"$0\" run --config \"$1\" 3<&" +
                                std::to_string(inherited);
    Process gateway({"/bin/sh", "-c", command, errgate_binary(), dir.write("errgate.yaml", yaml)});
    ASSERT_TRUE(gateway.err().wait_for("errgate: listening on")) << gateway.err().text();
    EXPECT_EQ(Client(port).get("/").body, "ok");
    gateway.signal(SIGTERM);
    EXPECT_EQ(gateway.wait(), 0);
    ::close(inherited);
}

// ------------------------------------------------------------ stopping

TEST(Service, SaysEachStepOfStopping) {
    FakeUpstream upstream;
    RoutesSpec spec = single(upstream.port());
    spec.more = "drain: {grace: 50ms, timeout: 20s}";
    Gateway gateway(spec);
    Gate answer;
    upstream.expect("POST", "/charge").wait(answer).reply(201);
    Client client = gateway.client();
    client.send(format_request("POST", "/charge", {}, "{}"));
    ASSERT_TRUE(upstream.wait_for_requests(1));
    gateway.process().signal(SIGTERM);
    Lines& log = gateway.process().err();
    EXPECT_TRUE(
        log.wait_for("errgate: stopping: not ready any more, accepting for another 50 ms; "
                     "1 requests in flight on 1 client connections"));
    EXPECT_TRUE(
        log.wait_for("errgate: stopping: no new connections; 1 requests in flight on 1 "
                     "client connections, at most 20000 ms to finish"));
    answer.open();
    EXPECT_EQ(client.read().status, 201);
    EXPECT_EQ(gateway.wait_for_exit(), 0);
    EXPECT_TRUE(log.wait_for("errgate: stopped: every request was answered"));
}

TEST(Service, ReloadsNothingWhileItStops) {
    FakeUpstream upstream;
    RoutesSpec spec = single(upstream.port());
    spec.more = "drain: {grace: 20s}";
    Gateway gateway(spec);
    gateway.process().signal(SIGTERM);
    ASSERT_TRUE(gateway.process().err().wait_for("errgate: stopping: not ready"));
    const Response refused = gateway.admin("POST", "/reload");
    EXPECT_EQ(refused.status, 409);
    EXPECT_THAT(refused.body, HasSubstr("the gateway is stopping"));
    EXPECT_TRUE(gateway.process().err().wait_for(
        "errgate: reload (POST /reload) refused: the gateway is stopping"));
    EXPECT_EQ(gateway.metric("errgate_config_reloads_total", {{"result", "failure"}}), 1);
    EXPECT_EQ(gateway.metric("errgate_config_last_reload_success"), 0);
    gateway.process().signal(SIGTERM);
    EXPECT_TRUE(gateway.wait_for_exit().has_value());
}

// ------------------------------------------------------------ the access log

TEST(Service, OpensTheLogFileAnewOnSigusr1) {
    FakeUpstream upstream;
    upstream.otherwise().reply(200);
    const TempDir dir;
    RoutesSpec spec = single(upstream.port());
    spec.more = "access_log: {path: \"" + dir.path("access.log") + "\"}";
    Gateway gateway(spec);
    std::filesystem::rename(dir.path("access.log"), dir.path("access.log.1"));
    gateway.process().signal(SIGUSR1);
    // The signal is handled on the thread that answers this.
    EXPECT_EQ(gateway.admin("GET", "/livez").status, 200);
    gateway.client().get("/");
    EXPECT_EQ(gateway.stop(), 0);
    std::ifstream log(dir.path("access.log"));
    std::string line;
    EXPECT_TRUE(std::getline(log, line));
}

TEST(Service, LogsEveryFailureOfASampledLog) {
    FakeUpstream upstream;
    upstream.expect("GET", "/good").reply(200);
    upstream.expect("GET", "/bad").reply(404);
    RoutesSpec spec = single(upstream.port());
    spec.more = "access_log: {sample: 0}";
    Gateway gateway(spec);
    Client client = gateway.client();
    client.get("/good");
    client.get("/bad");
    EXPECT_EQ(gateway.stop(), 0);
    const auto lines = gateway.access_log(1);
    ASSERT_EQ(lines.size(), 1u);
    EXPECT_EQ(lines[0]["path"], "/bad");
}

}  // namespace
}  // namespace errgate::test
