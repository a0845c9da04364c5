// Takes a body of known framing out of a stream of bytes, piece by piece. Pure.
#pragma once

#include "http/chunked.hpp"
#include "http/framing.hpp"

#include <cstdint>
#include <span>
#include <string_view>

namespace errgate::proxy {

// Fed with the bytes that follow a head. One message; reset() for the next.
class BodyDecoder {
  public:
    enum class Status { more, done, error };
    struct Step {
        Status status = Status::more;
        std::size_t consumed = 0;  // of the input; what is left belongs to the next message
        std::string_view data;     // decoded, inside the input's own storage
        http::Violation violation = http::Violation::none;
    };

    void reset(const http::Framing& framing);
    bool done() const { return done_; }
    http::BodyKind kind() const { return framing_.kind; }
    std::uint64_t left() const { return left_; }  // of a body with a length

    // Decodes all it can of `input`, moving the data of several chunks together to the front of it,
    // so that one piece comes out. Call again with new bytes while the status is `more`.
    Step feed(std::span<char> input);
    // The peer closed. True when the body is complete by that (until_close), or was already.
    bool finish();

  private:
    Step feed_chunks(std::span<char> input);

    http::Framing framing_;
    http::ChunkDecoder chunks_;
    std::uint64_t left_ = 0;
    bool done_ = true;
};

}  // namespace errgate::proxy
