// An HTTP/1.1 reader that forgives nothing, written apart from the product's own parser: what it
// accepts, every reader on earth frames in the same way.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace errgate::test {

struct Field {
    std::string name;
    std::string value;
};
using Fields = std::vector<Field>;

std::string first(const Fields& fields, std::string_view name);  // empty when absent
std::vector<std::string> all(const Fields& fields, std::string_view name);
bool has(const Fields& fields, std::string_view name);

enum class BodyKind { none, length, chunked, until_close };

struct MessageHead {
    std::string method, target;  // of a request
    int status = 0;              // of a response
    std::string reason;
    Fields fields;
    BodyKind body = BodyKind::none;
    std::uint64_t length = 0;
    std::size_t size = 0;  // bytes the head took
};

// Neither a head nor an error: more bytes are needed.
struct HeadResult {
    std::optional<MessageHead> head;
    std::string error;
};

// One space between the parts, CRLF line ends, token names, clean values, exactly one Host, at most
// one Content-Length (digits) or one `Transfer-Encoding: chunked`, never both, HTTP/1.1.
HeadResult parse_request_head(std::string_view bytes);

// The same for a response to `request_method`. A client that spoke HTTP/1.0 must not get chunks.
HeadResult parse_response_head(std::string_view bytes, std::string_view request_method,
                               int client_version = 11);

// Takes a body of known framing apart. Chunks must be bare hexadecimal sizes without extensions,
// and no trailer may follow.
class BodyReader {
  public:
    BodyReader(BodyKind kind, std::uint64_t length);

    // Appends decoded bytes to `body`; answers how many bytes of the input belong to the message.
    std::size_t feed(std::string_view bytes, std::string& body);
    bool done() const { return state_ == State::done; }
    const std::string& error() const { return error_; }
    // The peer closed. True when that completes the body.
    bool finish();

  private:
    enum class State { data, chunk_size, chunk_data, chunk_end, last_end, done, failed };

    std::size_t fail(std::string why);
    std::size_t feed_line(std::string_view bytes);
    std::size_t feed_data(std::string_view bytes, std::string& body);
    void end_line();

    BodyKind kind_;
    State state_;
    std::uint64_t left_;
    std::string line_;
    std::string error_;
};

}  // namespace errgate::test
