// The chunked coding as a state machine over single bytes, with the data passed on in bulk.
#include "http/chunked.hpp"

#include "http/syntax.hpp"

#include <algorithm>

namespace errgate::http {
namespace {

constexpr std::uint32_t kMaxDigits = 16;
constexpr std::uint64_t kMaxSize = 0x7fff'ffff'ffff'ffff;
constexpr std::uint32_t kMaxExtension = 256;
constexpr std::uint32_t kMaxTrailers = 8 * 1024;

// What may stand in an extension or a trailer value: no control character but HTAB.
bool is_text(char c) {
    const auto byte = static_cast<unsigned char>(c);
    return c == '\t' || (byte >= 0x20 && byte != 0x7f);
}

}  // namespace

ChunkDecoder::Step ChunkDecoder::fail(Violation violation, std::size_t consumed) {
    state_ = State::failed;
    violation_ = violation;
    return {Status::error, consumed, {}, violation};
}

ChunkDecoder::Step ChunkDecoder::next(std::string_view input) {
    std::size_t at = 0;
    while (state_ != State::done && state_ != State::failed) {
        if (at == input.size()) return {Status::need_more, at, {}, Violation::none};
        if (state_ == State::data) {
            const std::size_t n = std::min<std::uint64_t>(left_, input.size() - at);
            left_ -= n;
            if (left_ == 0) state_ = State::data_cr;
            return {Status::data, at + n, input.substr(at, n), Violation::none};
        }
        const Violation v = take(input[at]);
        if (v != Violation::none) return fail(v, at);
        ++at;
    }
    if (state_ == State::failed) return fail(violation_, at);
    return {Status::done, at, {}, Violation::none};
}

// One byte of everything that is not data.
Violation ChunkDecoder::take(char c) {
    switch (state_) {
        case State::size_first:
            left_ = digits_ = extension_bytes_ = 0;
            state_ = State::size;
            return hex_value(c) < 0 ? Violation::malformed_chunk : take_size(c);
        case State::size:
            return take_size(c);
        case State::extension:
        case State::extension_quoted:
        case State::extension_escaped:
            return take_extension(c);
        case State::size_lf:
            return expect(c, '\n', left_ == 0 ? State::trailer_start : State::data);
        case State::data_cr:
            return expect(c, '\r', State::data_lf);
        case State::data_lf:
            return expect(c, '\n', State::size_first);
        case State::trailer_start:
        case State::trailer_name:
        case State::trailer_value:
        case State::trailer_lf:
            return take_trailer(c);
        case State::end_lf:
            return expect(c, '\n', State::done);
        case State::data:
        case State::done:
        case State::failed:
            break;
    }
    return Violation::malformed_chunk;
}

Violation ChunkDecoder::expect(char c, char wanted, State then) {
    if (c != wanted) return Violation::malformed_chunk;
    state_ = then;
    return Violation::none;
}

Violation ChunkDecoder::take_size(char c) {
    const int digit = hex_value(c);
    if (digit < 0) {
        if (c == ';') return expect(c, ';', State::extension);
        return expect(c, '\r', State::size_lf);
    }
    if (++digits_ > kMaxDigits || left_ > (kMaxSize >> 4)) return Violation::malformed_chunk;
    left_ = left_ << 4 | static_cast<std::uint64_t>(digit);
    return Violation::none;
}

Violation ChunkDecoder::take_extension(char c) {
    if (state_ == State::extension && c == '\r') return expect(c, '\r', State::size_lf);
    if (!is_text(c)) return Violation::malformed_chunk;
    if (++extension_bytes_ > kMaxExtension) return Violation::chunk_extension_too_long;
    if (state_ == State::extension_escaped) {
        state_ = State::extension_quoted;
    } else if (c == '"') {
        state_ = state_ == State::extension ? State::extension_quoted : State::extension;
    } else if (c == '\\' && state_ == State::extension_quoted) {
        state_ = State::extension_escaped;
    }
    return Violation::none;
}

Violation ChunkDecoder::take_trailer(char c) {
    if (state_ == State::trailer_start && c == '\r') return expect(c, '\r', State::end_lf);
    if (++trailer_bytes_ > kMaxTrailers) return Violation::trailers_too_large;
    if (state_ == State::trailer_lf) return expect(c, '\n', State::trailer_start);
    if (state_ == State::trailer_value) {
        if (c == '\r') return expect(c, '\r', State::trailer_lf);
        return is_text(c) ? Violation::none : Violation::malformed_chunk;
    }
    if (state_ == State::trailer_name && c == ':') return expect(c, ':', State::trailer_value);
    state_ = State::trailer_name;
    return is_token_char(c) ? Violation::none : Violation::malformed_chunk;
}

void put_chunk_head(base::Writer& out, std::uint64_t size) {
    out.put_hex(size);
    out.put(kChunkTail);
}

}  // namespace errgate::http
