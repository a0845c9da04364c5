#include "mapping/decompress.hpp"

#include "http/head.hpp"

#include <brotli/decode.h>
#include <zlib.h>

#include <algorithm>
#include <array>
#include <memory>
#include <optional>

namespace errgate::mapping {
namespace {

constexpr std::size_t kMaxCodings = 3;  // in a row; nobody sends more
constexpr int kZlibOrGzip = 15 + 32;    // zlib.h: window bits, header detected
constexpr int kRawDeflate = -15;

struct Decoded {
    std::string text;
    bool complete = false;
};

using Block = std::array<char, 16 * 1024>;

// Nothing when the bytes are not what they are said to be; a stream that merely ends early keeps
// what it gave.
std::optional<Decoded> inflate(std::string_view bytes, int window_bits, std::size_t limit) {
    z_stream stream{};
    if (inflateInit2(&stream, window_bits) != Z_OK) return std::nullopt;
    const std::unique_ptr<z_stream, int (*)(z_stream*)> guard(&stream, &inflateEnd);
    // zlib does not write through next_in.
    stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(bytes.data()));
    stream.avail_in = static_cast<uInt>(bytes.size());
    Decoded decoded;
    Block block;
    int result = Z_OK;
    while (result == Z_OK && decoded.text.size() < limit) {
        stream.next_out = reinterpret_cast<Bytef*>(block.data());
        stream.avail_out = static_cast<uInt>(block.size());
        result = inflate(&stream, Z_NO_FLUSH);
        decoded.text.append(block.data(), block.size() - stream.avail_out);
    }
    decoded.complete = result == Z_STREAM_END;
    const bool lied = result == Z_DATA_ERROR || (decoded.text.empty() && !decoded.complete);
    return lied ? std::nullopt : std::optional(std::move(decoded));
}

std::optional<Decoded> unbrotli(std::string_view bytes, std::size_t limit) {
    const std::unique_ptr<BrotliDecoderState, void (*)(BrotliDecoderState*)> state(
        BrotliDecoderCreateInstance(nullptr, nullptr, nullptr), &BrotliDecoderDestroyInstance);
    if (!state) return std::nullopt;
    const auto* in = reinterpret_cast<const std::uint8_t*>(bytes.data());
    std::size_t in_size = bytes.size();
    Decoded decoded;
    Block block;
    auto result = BROTLI_DECODER_RESULT_NEEDS_MORE_OUTPUT;
    while (result == BROTLI_DECODER_RESULT_NEEDS_MORE_OUTPUT && decoded.text.size() < limit) {
        auto* out = reinterpret_cast<std::uint8_t*>(block.data());
        std::size_t out_size = block.size();
        result =
            BrotliDecoderDecompressStream(state.get(), &in_size, &in, &out_size, &out, nullptr);
        decoded.text.append(block.data(), block.size() - out_size);
    }
    decoded.complete = result == BROTLI_DECODER_RESULT_SUCCESS;
    const bool lied =
        result == BROTLI_DECODER_RESULT_ERROR || (decoded.text.empty() && !decoded.complete);
    return lied ? std::nullopt : std::optional(std::move(decoded));
}

std::size_t limit_of(std::string_view bytes) {
    return std::clamp(bytes.size() * kMaxRatio, kAlwaysDecoded, kMaxDecoded);
}

// Raw deflate and brotli begin with no mark and end with no check: a plain text declared to be one
// of them may look like its beginning. When all bytes are there, a stream without its end is none.
std::optional<Decoded> with_end(std::optional<Decoded> decoded, bool all_there, std::size_t limit) {
    const bool cut_by_us = decoded && decoded->text.size() >= limit;
    if (decoded && all_there && !decoded->complete && !cut_by_us) return std::nullopt;
    return decoded;
}

std::optional<Decoded> decode_as(std::string_view bytes, std::string_view coding, bool all_there) {
    const std::size_t limit = limit_of(bytes);
    if (http::iequals(coding, "gzip") || http::iequals(coding, "x-gzip")) {
        return inflate(bytes, kZlibOrGzip, limit);
    }
    if (http::iequals(coding, "deflate")) {
        auto decoded = inflate(bytes, kZlibOrGzip, limit);
        if (decoded) return decoded;
        return with_end(inflate(bytes, kRawDeflate, limit), all_there, limit);
    }
    if (http::iequals(coding, "br")) return with_end(unbrotli(bytes, limit), all_there, limit);
    return std::nullopt;
}

// RFC 1952 section 2.3.1 and RFC 1950 section 2.2: no text begins so.
std::optional<Decoded> decode_by_its_looks(std::string_view bytes) {
    if (bytes.size() < 3) return std::nullopt;
    const bool gzip = bytes.starts_with("\x1F\x8B\x08");
    const auto flags = static_cast<unsigned char>(bytes[1]);
    const bool zlib = bytes[0] == '\x78' && (0x7800U + flags) % 31 == 0;
    if (!gzip && !zlib) return std::nullopt;
    auto decoded = inflate(bytes, kZlibOrGzip, limit_of(bytes));
    // Two letters and a check by 31 could still be a short text: only a sound stream counts.
    const bool sound = decoded && (gzip || decoded->complete);
    return sound ? std::move(decoded) : std::nullopt;
}

// The last coding of the list, which was applied last; `list` keeps the others.
std::string_view take_last(std::string_view& list) {
    const std::size_t comma = list.rfind(',');
    std::string_view last = list.substr(comma == std::string_view::npos ? 0 : comma + 1);
    list = comma == std::string_view::npos ? std::string_view{} : list.substr(0, comma);
    const auto first = last.find_first_not_of(" \t");
    if (first == std::string_view::npos) return {};
    return last.substr(first, last.find_last_not_of(" \t") - first + 1);
}

}  // namespace

std::string_view decompress(std::string_view bytes, std::string_view coding, std::string& storage,
                            bool& complete) {
    for (std::size_t i = 0; i < kMaxCodings; ++i) {
        const std::string_view last = take_last(coding);
        const bool declared = !last.empty() && !http::iequals(last, "identity");
        auto decoded = declared ? decode_as(bytes, last, complete) : std::nullopt;
        if (!decoded && (declared || coding.empty())) decoded = decode_by_its_looks(bytes);
        if (!decoded) {
            if (declared || coding.empty()) break;
            continue;
        }
        const std::size_t limit = limit_of(bytes);
        complete = complete && decoded->complete && decoded->text.size() <= limit;
        decoded->text.resize(std::min(decoded->text.size(), limit));
        storage = std::move(decoded->text);
        bytes = storage;
    }
    return bytes;
}

}  // namespace errgate::mapping
