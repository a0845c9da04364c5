// The whole relay path over loopback, in one process: what a success costs and that it allocates
// nothing.
//
// One worker, one client and one upstream thread that neither allocate nor think. Wall time says
// little on a shared machine; `worker_us` is the CPU time of the process's other threads a request,
// `allocs` the calls of operator new a request once the path is warm.
#include "allocation_count.hpp"
#include "app/gateway.hpp"
#include "config/load.hpp"

#include <benchmark/benchmark.h>

#include <arpa/inet.h>
#include <cstdlib>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <string>
#include <sys/socket.h>
#include <thread>
#include <time.h>
#include <unistd.h>

namespace {

using errgate::benchmarks::allocations;

[[noreturn]] void die(const char* what) {
    std::perror(what);
    std::abort();
}

int tcp_socket() {
    const int fd = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd < 0) die("socket");
    const int on = 1;
    ::setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    return fd;
}

sockaddr_in loopback(std::uint16_t port) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    address.sin_port = htons(port);
    return address;
}

// Answers every request on one connection at a time with the same bytes.
class Upstream {
  public:
    explicit Upstream(std::size_t body_bytes)
        : answer_("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: " +
                  std::to_string(body_bytes) + "\r\n\r\n" + std::string(body_bytes, 'x')),
          listener_(tcp_socket()) {
        sockaddr_in address = loopback(0);
        if (::bind(listener_, reinterpret_cast<sockaddr*>(&address), sizeof address) != 0)
            die("bind");
        if (::listen(listener_, 16) != 0) die("listen");
        socklen_t size = sizeof address;
        ::getsockname(listener_, reinterpret_cast<sockaddr*>(&address), &size);
        port_ = ntohs(address.sin_port);
        thread_ = std::thread([this] { serve(); });
    }
    ~Upstream() {
        ::shutdown(listener_, SHUT_RDWR);
        thread_.join();
        ::close(listener_);
    }
    Upstream(const Upstream&) = delete;
    Upstream& operator=(const Upstream&) = delete;
    std::uint16_t port() const { return port_; }

  private:
    void serve() const {
        for (;;) {
            const int fd = ::accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
            if (fd < 0) return;
            const int on = 1;
            ::setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
            char buffer[4096];
            while (::recv(fd, buffer, sizeof buffer, 0) > 0) {
                if (::send(fd, answer_.data(), answer_.size(), MSG_NOSIGNAL) < 0) break;
            }
            ::close(fd);
        }
    }

    std::string answer_;
    int listener_;
    std::uint16_t port_ = 0;
    std::thread thread_;
};

// The gateway on a thread of its own, until it goes out of scope.
class RunningGateway {
  public:
    explicit RunningGateway(std::uint16_t upstream_port) {
        const std::string routes =
            "version: 1\nlisten: [{address: '127.0.0.1:0'}]\n"
            "admin: {address: '127.0.0.1:0'}\nthreads: 1\naccess_log: {path: /dev/null}\n"
            "limits: {requests_per_connection: 1000000000}\n"
            "upstreams: {up: {url: 'http://127.0.0.1:" +
            std::to_string(upstream_port) +
            "', dialect: kiotapay}}\nroutes: [{name: all, match: {path_prefix: /}, upstream: "
            "up}]\n";
        const auto loaded = errgate::config::load_text(routes, "bench.yaml",
                                                       errgate::config::process_environment());
        if (!loaded.snapshot) die(to_string(loaded.problems.front()).c_str());
        gateway_ = std::make_unique<errgate::app::Gateway>(loaded.snapshot);
        if (const auto error = gateway_->listen(); !error.empty()) die(error.c_str());
        port_ = gateway_->listeners().front().address.port;
        thread_ = std::thread([this] { gateway_->run(); });
    }
    ~RunningGateway() {
        gateway_->stop();
        thread_.join();
    }
    RunningGateway(const RunningGateway&) = delete;
    RunningGateway& operator=(const RunningGateway&) = delete;
    std::uint16_t port() const { return port_; }

  private:
    std::unique_ptr<errgate::app::Gateway> gateway_;
    std::uint16_t port_ = 0;
    std::thread thread_;
};

class Client {
  public:
    explicit Client(std::uint16_t port) : fd_(tcp_socket()) {
        const sockaddr_in address = loopback(port);
        if (::connect(fd_, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) {
            die("connect");
        }
    }
    ~Client() { ::close(fd_); }
    Client(const Client&) = delete;
    Client& operator=(const Client&) = delete;

    void exchange(const std::string& request, std::size_t body_bytes) {
        if (::send(fd_, request.data(), request.size(), MSG_NOSIGNAL) < 0) die("send");
        std::size_t size = 0;
        std::size_t head = 0;
        while (head == 0 || size < head + body_bytes) {
            const auto got = ::recv(fd_, buffer_ + size, sizeof buffer_ - size, 0);
            if (got <= 0) die("recv");
            size += static_cast<std::size_t>(got);
            const auto end = std::string_view(buffer_, size).find("\r\n\r\n");
            if (head == 0 && end != std::string_view::npos) head = end + 4;
        }
    }

  private:
    int fd_;
    char buffer_[64 * 1024];
};

double thread_cpu_seconds(clockid_t clock) {
    timespec spent{};
    clock_gettime(clock, &spent);
    return static_cast<double>(spent.tv_sec) + static_cast<double>(spent.tv_nsec) * 1e-9;
}

void relay(benchmark::State& state, const std::string& request) {
    const auto body_bytes = static_cast<std::size_t>(state.range(0));
    const Upstream upstream(body_bytes);
    const RunningGateway gateway(upstream.port());
    Client client(gateway.port());
    for (int i = 0; i < 1000; ++i)
        client.exchange(request, body_bytes);

    const std::uint64_t allocated = allocations();
    const double process = thread_cpu_seconds(CLOCK_PROCESS_CPUTIME_ID);
    const double own = thread_cpu_seconds(CLOCK_THREAD_CPUTIME_ID);
    for (auto _ : state)
        client.exchange(request, body_bytes);
    const auto requests = static_cast<double>(state.iterations());
    state.counters["allocs"] = static_cast<double>(allocations() - allocated) / requests;
    const double others = thread_cpu_seconds(CLOCK_PROCESS_CPUTIME_ID) - process -
                          (thread_cpu_seconds(CLOCK_THREAD_CPUTIME_ID) - own);
    state.counters["worker_us"] = others / requests * 1e6;
}

void BM_RelayGet(benchmark::State& state) {
    relay(state,
          "GET /payments/p1?expand=charge HTTP/1.1\r\nHost: localhost\r\n"
          "User-Agent: bench/1.0\r\nAccept: application/json\r\n"
          "Authorization: Bearer 0123456789abcdef\r\n\r\n");
}
BENCHMARK(BM_RelayGet)->Arg(256)->Arg(16 * 1024)->UseRealTime();

void BM_RelayPost(benchmark::State& state) {
    relay(state,
          "POST /payments HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
          "Content-Length: 512\r\n\r\n" +
              std::string(512, '{'));
}
BENCHMARK(BM_RelayPost)->Arg(256)->UseRealTime();

}  // namespace

BENCHMARK_MAIN();
