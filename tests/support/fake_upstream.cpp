// The provider's side: a scripted peer that remembers every byte it was sent.
#include "support/fake_upstream.hpp"

#include "support/pattern.hpp"

#include <gtest/gtest.h>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>
#include <utility>

namespace errgate::test {

FakeUpstream::FakeUpstream(TlsContext tls)
    : tls_(std::move(tls)), acceptor_([this] { accept_loop(); }) {}

FakeUpstream::FakeUpstream(std::uint16_t port)
    : listener_(128, port), acceptor_([this] { accept_loop(); }) {}

FakeUpstream::~FakeUpstream() {
    stop_.open();
    acceptor_.join();
    for (std::thread& thread : threads_)
        thread.join();
    for (const auto& script : scripts_)
        ADD_FAILURE() << "the upstream never received " << script->name();
}

Script& FakeUpstream::expect(std::string_view method, std::string_view target) {
    const std::lock_guard lock(mutex_);
    return *scripts_.emplace_back(std::make_unique<Script>(method, target));
}

Script& FakeUpstream::otherwise() {
    const std::lock_guard lock(mutex_);
    otherwise_ = std::make_unique<Script>();
    return *otherwise_;
}

Script& FakeUpstream::on_accept() {
    const std::lock_guard lock(mutex_);
    return *accept_scripts_.emplace_back(std::make_unique<Script>());
}

void FakeUpstream::discard_bodies() {
    const std::lock_guard lock(mutex_);
    discard_bodies_ = true;
}

std::vector<ReceivedRequest> FakeUpstream::requests() const {
    const std::lock_guard lock(mutex_);
    return requests_;
}

ReceivedRequest FakeUpstream::request(std::size_t index) const {
    const std::lock_guard lock(mutex_);
    if (index < requests_.size()) return requests_[index];
    ADD_FAILURE() << "the upstream received " << requests_.size() << " requests, none number "
                  << index;
    return {};
}

ReceivedRequest FakeUpstream::last_request() const {
    const std::size_t count = request_count();
    return request(count > 0 ? count - 1 : 0);
}

std::size_t FakeUpstream::request_count() const {
    const std::lock_guard lock(mutex_);
    return requests_.size();
}

std::size_t FakeUpstream::connection_count() const {
    const std::lock_guard lock(mutex_);
    return connections_.size();
}

TlsFacts FakeUpstream::tls(std::size_t connection) const {
    const std::lock_guard lock(mutex_);
    return connections_.at(connection).tls;
}

std::string FakeUpstream::received(std::size_t connection) const {
    const std::lock_guard lock(mutex_);
    return connections_.at(connection).bytes;
}

template <class Condition>
bool FakeUpstream::wait_until(Condition condition) {
    std::unique_lock lock(mutex_);
    return changed_.wait_for(lock, kPatience, condition);
}

bool FakeUpstream::wait_for_requests(std::size_t count) {
    return wait_until([&] {
        std::size_t complete = 0;
        for (const ReceivedRequest& request : requests_)
            complete += request.complete ? 1 : 0;
        return complete >= count;
    });
}

bool FakeUpstream::wait_for_connections(std::size_t count) {
    return wait_until([&] { return connections_.size() >= count; });
}

bool FakeUpstream::wait_for_tls(std::size_t connection) {
    return wait_until(
        [&] { return connections_.size() > connection && connections_[connection].shaken; });
}

bool FakeUpstream::wait_for_closed(std::size_t connection) {
    return wait_until(
        [&] { return connections_.size() > connection && connections_[connection].closed; });
}

bool FakeUpstream::wait_for_bytes(std::size_t connection, std::size_t count) {
    return wait_until([&] {
        return connections_.size() > connection && connections_[connection].byte_count >= count;
    });
}

void FakeUpstream::accept_loop() {
    for (;;) {
        Socket socket = listener_.accept(stop_.fd());
        if (!socket.open()) return;
        const std::lock_guard lock(mutex_);
        const std::size_t index = connections_.size();
        connections_.emplace_back();
        changed_.notify_all();
        threads_.emplace_back([this, index](Socket&& mine) { serve(std::move(mine), index); },
                              std::move(socket));
    }
}

void FakeUpstream::serve(Socket socket, std::size_t index) {
    std::unique_ptr<Script> greeting;
    {
        const std::lock_guard lock(mutex_);
        if (!accept_scripts_.empty()) {
            greeting = std::move(accept_scripts_.front());
            accept_scripts_.pop_front();
        }
    }
    std::string pending;
    const bool ready = !tls_ || secure(socket, index);
    if (ready && (!greeting || greeting->run(socket, {})))
        while (serve_request(socket, index, pending)) {
        }
    socket.close();
    const std::lock_guard lock(mutex_);
    connections_[index].closed = true;
    changed_.notify_all();
}

bool FakeUpstream::secure(Socket& socket, std::size_t index) {
    const bool established = socket.secure_as_server(tls_);
    const std::lock_guard lock(mutex_);
    connections_[index].tls = socket.tls();
    connections_[index].shaken = true;
    changed_.notify_all();
    return established;
}

bool FakeUpstream::serve_request(Socket& socket, std::size_t index, std::string& pending) {
    std::optional<MessageHead> head = read_head(socket, index, pending);
    if (!head) return false;
    const std::string method = head->method;
    const std::string target = head->target;
    const std::size_t request = remember(std::move(*head), index);
    const Script* script = take_script(method, target);
    if (!script) return false;
    if (script->runs_before_body())
        return script->run(socket, method) && read_body(socket, index, pending, request) &&
               script->run_after_body(socket, method);
    return read_body(socket, index, pending, request) && script->run(socket, method);
}

std::optional<MessageHead> FakeUpstream::read_head(Socket& socket, std::size_t index,
                                                   std::string& pending) {
    for (;;) {
        HeadResult result = parse_request_head(pending);
        if (!result.error.empty()) {
            ADD_FAILURE() << "the upstream was sent a malformed request: " << result.error << "\n"
                          << pending;
            return {};
        }
        if (result.head) {
            pending.erase(0, result.head->size);
            return std::move(result.head);
        }
        if (!fill(socket, index, pending)) return {};
    }
}

std::size_t FakeUpstream::remember(MessageHead&& head, std::size_t connection) {
    const std::lock_guard lock(mutex_);
    ReceivedRequest& request = requests_.emplace_back();
    request.method = std::move(head.method);
    request.target = std::move(head.target);
    request.fields = std::move(head.fields);
    request.framing = head.body;
    request.body_size = head.length;  // read_body counts from here on
    request.connection = connection;
    changed_.notify_all();
    return requests_.size() - 1;
}

Script* FakeUpstream::take_script(std::string_view method, std::string_view target) {
    const std::lock_guard lock(mutex_);
    for (auto it = scripts_.begin(); it != scripts_.end(); ++it) {
        if (!(*it)->takes(method, target)) continue;
        used_.push_back(std::move(*it));
        scripts_.erase(it);
        return used_.back().get();
    }
    if (!otherwise_)
        ADD_FAILURE() << "the upstream received a request nobody expected: " << method << " "
                      << target;
    return otherwise_.get();
}

bool FakeUpstream::read_body(Socket& socket, std::size_t index, std::string& pending,
                             std::size_t request) {
    BodyReader reader(BodyKind::none, 0);
    {
        const std::lock_guard lock(mutex_);
        reader = BodyReader(requests_[request].framing, requests_[request].body_size);
        requests_[request].body_size = 0;
    }
    for (;;) {
        std::string decoded;
        pending.erase(0, reader.feed(pending, decoded));
        {
            const std::lock_guard lock(mutex_);
            ReceivedRequest& into = requests_[request];
            if (discard_bodies_ && !matches_pattern(into.body_size, decoded))
                ADD_FAILURE() << "request body differs after byte " << into.body_size;
            into.body_size += decoded.size();
            if (!discard_bodies_) into.body += decoded;
            into.complete = reader.done();
            changed_.notify_all();
        }
        if (reader.done()) return true;
        if (!reader.error().empty())
            ADD_FAILURE() << "the upstream was sent a malformed body: " << reader.error();
        if (!reader.error().empty() || !fill(socket, index, pending)) return false;
    }
}

bool FakeUpstream::fill(Socket& socket, std::size_t index, std::string& pending) {
    const std::size_t before = pending.size();
    if (socket.read_some(pending, std::chrono::minutes(5)) != Socket::ReadStatus::data)
        return false;
    const std::lock_guard lock(mutex_);
    Connection& connection = connections_[index];
    connection.byte_count += pending.size() - before;
    if (!discard_bodies_) connection.bytes.append(pending, before);
    changed_.notify_all();
    return true;
}

// The kernel queues one connection more than the backlog, then drops what asks for another.
Blackhole::Blackhole() : listener_(0) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(listener_.port());
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    for (int i = 0; i < 4; ++i) {
        const int fd = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
        // Fails with EINPROGRESS, which is what fills the queue.
        (void)::connect(fd, reinterpret_cast<const sockaddr*>(&address), sizeof address);
        fillers_.push_back(fd);
    }
}

Blackhole::~Blackhole() {
    for (const int fd : fillers_)
        ::close(fd);
}

}  // namespace errgate::test
