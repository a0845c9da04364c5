// A body that needs no memory: every byte follows from its position.
#include "support/pattern.hpp"

#include <algorithm>

namespace errgate::test {
namespace {

// A prime period keeps a shift by any buffer size from going unseen.
constexpr std::size_t kPeriod = 65'521;

const std::string& tile() {
    static const std::string kTile = [] {
        std::string bytes(kPeriod, '\0');
        std::uint32_t state = 1;
        for (char& byte : bytes) {
            state = state * 1'664'525u + 1'013'904'223u;
            byte = static_cast<char>(state >> 24);
        }
        return bytes;
    }();
    return kTile;
}

}  // namespace

std::string pattern(std::uint64_t offset, std::size_t size) {
    std::string bytes;
    bytes.reserve(size);
    while (bytes.size() < size) {
        const std::size_t at = static_cast<std::size_t>((offset + bytes.size()) % kPeriod);
        bytes.append(tile(), at, std::min(kPeriod - at, size - bytes.size()));
    }
    return bytes;
}

bool matches_pattern(std::uint64_t offset, std::string_view bytes) {
    return pattern(offset, bytes.size()) == bytes;
}

}  // namespace errgate::test
