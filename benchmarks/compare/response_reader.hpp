// Follows one HTTP/1.1 response: where its head ends, how its body is framed, when it is complete.

#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace compare {

/// Fed the bytes of one connection; knows Content-Length and chunked framing (RFC 9112, section 6).
class ResponseReader {
  public:
    /// Takes the next bytes. Gives true once the response is complete; bytes behind its end, and
    /// anything that is not a response, end the program.
    bool feed(std::string_view bytes);

    /// Status and body are those of the response that is complete.
    bool complete() const { return phase_ == Phase::complete; }
    int status() const { return status_; }
    std::uint64_t body_bytes() const { return body_bytes_; }

    /// Ready for the next response.
    void reset() { *this = ResponseReader{}; }

  private:
    enum class Phase { head, length, chunk_size, chunk_data, chunk_end, trailer, complete };

    void read_head(std::string_view& bytes);
    void understand(std::string_view head);
    void understand_field(std::string_view line);
    void skip_body(std::string_view& bytes);
    bool take_line(std::string_view& bytes);
    void read_chunk_size();

    Phase phase_ = Phase::head;
    int status_ = 0;
    bool framed_ = false;
    std::uint64_t remaining_ = 0;
    std::uint64_t body_bytes_ = 0;
    std::string partial_;  // the part of a head or chunk line that came in an earlier read
};

}  // namespace compare
