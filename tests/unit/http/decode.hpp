// Decodes a chunked body that arrives in pieces, as the relay does.
#pragma once

#include "http/chunked.hpp"

#include <cstddef>
#include <ostream>
#include <string>
#include <string_view>
#include <vector>

namespace errgate::http {

// gtest prints a violation by its slug.
inline void PrintTo(Violation v, std::ostream* out) {
    *out << slug(v);
}

struct Decoded {
    std::string data;
    std::size_t consumed = 0;
    bool done = false;
    Violation violation = Violation::none;
    bool left_over = false;  // asked for more without taking all it had: never

    friend bool operator==(const Decoded&, const Decoded&) = default;
    friend std::ostream& operator<<(std::ostream& out, const Decoded& d) {
        return out << '"' << d.data << "\" consumed " << d.consumed << (d.done ? " done " : " ")
                   << slug(d.violation) << (d.left_over ? " left over" : "");
    }
};

// Feeds pieces of the given sizes in turn.
inline Decoded decode(std::string_view text, const std::vector<std::size_t>& sizes) {
    ChunkDecoder decoder;
    Decoded out;
    for (std::size_t turn = 0; out.consumed < text.size() && !out.left_over; ++turn) {
        std::string_view piece = text.substr(out.consumed, sizes[turn % sizes.size()]);
        ChunkDecoder::Step step;
        do {
            step = decoder.next(piece);
            out.data += step.data;
            out.consumed += step.consumed;
            piece.remove_prefix(step.consumed);
        } while (step.status == ChunkDecoder::Status::data);
        out.done = step.status == ChunkDecoder::Status::done;
        out.violation = step.violation;
        if (step.status != ChunkDecoder::Status::need_more) return out;
        out.left_over = !piece.empty();
    }
    return out;
}

inline Decoded decode(std::string_view text) {
    return decode(text, {text.size()});
}

}  // namespace errgate::http
