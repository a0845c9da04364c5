// JSON hidden in a text member, decoded and put beside it.
#include "base/utf8.hpp"
#include "mapping/format.hpp"
#include "mapping/json_body.hpp"

#include <array>

namespace errgate::mapping {
namespace {

// Both alphabets of RFC 4648, padding optional; false on any other character.
bool decode_base64(std::string_view text, std::string& out) {
    const auto value_of = [](char c) -> int {
        if (c >= 'A' && c <= 'Z') return c - 'A';
        if (c >= 'a' && c <= 'z') return c - 'a' + 26;
        if (c >= '0' && c <= '9') return c - '0' + 52;
        if (c == '+' || c == '-') return 62;
        if (c == '/' || c == '_') return 63;
        return -1;
    };
    text = text.substr(0, text.find_last_not_of('=') + 1);
    unsigned bits = 0;
    int held = 0;
    for (const char c : text) {
        const int value = value_of(c);
        if (value < 0) return false;
        bits = bits << 6 | static_cast<unsigned>(value);
        held += 6;
        if (held < 8) continue;
        held -= 8;
        out.push_back(static_cast<char>(bits >> held & 0xFF));
    }
    return true;
}

}  // namespace

void decode_embeds(const std::vector<Embed>& embeds, Tree& tree) {
    if (tree.root().kind != Node::Kind::object) return;
    for (const Embed& embed : embeds) {
        const auto at = embed.at.first(tree);
        Text text = at ? tree.scalar(*at) : std::nullopt;
        std::string decoded;
        if (text && embed.decode == Embed::Decode::base64_json) {
            text = decode_base64(*text, decoded) ? Text(decoded) : std::nullopt;
        }
        if (!text || !base::is_valid_utf8(*text)) continue;
        Tree check;  // an invalid text must not cost a member of that name
        if (parse_json(*text, false, check) == JsonResult::invalid) continue;
        parse_json(*text, false, tree, tree.put_member(kRoot, embed.as));
    }
}

}  // namespace errgate::mapping
