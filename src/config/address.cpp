#include "config/address.hpp"

#include "http/syntax.hpp"

#include <algorithm>
#include <arpa/inet.h>
#include <array>
#include <charconv>
#include <optional>

namespace errgate::config {
namespace {

// The address as the system writes it ("::1"), nothing when the text is none.
std::optional<std::string> literal(int family, std::string_view text) {
    std::array<unsigned char, sizeof(in6_addr)> bytes{};
    std::array<char, INET6_ADDRSTRLEN> out{};
    if (inet_pton(family, std::string(text).c_str(), bytes.data()) != 1) return std::nullopt;
    if (inet_ntop(family, bytes.data(), out.data(), out.size()) == nullptr) return std::nullopt;
    return out.data();
}

bool is_bracketed(std::string_view text) {
    return text.size() > 2 && text.front() == '[' && text.back() == ']';
}

std::string_view unbracketed(std::string_view text) {
    return text.substr(1, text.size() - 2);
}

std::optional<std::uint16_t> port_number(std::string_view text) {
    std::uint16_t port = 0;
    const auto [stop, error] = std::from_chars(text.data(), text.data() + text.size(), port);
    if (error != std::errc{} || stop != text.data() + text.size()) return std::nullopt;
    return port;
}

struct Authority {
    std::string_view host;  // with its brackets
    std::optional<std::string_view> port;
};

Authority split_authority(std::string_view text) {
    const auto colon = text.find_last_of(":]");
    if (colon == text.npos || text[colon] == ']') return {text, std::nullopt};
    return {text.substr(0, colon), text.substr(colon + 1)};
}

bool is_dns_name(std::string_view text) {
    const auto fits = [](char c) {
        return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || http::is_digit(c) || c == '-' ||
               c == '_' || c == '.';
    };
    return !text.empty() && text.size() <= 253 && std::all_of(text.begin(), text.end(), fits) &&
           text.front() != '.' && text.front() != '-' && text.find("..") == text.npos;
}

// Digits and dots alone are meant as an address, and then must be one.
bool looks_like_ipv4(std::string_view text) {
    return text.find_first_not_of("0123456789.") == text.npos;
}

std::string lower(std::string_view text) {
    std::string out(text);
    for (char& c : out) {
        if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    }
    return out;
}

// "." or "..", encoded or not, also with a ";parameter" behind.
bool is_dot_segment(std::string_view segment) {
    std::string decoded = lower(segment.substr(0, segment.find(';')));
    for (auto at = decoded.find("%2e"); at != decoded.npos; at = decoded.find("%2e")) {
        decoded.replace(at, 3, ".");
    }
    return decoded == "." || decoded == "..";
}

Mismatch bad_url(std::string hint, bool secret = false) {
    return {"a URL such as http://host:port/base", std::move(hint), secret};
}

}  // namespace

bool is_host(std::string_view text) {
    if (is_bracketed(text)) return literal(AF_INET6, unbracketed(text)).has_value();
    if (looks_like_ipv4(text)) return literal(AF_INET, text).has_value();
    return is_dns_name(text);
}

bool is_path(std::string_view text) {
    const auto fits = [](char c) {
        return c > 0x20 && c < 0x7F &&
               std::string_view("?#\\\"<>^`{|}").find(c) == std::string_view::npos;
    };
    if (!text.starts_with('/') || !std::all_of(text.begin(), text.end(), fits)) return false;
    while (!text.empty()) {
        text.remove_prefix(1);
        const auto slash = std::min(text.find('/'), text.size());
        if (is_dot_segment(text.substr(0, slash))) return false;
        text.remove_prefix(slash);
    }
    return true;
}

bool is_loopback(const ListenAddress& address) {
    return address.host.starts_with("127.") || address.host == "::1";
}

Converted<ListenAddress> listen_address(const Value& value) {
    const Mismatch mismatch{"a literal address and port such as 127.0.0.1:8080 or [::1]:8080"};
    const Authority authority = split_authority(value.text);
    const auto port = authority.port ? port_number(*authority.port) : std::nullopt;
    if (value.kind != Value::Kind::scalar || !port) return mismatch;
    if (authority.host == "localhost") return ListenAddress{"127.0.0.1", *port};
    const auto host = is_bracketed(authority.host) ? literal(AF_INET6, unbracketed(authority.host))
                                                   : literal(AF_INET, authority.host);
    if (!host) return mismatch;
    return ListenAddress{*host, *port};
}

Converted<Url> url(const Value& value) {
    if (value.kind != Value::Kind::scalar) return bad_url("");
    const std::string_view text = value.text;
    Url out;
    const auto colon = text.find("://");
    if (colon == text.npos) return bad_url("the scheme is missing", text.find('@') != text.npos);
    out.scheme = lower(text.substr(0, colon));
    const std::string_view rest = text.substr(colon + 3);
    const auto end = std::min(rest.find_first_of("/?#"), rest.size());
    const Authority authority = split_authority(rest.substr(0, end));
    if (rest.substr(0, end).find('@') != rest.npos) {
        return bad_url("no user name or password, send them in a header", true);
    }
    if (out.scheme != "http" && out.scheme != "https")
        return bad_url("the scheme must be http or https");
    if (!is_host(authority.host)) return bad_url("the host is not a name or literal address");
    const std::uint16_t scheme_port = out.scheme == "https" ? 443 : 80;
    const auto port = authority.port ? port_number(*authority.port) : scheme_port;
    if (!port || *port == 0) return bad_url("the port must be from 1 to 65535");
    std::string_view path = rest.substr(end);
    if (!path.empty() && !is_path(path)) {
        return bad_url("the base path has no query, fragment or dot segments",
                       text.find('?') != text.npos);
    }
    while (path.ends_with('/'))
        path.remove_suffix(1);
    out.base_path = path;
    out.default_port = *port == scheme_port;
    const std::string host = lower(authority.host);
    out.address = {is_bracketed(host) ? *literal(AF_INET6, unbracketed(host)) : host, *port};
    return out;
}

}  // namespace errgate::config
