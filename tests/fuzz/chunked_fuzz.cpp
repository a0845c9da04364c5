// Chunked bodies of any bytes: never a crash, one verdict however they arrive, and a round trip.
#include "../unit/http/decode.hpp"

#include <array>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

namespace {

using namespace errgate::http;

void require(bool holds) {
    if (!holds) std::abort();
}

std::string encode(std::string_view data) {
    std::array<char, 32> head;
    errgate::base::Writer out(head);
    put_chunk_head(out, data.size());
    std::string text;
    if (!data.empty()) text.append(out.view()).append(data).append(kChunkTail);
    return text.append(kLastChunk);
}

}  // namespace

// The first byte says how many bytes arrive at a time.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size == 0) return 0;
    const std::string_view text(reinterpret_cast<const char*>(data + 1), size - 1);
    const std::size_t step = 1 + data[0] % 32;

    const Decoded whole = decode(text);
    require(!whole.left_over && decode(text, {step}) == whole);
    if (whole.violation == Violation::none) require(whole.done || whole.consumed == text.size());

    const std::string encoded = encode(text);
    require(decode(encoded, {step}) ==
            Decoded{std::string(text), encoded.size(), true, Violation::none});
    return 0;
}
