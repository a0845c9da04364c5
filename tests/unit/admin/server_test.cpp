// The admin listener over real sockets on port 0.
#include "admin/server.hpp"

#include "admin/page.hpp"

#include <boost/asio/connect.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/write.hpp>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <future>
#include <memory>
#include <string>
#include <thread>
#include <vector>

namespace errgate::admin {
namespace {

namespace asio = boost::asio;
using asio::ip::tcp;
using testing::EndsWith;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

// A server on a thread of its own, until it goes out of scope.
class Running {
  public:
    explicit Running(ServerOptions options = {}) : server_(io_, endpoints(), std::move(options)) {
        EXPECT_EQ(server_.listen("127.0.0.1", 0), "");
        port = server_.port();
        address = server_.address();
        thread_ = std::thread([this] { io_.run(); });
    }
    ~Running() {
        stop();
        thread_.join();
    }
    void stop() {
        asio::post(io_, [this] { server_.stop(); });
    }

    std::uint16_t port = 0;
    std::string address;

  private:
    static Endpoints endpoints() {
        return {.metrics = [](telemetry::ExpositionFormat) { return "up 1\n"; },
                .unready = [] { return std::string("draining"); }};
    }
    asio::io_context io_{1};
    AdminServer server_;
    std::thread thread_;
};

class Client {
  public:
    explicit Client(std::uint16_t port) : socket_(io_) {
        socket_.connect({asio::ip::address_v4::loopback(), port});
    }
    void send(const std::string& text) {
        boost::system::error_code ignored;  // the server may have closed already
        asio::write(socket_, asio::buffer(text), ignored);
    }
    // Everything until the server closes.
    std::string read_to_end() {
        std::string text;
        boost::system::error_code error;
        asio::read(socket_, asio::dynamic_buffer(text), error);
        EXPECT_EQ(error, asio::error::eof);
        return text;
    }
    std::string read_until(const std::string& end) {
        std::string text;
        boost::system::error_code error;
        while (!error && !text.ends_with(end)) {
            char c = 0;
            asio::read(socket_, asio::buffer(&c, 1), error);
            if (!error) text.push_back(c);
        }
        return text;
    }

