// Checks and takes apart request targets.
#include "http/target.hpp"

#include "http/syntax.hpp"

#include <algorithm>
#include <arpa/inet.h>
#include <array>
#include <cstdint>

namespace errgate::http {
namespace {

constexpr std::array<bool, 256> target_table() {
    std::array<bool, 256> table{};
    for (unsigned c = 0x21; c < 0x7f; ++c)
        table[c] = true;
    for (char c : std::string_view("\"<>\\^`{|}#"))
        table[static_cast<unsigned char>(c)] = false;
    return table;
}
constexpr std::array<bool, 256> kTargetChars = target_table();

bool is_target_char(char c) {
    return kTargetChars[static_cast<unsigned char>(c)];
}

// reg-name of RFC 3986 without the comma, which Host lists of several names are made of.
bool is_name_char(char c) {
    const bool alpha = (c | 0x20) >= 'a' && (c | 0x20) <= 'z';
    return alpha || is_digit(c) ||
           std::string_view("-._~!$&'()*+;=").find(c) != std::string_view::npos;
}

bool is_reg_name(std::string_view text) {
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (is_name_char(text[i])) continue;
        if (text[i] != '%' || i + 2 >= text.size()) return false;
        if (hex_value(text[i + 1]) < 0 || hex_value(text[i + 2]) < 0) return false;
        i += 2;
    }
    return !text.empty();
}

bool is_ipv6(std::string_view text) {
    std::array<char, INET6_ADDRSTRLEN> copy{};
    if (text.size() >= copy.size() || text.find('\0') != std::string_view::npos) return false;
    std::ranges::copy(text, copy.begin());
    in6_addr ignored{};
    return inet_pton(AF_INET6, copy.data(), &ignored) == 1;
}

bool is_port(std::string_view text) {
    std::uint32_t value = 0;
    for (char c : text) {
        if (!is_digit(c)) return false;
        value = value * 10 + static_cast<std::uint32_t>(c - '0');
        if (value > 65535) return false;
    }
    return true;  // also when empty: `host:` is in the grammar
}

// The target behind "http://" or "https://"; without data when it has another form.
std::string_view after_scheme(std::string_view target) {
    for (std::string_view scheme : {"http://", "https://"}) {
        if (target.size() >= scheme.size() && iequals(target.substr(0, scheme.size()), scheme)) {
            return target.substr(scheme.size());
        }
    }
    return {};
}

std::string_view authority_of(std::string_view rest) {
    return rest.substr(0, rest.find_first_of("/?"));
}

// One character of a path, with the encodings undone that an upstream may undo as well.
struct PathChar {
    char c;
    std::size_t bytes;
};
PathChar path_char(std::string_view path, std::size_t at) {
    if (path[at] == '%' && at + 2 < path.size()) {
        const int high = hex_value(path[at + 1]);
        const int low = hex_value(path[at + 2]);
        if (high == 2 && low == 14) return {'.', 3};
        if ((high == 2 && low == 15) || (high == 5 && low == 12)) return {'/', 3};  // %2f, %5c
    }
    return {path[at], 1};
}

bool has_dot_segment(std::string_view path) {
    std::size_t dots = 0;
    bool only_dots = false;  // nothing but dots since the last separator
    for (std::size_t at = 0; at < path.size();) {
        const PathChar next = path_char(path, at);
        at += next.bytes;
        if (next.c == '.' && only_dots) {
            ++dots;
            continue;
        }
        const bool ends = next.c == '/' || next.c == ';';
        if (ends && only_dots && (dots == 1 || dots == 2)) return true;
        only_dots = next.c == '/';
        dots = 0;
    }
    return only_dots && (dots == 1 || dots == 2);
}

}  // namespace

bool is_authority(std::string_view text) {
    if (text.starts_with('[')) {
        const std::size_t close = text.find(']');
        if (close == std::string_view::npos || !is_ipv6(text.substr(1, close - 1))) return false;
        text.remove_prefix(close + 1);
        return text.empty() || (text.front() == ':' && is_port(text.substr(1)));
    }
    const std::size_t colon = text.find(':');
    if (!is_reg_name(text.substr(0, colon))) return false;
    return colon == std::string_view::npos || is_port(text.substr(colon + 1));
}

Violation check_target(const RequestHead& head) {
    std::string_view path = head.target;
    if (!std::ranges::all_of(path, is_target_char)) return Violation::invalid_target;
    if (path == "*") {
        return head.method == Method::options ? Violation::none : Violation::invalid_target;
    }
    if (const std::string_view rest = after_scheme(path); rest.data() != nullptr) {
        const std::string_view host = authority_of(rest);
        if (!is_authority(host)) return Violation::invalid_target;
        path = rest.substr(host.size());
        if (path.empty()) return Violation::none;
    }
    // "http://host?query" is legal and never seen; it has no origin-form inside to point at.
    if (!path.starts_with('/')) return Violation::invalid_target;
    const bool dots = has_dot_segment(path.substr(0, path.find('?')));
    return dots ? Violation::invalid_target : Violation::none;
}

std::string_view authority(const RequestHead& head) {
    const std::string_view rest = after_scheme(head.target);
    return rest.data() != nullptr ? authority_of(rest) : find(head.fields, FieldName::host);
}

std::string_view origin_target(const RequestHead& head) {
    const std::string_view rest = after_scheme(head.target);
    if (rest.data() == nullptr) return head.target;
    const std::string_view path = rest.substr(authority_of(rest).size());
    if (!path.empty()) return path;
    return head.method == Method::options ? "*" : "/";
}

}  // namespace errgate::http
