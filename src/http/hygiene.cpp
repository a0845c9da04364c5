// Which fields cross, by number where Beast has one and by name otherwise.
#include "http/hygiene.hpp"

#include "http/syntax.hpp"

#include <array>

namespace errgate::http {
namespace {

// Beast numbers nearly 400 names; these belong to one connection (RFC 9110 7.6.1) or are framing,
// which the writers make anew.
bool is_hop_by_hop(FieldName id) {
    switch (id) {
        case FieldName::connection:
        case FieldName::proxy_connection:
        case FieldName::keep_alive:
        case FieldName::te:
        case FieldName::trailer:
        case FieldName::transfer_encoding:
        case FieldName::content_length:
        case FieldName::upgrade:
        case FieldName::http2_settings:
        case FieldName::proxy_authorization:
        case FieldName::proxy_authenticate:
        case FieldName::proxy_authentication_info:
            return true;
        default:
            return false;
    }
}

char normalized(char c) {
    if (c == '_') return '-';
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c | 0x20) : c;
}

// Case and '_' for '-' do not count: CGI-like readers see no difference.
bool looks_like(std::string_view name, std::string_view lower) {
    if (name.size() != lower.size()) return false;
    for (std::size_t i = 0; i < name.size(); ++i) {
        if (normalized(name[i]) != lower[i]) return false;
    }
    return true;
}

template <std::size_t N>
bool looks_like_any(std::string_view name, const std::array<std::string_view, N>& names) {
    for (std::string_view lower : names) {
        if (looks_like(name, lower)) return true;
    }
    return false;
}

bool contains(std::string_view name, std::string_view lower) {
    for (std::size_t at = 0; at + lower.size() <= name.size(); ++at) {
        if (iequals(name.substr(at, lower.size()), lower)) return true;
    }
    return false;
}

bool starts_with(std::string_view name, std::string_view lower) {
    return iequals(name.substr(0, lower.size()), lower);
}

constexpr std::array<std::string_view, 9> kMadeAnew{
    "x-request-id",      "x-forwarded-for", "x-forwarded-host", "x-forwarded-proto", "traceparent",
    "transfer-encoding", "content-length",  "proxy-connection", "keep-alive"};

bool is_only_about_connection(std::string_view option) {
    return option.empty() || iequals(option, "close") || iequals(option, "keep-alive") ||
           iequals(option, "upgrade");
}

// Fields that speak of the body which the envelope replaces, or of how long it may be kept.
bool describes_content(const Field& field) {
    switch (field.id) {
        case FieldName::etag:
        case FieldName::last_modified:
        case FieldName::accept_ranges:
        case FieldName::digest:
        case FieldName::cache_control:
        case FieldName::pragma:
        case FieldName::expires:
        case FieldName::age:
        case FieldName::retry_after:
            return true;
        case FieldName::content_range:
            return false;
        default:
            break;
    }
    if (starts_with(field.name, "content-")) {
        return !starts_with(field.name, "content-security-policy");
    }
    return contains(field.name, "signature") || iequals(field.name, "repr-digest");
}

}  // namespace

ConnectionOptions::ConnectionOptions(const Fields& fields) : fields_(fields), names_fields_(false) {
    for (const Field& field : fields) {
        if (field.id != FieldName::connection) continue;
        ListCursor list(field.value);
        while (const auto option = list.next()) {
            if (!is_only_about_connection(*option)) names_fields_ = true;
        }
    }
}

bool ConnectionOptions::names(std::string_view field_name) const {
    if (empty()) return false;
    for (const Field& field : fields_) {
        if (field.id != FieldName::connection) continue;
        ListCursor list(field.value);
        while (const auto option = list.next()) {
            if (iequals(*option, field_name)) return true;
        }
    }
    return false;
}

bool forwards_request_field(const Field& field, const ConnectionOptions& connection) {
    switch (field.id) {
        case FieldName::host:
        case FieldName::expect:
        case FieldName::via:
            return false;
        case FieldName::unknown:
            if (looks_like_any(field.name, kMadeAnew)) return false;
            break;
        default:
            if (is_hop_by_hop(field.id)) return false;
    }
    return !connection.names(field.name);
}

std::string_view find_forwarded(const Fields& fields, std::string_view name) {
    const ConnectionOptions connection(fields);
    for (const Field& field : fields) {
        if (iequals(field.name, name) && forwards_request_field(field, connection)) {
            return field.value;
        }
    }
    return {};
}

bool forwards_response_field(const Field& field, const ConnectionOptions& connection) {
    if (field.id == FieldName::unknown) {
        if (iequals(field.name, "x-request-id")) return false;
    } else if (is_hop_by_hop(field.id)) {
        return false;
    }
    return !connection.names(field.name);
}

bool is_annotation(std::string_view field_name) {
    return starts_with(field_name, "errgate-");
}

bool survives_normalization(const Field& field, const ConnectionOptions& connection) {
    return forwards_response_field(field, connection) && !describes_content(field) &&
           !is_annotation(field.name) && !iequals(field.name, "proxy-status");
}

}  // namespace errgate::http
