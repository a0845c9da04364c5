#include "proxy/client_acceptor.hpp"

#include "proxy/worker.hpp"
#include "telemetry/log.hpp"

#include <algorithm>

namespace errgate::proxy {

namespace {

// Out of descriptors: connections wait in the kernel's queue meanwhile, and nothing spins.
constexpr std::chrono::milliseconds kPause{100};
// While they are short, every connection that ends lets one more in: the pauses count as one until
// nothing was missing for this long.
constexpr std::chrono::seconds kSettled{1};
// Connections past the limit that still get an answer, instead of a closed door.
constexpr std::size_t kAnsweredPastLimit = 64;

}  // namespace

ClientAcceptor::ClientAcceptor(IoContext& control)
    : acceptor_(control.get_executor()), pause_(control.get_executor()) {}

std::string ClientAcceptor::listen(const config::ListenAddress& address) {
    error_code error;
    const auto ip = asio::ip::make_address(address.host, error);
    const auto failed = [&](std::string_view what) {
        const std::string host = ip.is_v6() ? "[" + address.host + "]" : address.host;
        return std::string(what) + " " + host + ":" + std::to_string(address.port) + ": " +
               error.message();
    };
    if (error) return failed("not an address:");
    const Endpoint endpoint(ip, address.port);
    acceptor_.open(endpoint.protocol(), error);
    if (error) return failed("cannot open a socket for");
    acceptor_.set_option(Acceptor::reuse_address(true), error);
    acceptor_.bind(endpoint, error);
    if (!error) acceptor_.listen(asio::socket_base::max_listen_connections, error);
    const bool privileged = error == asio::error::access_denied && address.port < 1024;
    if (error) {
        return failed("cannot listen on") +
               (privileged ? "; ports below 1024 are for root or CAP_NET_BIND_SERVICE" : "");
    }
    acceptor_.non_blocking(true, error);
    return {};
}

std::string ClientAcceptor::adopt(int descriptor) {
    error_code error;
    sockaddr_storage bound{};
    socklen_t size = sizeof bound;
    ::getsockname(descriptor, reinterpret_cast<sockaddr*>(&bound), &size);
    acceptor_.assign(bound.ss_family == AF_INET6 ? Tcp::v6() : Tcp::v4(), descriptor, error);
    if (!error) acceptor_.non_blocking(true, error);
    return error ? "cannot use the inherited socket: " + error.message() : std::string();
}

config::Listener ClientAcceptor::listener() const {
    error_code ignored;
    const Endpoint endpoint = acceptor_.local_endpoint(ignored);
    return {{endpoint.address().to_string(), endpoint.port()}, tls_};
}

void ClientAcceptor::start(std::span<const std::unique_ptr<Worker>> workers, std::size_t limit) {
    workers_ = workers;
    limit_ = limit;
    accept_next();
}

Worker& ClientAcceptor::least_loaded() const {
    return **std::ranges::min_element(
        workers_, {}, [](const std::unique_ptr<Worker>& worker) { return worker->client_count(); });
}

std::size_t ClientAcceptor::clients() const {
    std::size_t sum = 0;
    for (const auto& worker : workers_)
        sum += worker->client_count();
    return sum;
}

// Accepts straight into the chosen worker's loop, so that the socket never moves.
void ClientAcceptor::accept_next() {
    Worker& worker = least_loaded();
    acceptor_.async_accept(worker.executor(), [this, &worker](error_code error, Socket socket) {
        if (!acceptor_.is_open() || error == asio::error::operation_aborted) return;
        if (error == asio::error::no_descriptors || error == asio::error::no_buffer_space ||
            error == asio::error::no_memory || error.value() == ENFILE) {
            return pause(error);
        }
        if (!error) {
            note_accepted();
            hand_over(std::move(socket), worker);
        }
        accept_next();
    });
}

void ClientAcceptor::pause(const error_code& reason) {
    const base::TimePoint now = base::SteadyClock::now();
    if (!paused_since_) {
        paused_since_ = now;
        telemetry::log("accepting is paused: " + reason.message());
    }
    last_pause_ = now;
    pause_.expires_after(kPause);
    pause_.async_wait([this](error_code stopped) {
        if (!stopped && acceptor_.is_open()) accept_next();
    });
}

void ClientAcceptor::note_accepted() {
    if (!paused_since_ || base::SteadyClock::now() - last_pause_ < kSettled) return;
    const auto paused = last_pause_ + kPause - *paused_since_;
    const auto ms = std::chrono::duration_cast<std::chrono::milliseconds>(paused).count();
    telemetry::log("accepting goes on: it was paused, on and off, for " + std::to_string(ms) +
                   " ms");
    paused_since_.reset();
}

void ClientAcceptor::hand_over(Socket socket, Worker& worker) {
    const std::size_t others = clients();
    if (others >= limit_ + kAnsweredPastLimit) return;  // closes
    worker.adopt({std::move(socket), tls_, others >= limit_});
}

void ClientAcceptor::take_waiting() {
    for (;;) {
        Worker& worker = least_loaded();
        error_code error;
        Socket socket = acceptor_.accept(worker.executor(), error);
        if (error) return;
        hand_over(std::move(socket), worker);
    }
}

void ClientAcceptor::stop() {
    if (!acceptor_.is_open()) return;
    pause_.cancel();
    if (!workers_.empty()) take_waiting();
    error_code ignored;
    acceptor_.close(ignored);
}

}  // namespace errgate::proxy
