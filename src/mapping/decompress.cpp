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
std::optional<Decoded> inflate(std::string_view bytes, int window_bits) {
    z_stream stream{};
    if (inflateInit2(&stream, window_bits) != Z_OK) return std::nullopt;
    const std::unique_ptr<z_stream, int (*)(z_stream*)> guard(&stream, &inflateEnd);
    // zlib does not write through next_in.
    stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(bytes.data()));
    stream.avail_in = static_cast<uInt>(bytes.size());
    Decoded decoded;
    Block block;
    int result = Z_OK;
    while (result == Z_OK && decoded.text.size() < kMaxDecoded) {
        stream.next_out = reinterpret_cast<Bytef*>(block.data());
        stream.avail_out = static_cast<uInt>(block.size());
        result = inflate(&stream, Z_NO_FLUSH);
        decoded.text.append(block.data(), block.size() - stream.avail_out);
    }
    decoded.complete = result == Z_STREAM_END;
    const bool lied = result == Z_DATA_ERROR || (decoded.text.empty() && !decoded.complete);
    return lied ? std::nullopt : std::optional(std::move(decoded));
}

std::optional<Decoded> unbrotli(std::string_view bytes) {
    const std::unique_ptr<BrotliDecoderState, void (*)(BrotliDecoderState*)> state(
        BrotliDecoderCreateInstance(nullptr, nullptr, nullptr), &BrotliDecoderDestroyInstance);
    if (!state) return std::nullopt;
    const auto* in = reinterpret_cast<const std::uint8_t*>(bytes.data());
    std::size_t in_size = bytes.size();
    Decoded decoded;
    Block block;
    auto result = BROTLI_DECODER_RESULT_NEEDS_MORE_OUTPUT;
    while (result == BROTLI_DECODER_RESULT_NEEDS_MORE_OUTPUT && decoded.text.size() < kMaxDecoded) {
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

std::optional<Decoded> decode_one(std::string_view bytes, std::string_view coding) {
    if (http::iequals(coding, "gzip") || http::iequals(coding, "x-gzip")) {
        return inflate(bytes, kZlibOrGzip);
    }
    if (http::iequals(coding, "deflate")) {
        auto decoded = inflate(bytes, kZlibOrGzip);
        return decoded ? std::move(decoded) : inflate(bytes, kRawDeflate);
    }
    if (http::iequals(coding, "br")) return unbrotli(bytes);
    return std::nullopt;
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
    for (std::size_t i = 0; i < kMaxCodings && !coding.empty(); ++i) {
        const std::string_view last = take_last(coding);
        if (last.empty() || http::iequals(last, "identity")) continue;
        auto decoded = decode_one(bytes, last);
        if (!decoded) break;
        decoded->text.resize(std::min(decoded->text.size(), kMaxDecoded));
        complete = complete && decoded->complete;
        storage = std::move(decoded->text);
        bytes = storage;
    }
    return bytes;
}

}  // namespace errgate::mapping
