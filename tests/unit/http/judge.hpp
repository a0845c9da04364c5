// Runs a raw message through parser and framing guard, as the proxy does, in pieces of any size.
#pragma once

#include "http/framing.hpp"
#include "http/head_parser.hpp"

#include <cstddef>
#include <ostream>
#include <string>
#include <string_view>

namespace errgate::http {

// gtest prints a violation by its slug.
inline void PrintTo(Violation v, std::ostream* out) {
    *out << slug(v);
}

// What became of a message: a violation of syntax or framing, or its framing.
struct Verdict {
    bool complete = false;
    Violation violation = Violation::none;
    std::size_t head_bytes = 0;
    Framing framing;

    friend bool operator==(const Verdict& a, const Verdict& b) {
        return a.complete == b.complete && a.violation == b.violation &&
               a.head_bytes == b.head_bytes && a.framing.kind == b.framing.kind &&
               a.framing.length == b.framing.length;
    }
    friend std::ostream& operator<<(std::ostream& out, const Verdict& v) {
        return out << (v.complete ? "complete " : "") << slug(v.violation) << " head "
                   << v.head_bytes << " kind " << static_cast<int>(v.framing.kind) << " length "
                   << v.framing.length;
    }
};

inline FramingResult check(const RequestParser& parser) {
    return check_request(parser.head());
}
inline FramingResult check(const ResponseParser& parser) {
    return check_response(parser.head(), Method::get);
}

template <typename Parser>
Verdict finish(const Parser& parser, const ParseResult& parsed) {
    if (parsed.status != ParseStatus::complete) return {false, parsed.violation, 0, {}};
    const FramingResult framed = check(parser);
    return {true, framed.violation, parsed.head_bytes, framed.framing};
}

// Shows the parser the first `first` bytes, and then `step` more at a time.
template <typename Parser>
Verdict judge_split(std::string_view text, std::size_t first, std::size_t step,
                    const HeadLimits& limits = {}) {
    Parser parser;
    parser.reset(limits);
    ParseResult parsed = parser.feed(text.substr(0, first));
    for (std::size_t size = first; parsed.status == ParseStatus::need_more && size < text.size();) {
        size += step;
        parsed = parser.feed(text.substr(0, size));
    }
    return finish(parser, parsed);
}

inline Verdict judge_request(std::string_view text, const HeadLimits& limits = {}) {
    return judge_split<RequestParser>(text, text.size(), 1, limits);
}
inline Verdict judge_response(std::string_view text, const HeadLimits& limits = {}) {
    return judge_split<ResponseParser>(text, text.size(), 1, limits);
}

}  // namespace errgate::http
