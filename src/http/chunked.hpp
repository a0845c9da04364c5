// Strict chunked transfer coding (RFC 9112 section 7.1): decode with bounds, encode frames.
#pragma once

#include "base/writer.hpp"
#include "http/violation.hpp"

#include <cstdint>
#include <string_view>

namespace errgate::http {

// Accepts exactly `1*HEXDIG [ext] CRLF data CRLF ... 0 [ext] CRLF *(trailer CRLF) CRLF`: no bare
// LF, no sign, no 0x, no space around the size, which has at most 16 digits and is below 2^63.
// Extensions over 256 bytes a chunk and trailers over 8 KiB in all are violations; shorter ones are
// skipped, so nothing of them is ever forwarded. An extension begins with ';' and its quoted
// strings end before the line does, and a trailer line is a field line: a reader that sees it
// otherwise would find the next message somewhere else.
class ChunkDecoder {
  public:
    enum class Status { need_more, data, done, error };
    struct Step {
        Status status = Status::need_more;
        std::size_t consumed = 0;  // bytes of the input that are used up by this step
        std::string_view data;     // for Status::data: decoded bytes, a view into the input
        Violation violation = Violation::none;
    };

    // Call with the unread input again and again, dropping `consumed` bytes each time, until it
    // answers need_more (then it consumed all of it), done or error. Holds no bytes itself.
    Step next(std::string_view input);
    bool done() const { return state_ == State::done; }
    void reset() { *this = ChunkDecoder{}; }

  private:
    enum class State : std::uint8_t {
        size_first,
        size,
        extension,
        extension_quoted,
        extension_escaped,
        size_lf,
        data,
        data_cr,
        data_lf,
        trailer_start,
        trailer_name,
        trailer_value,
        trailer_lf,
        end_lf,
        done,
        failed
    };

    Violation take(char c);
    Violation take_size(char c);
    Violation take_extension(char c);
    Violation take_trailer(char c);
    Violation expect(char c, char wanted, State then);
    Step fail(Violation violation, std::size_t consumed);

    State state_ = State::size_first;
    Violation violation_ = Violation::none;  // why it failed
    std::uint64_t left_ = 0;                 // of the size being read, then of the data
    std::uint32_t digits_ = 0;
    std::uint32_t extension_bytes_ = 0;
    std::uint32_t trailer_bytes_ = 0;
};

// "1a4\r\n" for a frame of `size` data bytes (the data and a CRLF follow it).
void put_chunk_head(base::Writer& out, std::uint64_t size);
inline constexpr std::string_view kChunkTail = "\r\n";
inline constexpr std::string_view kLastChunk = "0\r\n\r\n";

}  // namespace errgate::http
