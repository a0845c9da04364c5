// Bodies of any bytes under any declared type and coding: always one tree, within every bound.
#include "mapping/body.hpp"
#include "mapping/decompress.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>
#include <vector>

namespace {

using namespace errgate::mapping;

void require(bool holds) {
    if (!holds) std::abort();
}

// Every node hangs in the tree once, within the depth limit; reading every byte of its texts lets
// the sanitizer see a view of memory that is gone.
void check_tree(const Tree& tree) {
    struct Visit {
        NodeId id;
        std::size_t depth;
    };
    std::size_t visited = 0;
    std::size_t bytes = 0;
    std::vector<Visit> open{{kRoot, 0}};
    while (!open.empty()) {
        const auto [id, depth] = open.back();
        open.pop_back();
        require(++visited <= tree.size() && id < tree.size() && depth <= kMaxDepth);
        const Node& node = tree[id];
        bytes += static_cast<std::size_t>(std::count(node.key.begin(), node.key.end(), 'a') +
                                          std::count(node.text.begin(), node.text.end(), 'a'));
        for (NodeId child = node.first_child; child != kNoNode; child = tree[child].next_sibling)
            open.push_back({child, depth + 1});
        if (const auto text = tree.scalar(id)) require(!text->empty());
    }
    require(tree.size() <= kMaxNodes && bytes < ~std::size_t{0});
}

void check_decompression(std::string_view bytes, std::string_view coding) {
    std::string storage;
    bool complete = true;
    const std::string_view plain = decompress(bytes, coding, storage, complete);
    require(plain.size() <= std::max(bytes.size(), kMaxDecoded));
}

}  // namespace

// The first byte chooses what the body is said to be; the rest is the body.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    constexpr std::array<std::string_view, 8> kTypes{"",
                                                     "application/json",
                                                     "application/xml",
                                                     "text/html",
                                                     "application/x-www-form-urlencoded",
                                                     "text/plain",
                                                     "application/json; charset=utf-16",
                                                     "text/xml; charset=\"iso-8859-1\""};
    constexpr std::array<std::string_view, 8> kCodings{"",         "gzip",   "deflate",  "br",
                                                       "gzip, br", "x-gzip", "identity", "zstd"};
    if (size == 0) return 0;
    const std::string_view type = kTypes[data[0] % 8];
    const std::string_view coding = kCodings[data[0] / 8 % 8];
    const bool complete = data[0] < 192;  // a quarter is said to be cut
    const std::string_view bytes(reinterpret_cast<const char*>(data + 1), size - 1);
    check_decompression(bytes, coding);
    const Body body = decode_body({bytes, type, coding, complete});
    check_tree(body.tree);
    const Node::Kind root = body.tree.root().kind;
    require(root == Node::Kind::object || root == Node::Kind::array);
    require(!to_string(body.kind).empty());
    return 0;
}
