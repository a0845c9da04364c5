#include "proxy/body_decoder.hpp"

#include <algorithm>
#include <cstring>

namespace errgate::proxy {

using http::BodyKind;

void BodyDecoder::reset(const http::Framing& framing) {
    framing_ = framing;
    left_ = framing.length;
    chunks_.reset();
    done_ = framing.kind == BodyKind::none || (framing.kind == BodyKind::length && left_ == 0);
}

BodyDecoder::Step BodyDecoder::feed(std::span<char> input) {
    if (done_) return {Status::done, 0, {}, {}};
    if (framing_.kind == BodyKind::chunked) return feed_chunks(input);
    std::size_t size = input.size();
    if (framing_.kind == BodyKind::length) {
        size = static_cast<std::size_t>(std::min<std::uint64_t>(size, left_));
        left_ -= size;
        done_ = left_ == 0;
    }
    return {done_ ? Status::done : Status::more, size, {input.data(), size}, {}};
}

BodyDecoder::Step BodyDecoder::feed_chunks(std::span<char> input) {
    Step out;
    std::size_t size = 0;  // of the data gathered at `begin`
    char* begin = input.data();
    for (;;) {
        const auto step = chunks_.next({input.data() + out.consumed, input.size() - out.consumed});
        out.consumed += step.consumed;
        switch (step.status) {
            case http::ChunkDecoder::Status::data:
                if (size == 0) {
                    begin = input.data() + (step.data.data() - input.data());
                } else {
                    std::memmove(begin + size, step.data.data(), step.data.size());
                }
                size += step.data.size();
                continue;
            case http::ChunkDecoder::Status::need_more:
                break;
            case http::ChunkDecoder::Status::done:
                done_ = true;
                out.status = Status::done;
                break;
            case http::ChunkDecoder::Status::error:
                out.status = Status::error;
                out.violation = step.violation;
                break;
        }
        out.data = {begin, size};
        return out;
    }
}

bool BodyDecoder::finish() {
    if (framing_.kind == BodyKind::until_close) done_ = true;
    return done_;
}

}  // namespace errgate::proxy