  private:
    asio::io_context io_;
    tcp::socket socket_;
};

std::string round_trip(const Running& server, const std::string& request) {
    Client client(server.port);
    client.send(request);
    return client.read_to_end();
}

std::string request(const std::string& line, const std::string& fields = "") {
    return line + " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n" + fields + "\r\n";
}

TEST(AdminServer, ServesMetrics) {
    const Running server;
    EXPECT_EQ(round_trip(server, request("GET /metrics")),
              "HTTP/1.1 200 OK\r\n"
              "Content-Type: text/plain; version=0.0.4; charset=utf-8\r\n"
              "Cache-Control: no-store\r\n"
              "X-Content-Type-Options: nosniff\r\n"
              "Connection: close\r\n"
              "Content-Length: 5\r\n"
              "\r\n"
              "up 1\n");
}

TEST(AdminServer, ServesThePageUnderItsPolicy) {
    const Running server;
    for (const char* line : {"GET /", "GET /page/app.js", "HEAD /"}) {
        const std::string response = round_trip(server, request(line));
        EXPECT_THAT(response, StartsWith("HTTP/1.1 200 OK\r\n")) << line;
        for (const auto& [name, value] : page_fields()) {
            EXPECT_THAT(response,
                        HasSubstr("\r\n" + std::string(name) + ": " + std::string(value) + "\r\n"))
                << line;
        }
        EXPECT_THAT(response, HasSubstr("X-Content-Type-Options: nosniff\r\n")) << line;
        EXPECT_THAT(response, Not(HasSubstr("no-store"))) << line;
    }
}

TEST(AdminServer, SaysOnlyThatACopyOfThePageIsStillGood) {
    const Running server;
    const std::string response = round_trip(server, request("GET /", "If-None-Match: *\r\n"));
    EXPECT_THAT(response, StartsWith("HTTP/1.1 304 Not Modified\r\n"));
    EXPECT_THAT(response, HasSubstr("ETag: \""));
    EXPECT_THAT(response, Not(HasSubstr("Content-Length")));
    EXPECT_THAT(response, EndsWith("\r\n\r\n"));
}

TEST(AdminServer, GivesAHeadTheHeadOnly) {
    const Running server;
    const std::string response = round_trip(server, request("HEAD /metrics"));
    EXPECT_THAT(response, HasSubstr("Content-Length: 5\r\n"));
    EXPECT_THAT(response, EndsWith("\r\n\r\n"));
}

TEST(AdminServer, KeepsAConnectionForMoreRequests) {
    const Running server;
    Client client(server.port);
    for (int i = 0; i < 3; ++i) {
        client.send("GET /metrics HTTP/1.1\r\nHost: localhost\r\n\r\n");
        EXPECT_THAT(client.read_until("up 1\n"), StartsWith("HTTP/1.1 200 OK\r\n"));
    }
}

TEST(AdminServer, AnswersPipelinedRequestsInOrder) {
    const Running server;
    const std::string response = round_trip(
        server, "GET /livez HTTP/1.1\r\nHost: localhost\r\n\r\n" + request("GET /metrics"));
    EXPECT_LT(response.find("\"live\""), response.find("up 1\n"));
}

TEST(AdminServer, ServesHttp10WithoutHost) {
    const Running server;
    EXPECT_THAT(round_trip(server, "GET /livez HTTP/1.0\r\n\r\n"), HasSubstr("\"live\""));
}

TEST(AdminServer, AnswersWithAStatus) {
    struct Case {
        const char* name;
        std::string request;
        const char* status_line;
    };
    const std::string host = "Host: localhost\r\n";
    const Case cases[] = {
        {"not ready", request("GET /readyz"), "HTTP/1.1 503 "},
        {"unknown path", request("GET /nothing"), "HTTP/1.1 404 "},
        {"method", request("POST /metrics"), "HTTP/1.1 405 "},
        {"unknown method", request("BREW /metrics"), "HTTP/1.1 405 "},
        {"a stranger's name", "GET /metrics HTTP/1.1\r\nHost: evil.example\r\n\r\n",
         "HTTP/1.1 421 "},
        {"no Host", "GET /metrics HTTP/1.1\r\n\r\n", "HTTP/1.1 400 "},
        {"two Hosts", "GET /metrics HTTP/1.1\r\n" + host + host + "\r\n", "HTTP/1.1 400 "},
        {"not HTTP", "nonsense\r\n\r\n", "HTTP/1.1 400 "},
        {"TLS", std::string("\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03", 11) + "\r\n\r\n",
         "HTTP/1.1 400 "},
        {"8 KiB of head", request("GET /metrics", "X: " + std::string(8192, 'x') + "\r\n"),
         "HTTP/1.1 431 "},
        {"64 KiB and a byte of body",
         request("GET /metrics", "Content-Length: 65537\r\n") + std::string(65537, 'x'),
         "HTTP/1.1 413 "},
    };
    const Running server;
    for (const Case& c : cases) {
        // Some answers keep the connection: end it from this side.
        Client client(server.port);
        client.send(c.request);
        EXPECT_THAT(client.read_until("\r\n"), StartsWith(c.status_line)) << c.name;
    }
}

TEST(AdminServer, NamesTheMethodsItAllows) {
    const Running server;
    EXPECT_THAT(round_trip(server, request("DELETE /codes")), HasSubstr("Allow: GET, HEAD\r\n"));
}

TEST(AdminServer, TakesABodyUpToTheLimit) {
    const Running server;
    EXPECT_THAT(round_trip(server, request("GET /metrics", "Content-Length: 65536\r\n") +
                                       std::string(65536, 'x')),
                StartsWith("HTTP/1.1 200 "));
}

// What follows a body is not read as a request, whichever way its length was said.
TEST(AdminServer, ClosesAfterARequestWithABody) {
    const Running server;
    const std::string smuggled = "GET /codes HTTP/1.1\r\nHost: localhost\r\n\r\n";
    for (const char* framing : {"Content-Length: 0\r\n", "Transfer-Encoding: gzip\r\n"}) {
        const std::string response =
            round_trip(server, std::string("POST /livez HTTP/1.1\r\nHost: localhost\r\n") +
                                   framing + "\r\n" + smuggled);
        EXPECT_THAT(response, Not(HasSubstr("payment_declined"))) << framing;
    }
}

TEST(AdminServer, AllowsTheNamesItIsGiven) {
    const Running server({.access = {.allowed_hosts = {"errgate.internal"}}});
    EXPECT_THAT(round_trip(server,
                           "GET /livez HTTP/1.1\r\nHost: errgate.internal:9464\r\n"
                           "Connection: close\r\n\r\n"),
                StartsWith("HTTP/1.1 200 "));
}

TEST(AdminServer, ClosesAConnectionThatSendsNoRequestInTime) {
    const Running server({.request_timeout = std::chrono::milliseconds(1)});
    EXPECT_EQ(Client(server.port).read_to_end(), "");
}

TEST(AdminServer, RefusesMoreConnectionsThanItMayHave) {
    const Running server({.max_connections = 1});
    Client first(server.port);
    first.send("GET /metrics HTTP/1.1\r\nHost: localhost\r\n\r\n");
    first.read_until("up 1\n");  // accepted, and still open
    EXPECT_EQ(Client(server.port).read_to_end(), "");
}

TEST(AdminServer, ClosesItsConnectionsAtTheStop) {
    Running server;
    Client client(server.port);
    client.send("GET /metrics HTTP/1.1\r\nHost: localhost\r\n\r\n");
    client.read_until("up 1\n");
    server.stop();
    EXPECT_EQ(client.read_to_end(), "");
}

TEST(AdminServer, KnowsItsAddress) {
    const Running server;
    EXPECT_EQ(server.address, "127.0.0.1:" + std::to_string(server.port));
}

TEST(AdminServer, SaysWhyItCannotListen) {
    asio::io_context io;
    AdminServer first(io, {});
    ASSERT_EQ(first.listen("127.0.0.1", 0), "");
    struct Case {
        const char* name;
        std::string host, error;
    };
    const std::string port = std::to_string(first.port());
    const Case cases[] = {
        {"in use", "127.0.0.1",
         "cannot listen on 127.0.0.1:" + port + " (admin): Address already in use"},
        {"not an address", "localhost",
         "cannot listen on localhost:" + port + " (admin): Invalid argument"},
        {"IPv6 in brackets", "2001:db8::1",
         "cannot listen on [2001:db8::1]:" + port + " (admin): Cannot assign requested address"},
    };
    for (const Case& c : cases) {
        AdminServer second(io, {});
        EXPECT_EQ(second.listen(c.host, first.port()), c.error) << c.name;
        EXPECT_EQ(second.address(), "") << c.name;
    }
}

// The io_context ends with a connection and a listener still open.
TEST(AdminServer, MayNeverRun) {
    auto io = std::make_unique<asio::io_context>();
    {
        AdminServer server(*io, {});
        ASSERT_EQ(server.listen("127.0.0.1", 0), "");
        Client client(server.port());
    }
    io.reset();
}

}  // namespace
}  // namespace errgate::admin
