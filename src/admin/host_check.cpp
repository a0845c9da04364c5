// Does a Host field name this server by an address?
#include "admin/host_check.hpp"

#include <algorithm>
#include <arpa/inet.h>

namespace errgate::admin {

namespace {

char lower(char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

// Host = uri-host [ ":" port ], RFC 9110 7.2; an IPv6 literal loses its brackets. Empty: malformed.
std::string host_name(std::string_view field) {
    std::size_t end = field.find(':');
    std::size_t begin = 0;
    if (field.starts_with('[')) {
        begin = 1;
        end = field.find(']');
        if (end == std::string_view::npos) return {};
    }
    std::string name(field.substr(begin, end == std::string_view::npos ? end : end - begin));
    std::ranges::transform(name, name.begin(), lower);
    return name;
}

bool is_literal_address(const std::string& name) {
    in6_addr address{};
    return inet_pton(AF_INET, name.c_str(), &address) == 1 ||
           inet_pton(AF_INET6, name.c_str(), &address) == 1;
}

}  // namespace

bool is_trusted_host(std::string_view host_field, std::span<const std::string> allowed) {
    const std::string name = host_name(host_field);
    if (name.empty()) return false;
    if (name == "localhost" || name.ends_with(".localhost") || is_literal_address(name))
        return true;
    return std::ranges::any_of(
        allowed, [&](const std::string& trusted) { return host_name(trusted) == name; });
}

}  // namespace errgate::admin
