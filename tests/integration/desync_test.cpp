// Whatever a client sends, what the upstream receives is read by a second, independent and strict
// parser as exactly the requests that were answered, in the form in which that parser reads them in
// the client's own bytes. Over random and damaged request streams, the same ones on every run.
//
// ERRGATE_DESYNC_STREAMS (600 unless set) says over how many.
#include "support/fake_upstream.hpp"
#include "support/gateway.hpp"
#include "support/request_stream.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <cstdlib>
#include <map>
#include <optional>
#include <thread>

namespace errgate::test {
namespace {

constexpr int kClients = 8;

int stream_count() {
    const char* count = std::getenv("ERRGATE_DESYNC_STREAMS");
    return count != nullptr ? std::atoi(count) : 600;
}

// A request that breaks off must not take long, and no two requests may go upstream for one.
RoutesSpec impatient(std::uint16_t port) {
    RoutesSpec spec = single(port, "license_pos", "retry: {attempts: 1}");
    spec.upstreams[0].more = "circuit_breaker: {enabled: false}";
    spec.more = "client: {header_timeout: 200ms, body_timeout: 200ms, keepalive_timeout: 200ms}";
    return spec;
}

struct Request {
    std::string method, target, body;
};

// The request at the start of `bytes`, which loses it, as the strict parser reads it; nullopt when
// it is not sure of it.
std::optional<Request> take_strictly(std::string_view& bytes) {
    const HeadResult result = parse_request_head(bytes);
    if (!result.head) return {};
    Request request{result.head->method, result.head->target, {}};
    bytes.remove_prefix(result.head->size);
    BodyReader reader(result.head->body, result.head->length);
    bytes.remove_prefix(reader.feed(bytes, request.body));
    if (!reader.done()) return {};
    return request;
}

// An answer of the upstream, which carries the id of the request it is the answer to.
struct Answered {
    std::string stream;  // for the report
    std::string id;
    std::optional<Request> sent;  // as the strict parser read it, if it could
};

class Desync : public testing::Test {
  protected:
    Desync() { upstream_.otherwise().reply(200, {{"X-Upstream", "1"}}, "ok"); }

    // Sends the stream in pieces and reads every answer, until the gateway closes.
    std::vector<Answered> exchange(const std::string& stream, RequestStream& random) const {
        Client client = gateway_.client();
        for (std::string_view rest = stream; !rest.empty();) {
            const std::string_view piece = rest.substr(0, 1 + random.pick(rest.size() + 1));
            if (!client.send(piece)) break;
            rest.remove_prefix(piece.size());
        }
        std::vector<Answered> answers;
        std::string_view unread = stream;
        bool certain = true;
        for (;;) {
            const Response response = client.read();
            if (!response.complete) break;
            std::optional<Request> sent;
            if (certain) sent = take_strictly(unread);
            certain = sent.has_value();
            if (response.has_field("X-Upstream"))
                answers.push_back({stream, response.field("X-Request-Id"), std::move(sent)});
        }
        return answers;
    }

    void expect_exactly(const std::vector<Answered>& answers) const {
        std::map<std::string, ReceivedRequest> received;
        for (ReceivedRequest& request : upstream_.requests()) {
            if (!request.complete) continue;  // broke off; nobody can take it for a whole one
            const std::string id = request.field("X-Request-Id");
            EXPECT_TRUE(received.emplace(id, std::move(request)).second) << "sent twice: " << id;
        }
        for (const Answered& answer : answers) {
            const auto found = received.extract(answer.id);
            ASSERT_FALSE(found.empty()) << "answered, but never received: " << answer.stream;
            if (!answer.sent) continue;
            EXPECT_EQ(found.mapped().method, answer.sent->method) << answer.stream;
            EXPECT_EQ(found.mapped().body, answer.sent->body) << answer.stream;
            EXPECT_TRUE(answer.sent->target.ends_with(found.mapped().target)) << answer.stream;
        }
        for (const auto& [id, request] : received)
            ADD_FAILURE() << "received, but answered to nobody: " << request.method << " "
                          << request.target << " " << id;
    }

    FakeUpstream upstream_;
    Gateway gateway_{impatient(upstream_.port())};
};

TEST_F(Desync, TheUpstreamReceivesExactlyTheRequestsThatWereAnswered) {
    std::mutex mutex;
    std::vector<Answered> answers;
    std::atomic<int> next{0};
    std::vector<std::thread> clients;
    for (int i = 0; i < kClients; ++i) {
        clients.emplace_back([&] {
            for (int number = next++; number < stream_count(); number = next++) {
                RequestStream random(static_cast<std::uint32_t>(number));
                const std::string stream = number % 4 == 0 ? random.sound() : random.damaged();
                auto mine = exchange(stream, random);
                const std::scoped_lock lock(mutex);
                for (Answered& answer : mine)
                    answers.push_back(std::move(answer));
            }
        });
    }
    for (std::thread& client : clients)
        client.join();

    std::size_t compared = 0;
    for (const Answered& answer : answers)
        compared += answer.sent ? 1 : 0;
    const auto streams = static_cast<std::size_t>(stream_count());
    EXPECT_GT(answers.size(), streams / 2) << "the streams are too damaged to tell anything";
    EXPECT_GT(compared, streams / 4) << "the strict parser has read too little";
    expect_exactly(answers);
}

}  // namespace
}  // namespace errgate::test
