// The application's side: one connection to the gateway, from raw bytes to checked responses.
#pragma once

#include "support/socket.hpp"
#include "support/strict_http.hpp"
#include "support/tls.hpp"

#include <nlohmann/json_fwd.hpp>

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace errgate::test {

struct Response {
    int status = 0;  // 0: no head came
    std::string reason;
    Fields fields;
    BodyKind framing = BodyKind::none;
    std::string body;
    std::uint64_t body_size = 0;       // also counted where the body is not kept
    std::vector<MessageHead> interim;  // 1xx that came before
    bool complete = false;             // the framing says that all of it came
    std::string error;                 // why it is not complete

    std::string field(std::string_view name) const { return first(fields, name); }
    bool has_field(std::string_view name) const { return has(fields, name); }
    nlohmann::json json() const;  // discarded value when the body is no JSON
};

struct ReadOptions {
    std::string method = "GET";       // of the request, for HEAD
    int version = 11;                 // the request's
    bool pattern_body = false;        // verify against pattern() instead of keeping it
    bool stop_after_interim = false;  // return the first 1xx as if it were final
};

class Client {
  public:
    explicit Client(std::uint16_t port);
    // Before anything is sent. False: the handshake failed; socket().tls() says why.
    bool secure(const TlsContext& context, const std::string& server_name = "localhost") {
        return socket_.secure_as_client(context, server_name);
    }

    // False when the gateway closed first.
    bool send(std::string_view raw);
    // Everything that does not parse strictly is a failure of the running test.
    Response read(const ReadOptions& options = {});

    // Until the next response's head is there, however much of its body is.
    bool wait_for_head();

    // One exchange. Adds Host and, with a body, Content-Length.
    Response request(std::string_view method, std::string_view target, const Fields& fields = {},
                     std::string_view body = {});
    Response get(std::string_view target, const Fields& fields = {});
    Response post(std::string_view target, std::string_view body, const Fields& fields = {});

    // No byte more, then the end of the connection (FIN or RST) within the patience.
    bool closed_by_peer();
    // Raw bytes: the next `count`, fewer only when the peer closes or patience ends.
    std::string read_bytes(std::size_t count);
    // Raw bytes until the peer closes.
    std::string read_to_end();
    Socket& socket() { return socket_; }

  private:
    bool fill(Response& response);
    void read_body(const ReadOptions& options, const MessageHead& head, Response& response);

    Socket socket_;
    std::string pending_;  // read but not yet part of a response
};

// The bytes of a request as Client::request sends them.
std::string format_request(std::string_view method, std::string_view target,
                           const Fields& fields = {}, std::string_view body = {});

}  // namespace errgate::test
