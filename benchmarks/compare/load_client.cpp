// The client side of a measurement: keep-alive connections that send one request over and over.

#include "load_client.hpp"

#include <ctime>
#include <sstream>

namespace compare {

namespace {

constexpr std::size_t kInputBytes = 256 * 1024;
constexpr std::uint64_t kHeldAtOnce = 32;
constexpr std::int64_t kStallNs = 20'000'000'000;

std::uint64_t now_ns() {
    timespec now{};
    ::clock_gettime(CLOCK_MONOTONIC, &now);
    return static_cast<std::uint64_t>(now.tv_sec) * 1'000'000'000U +
           static_cast<std::uint64_t>(now.tv_nsec);
}

std::vector<bool> statuses_in(const std::string& list) {
    std::vector<bool> right(1000);
    std::istringstream words(list);
    for (std::string word; std::getline(words, word, ',');) {
        right[std::strtoul(word.c_str(), nullptr, 10) % right.size()] = true;
    }
    return right;
}

}  // namespace

LoadClient::LoadClient(const LoadOptions& options)
    : options_(options),
      status_is_right_(statuses_in(options.expected)),
      connections_(options.connections),
      input_(kInputBytes, '\0') {
    result_.latencies_ns.reserve(options.requests);
    for (std::size_t i = 0; i < connections_.size(); ++i) {
        connections_[i].index = i;
        connections_[i].request = request_of(i);
    }
    for (auto it = connections_.rbegin(); it != connections_.rend(); ++it)
        idle_.push_back(&*it);
}

LoadResult LoadClient::run() {
    if (!options_.churn && !options_.hold) {
        for (Connection& connection : connections_)
            open(connection);
    }
    started_ns_ = now_ns();
    while (answered_ < options_.requests) {
        send_due_requests();
        const std::int64_t wait_ns = time_to_wait();
        const auto events = epoll_.wait(wait_ns);
        if (events.empty() && wait_ns == kStallNs) die("no answer for 20 seconds");
        for (const epoll_event& event : events) {
            read_response(*static_cast<Connection*>(event.data.ptr));
        }
    }
    result_.elapsed_ns = now_ns() - started_ns_;
    return std::move(result_);
}

// `X-Bench-Connection` tells the upstream whose turn of a 503 or a 200 it is.
std::string LoadClient::request_of(std::uint64_t index) const {
    std::string text = options_.method + " " + options_.path + " HTTP/1.1\r\nHost: bench\r\n" +
                       "User-Agent: bench\r\nAccept: */*\r\n" +
                       "X-Bench-Connection: " + std::to_string(index) + "\r\n";
    if (options_.churn) text += "Connection: close\r\n";
    if (options_.upload_bytes > 0) {
        text += "Content-Type: application/json\r\nContent-Length: " +
                std::to_string(options_.upload_bytes) + "\r\n";
    }
    return text + "\r\n" + std::string(options_.upload_bytes, 'x');
}

void LoadClient::open(Connection& connection) {
    connection.fd = connect_to(options_.port);
    epoll_.add(connection.fd, &connection);
}

void LoadClient::send_due_requests() {
    const std::uint64_t now = now_ns();
    while (may_send()) {
        const std::uint64_t due =
            options_.rate == 0 ? now : started_ns_ + sent_ * 1'000'000'000U / options_.rate;
        if (due > now) return;
        Connection& connection = *idle_.back();
        idle_.pop_back();
        send_request(connection, due);
    }
}

// Connections to be held are opened a few at a time: it is not a flood that is measured.
bool LoadClient::may_send() const {
    const bool room = !options_.hold || sent_ - answered_ < kHeldAtOnce;
    return room && !idle_.empty() && sent_ < options_.requests;
}

// A request is small against an empty send buffer: it goes out whole or something is wrong.
void LoadClient::send_request(Connection& connection, std::uint64_t due_ns) {
    if (options_.churn || options_.hold) open(connection);
    connection.due_ns = due_ns;
    const std::string& request = connection.request;
    const ssize_t written = ::send(connection.fd, request.data(), request.size(), MSG_NOSIGNAL);
    if (written != static_cast<ssize_t>(request.size())) die_of_errno("send");
    ++sent_;
}

// Until the next request is due, if there is a connection to send it on.
std::int64_t LoadClient::time_to_wait() const {
    if (options_.rate == 0 || idle_.empty() || sent_ == options_.requests) return kStallNs;
    const std::uint64_t due = started_ns_ + sent_ * 1'000'000'000U / options_.rate;
    const std::uint64_t now = now_ns();
    return due <= now ? 0 : static_cast<std::int64_t>(due - now);
}

void LoadClient::read_response(Connection& connection) {
    const ssize_t got = ::recv(connection.fd, input_.data(), input_.size(), 0);
    if (got < 0 && errno == EAGAIN) return;
    if (got < 0) die_of_errno("recv");
    if (got == 0) return closed_by_peer(connection);
    const std::string_view bytes(input_.data(), static_cast<std::size_t>(got));
    if (!connection.reader.feed(bytes)) return;
    check(connection);
    if (!options_.churn) complete(connection);
}

void LoadClient::complete(Connection& connection) {
    result_.latencies_ns.push_back(now_ns() - connection.due_ns);
    ++result_.statuses[connection.reader.status()];
    result_.body_bytes += connection.reader.body_bytes();
    ++answered_;
    connection.reader.reset();
    if (!options_.hold) idle_.push_back(&connection);
}

// With churn a request is over when the peer has closed, as it was asked to.
void LoadClient::closed_by_peer(Connection& connection) {
    if (!options_.churn || !connection.reader.complete()) {
        die("the peer closed connection " + std::to_string(connection.index) + " after " +
            std::to_string(answered_) + " answers");
    }
    ::close(connection.fd);
    complete(connection);
}

void LoadClient::check(const Connection& connection) const {
    const ResponseReader& reader = connection.reader;
    const auto status = static_cast<std::size_t>(reader.status());
    if (status >= status_is_right_.size() || !status_is_right_[status]) {
        die("answer " + std::to_string(answered_ + 1) + " has status " + std::to_string(status) +
            ", expected " + options_.expected);
    }
    if (status == 200 && options_.expected_body > 0 &&
        reader.body_bytes() != options_.expected_body) {
        die("a body of " + std::to_string(reader.body_bytes()) + " bytes, expected " +
            std::to_string(options_.expected_body));
    }
}

}  // namespace compare
