// Decides where a body ends, and refuses what two readers could read in two ways.
#include "http/framing.hpp"

#include "http/syntax.hpp"

#include <array>
#include <limits>

namespace errgate::http {
namespace {

constexpr std::uint64_t kMaxLength = std::numeric_limits<std::int64_t>::max();

std::size_t count(const Fields& fields, FieldName id) {
    std::size_t n = 0;
    for (const Field& field : fields)
        n += field.id == id;
    return n;
}

bool has(const Fields& fields, FieldName id) {
    return count(fields, id) != 0;
}

std::optional<std::uint64_t> parse_length(std::string_view digits) {
    if (digits.empty()) return std::nullopt;
    std::uint64_t value = 0;
    for (char c : digits) {
        if (!is_digit(c)) return std::nullopt;
        const auto digit = static_cast<std::uint64_t>(c - '0');
        if (value > (kMaxLength - digit) / 10) return std::nullopt;
        value = value * 10 + digit;
    }
    return value;
}

bool is_known_coding(std::string_view coding) {
    constexpr std::array known{"gzip",       "x-gzip", "deflate", "compress",
                               "x-compress", "br",     "zstd",    "identity"};
    for (std::string_view name : known) {
        if (iequals(coding, name)) return true;
    }
    return false;
}

// Why a Transfer-Encoding that is not just `chunked` is refused. A clean list of codings that we
// do not decode is 501 (RFC 9112 6.1). Anything that some reader might take for chunked and
// another not is malformed.
Violation refuse_coding(std::string_view value) {
    bool chunked_seen = false;
    bool all_known = true;
    ListCursor list(value);
    while (const auto coding = list.next()) {
        if (chunked_seen || !is_token(*coding)) return Violation::malformed_transfer_encoding;
        chunked_seen = iequals(*coding, "chunked");
        all_known = all_known && is_known_coding(*coding);
    }
    return chunked_seen || all_known ? Violation::unsupported_transfer_coding
                                     : Violation::malformed_transfer_encoding;
}

// For a message that has Transfer-Encoding.
Violation check_transfer_encoding(const Fields& fields, int version) {
    if (version < 11) return Violation::transfer_encoding_in_http10;
    if (has(fields, FieldName::content_length)) {
        return Violation::content_length_and_transfer_encoding;
    }
    if (count(fields, FieldName::transfer_encoding) > 1) {
        return Violation::malformed_transfer_encoding;
    }
    const std::string_view value = find(fields, FieldName::transfer_encoding);
    return iequals(value, "chunked") ? Violation::none : refuse_coding(value);
}

FramingResult refuse(Violation violation) {
    return {violation, {}};
}

FramingResult body_framing(const Fields& fields, int version, BodyKind without) {
    if (has(fields, FieldName::transfer_encoding)) {
        const Violation v = check_transfer_encoding(fields, version);
        return v == Violation::none ? FramingResult{v, {BodyKind::chunked, 0}} : refuse(v);
    }
    if (!has(fields, FieldName::content_length)) return {Violation::none, {without, 0}};
    const auto length = content_length(fields);
    if (!length) return refuse(Violation::invalid_content_length);
    return {Violation::none, {BodyKind::length, *length}};
}

Violation check_host(const RequestHead& head) {
    const std::size_t hosts = count(head.fields, FieldName::host);
    if (hosts > 1) return Violation::repeated_host;
    if (hosts == 0) return head.version >= 11 ? Violation::missing_host : Violation::none;
    return is_authority(find(head.fields, FieldName::host)) ? Violation::none
                                                            : Violation::invalid_host;
}

// RFC 9110 10.1.1: ignored in HTTP/1.0.
Violation check_expect(const RequestHead& head) {
    if (head.version < 11) return Violation::none;
    for (const Field& field : head.fields) {
        if (field.id == FieldName::expect && !iequals(field.value, "100-continue")) {
            return Violation::unsupported_expectation;
        }
    }
    return Violation::none;
}

bool is_bodiless(int status, Method method) {
    return method == Method::head || status / 100 == 1 || status == 204 || status == 304;
}

bool connection_says(const Fields& fields, std::string_view option) {
    for (const Field& field : fields) {
        if (field.id != FieldName::connection) continue;
        ListCursor list(field.value);
        while (const auto element = list.next()) {
            if (iequals(*element, option)) return true;
        }
    }
    return false;
}

}  // namespace

std::optional<std::uint64_t> content_length(const Fields& fields) {
    std::optional<std::uint64_t> agreed;
    for (const Field& field : fields) {
        if (field.id != FieldName::content_length) continue;
        ListCursor list(field.value);
        while (const auto element = list.next()) {
            const auto length = parse_length(*element);
            if (!length || (agreed && *agreed != *length)) return std::nullopt;
            agreed = length;
        }
    }
    return agreed;
}

FramingResult check_request(const RequestHead& head) {
    if (head.method == Method::connect) return refuse(Violation::unsupported_connect);
    if (const Violation v = check_host(head); v != Violation::none) return refuse(v);
    const FramingResult result = body_framing(head.fields, head.version, BodyKind::none);
    if (result.violation != Violation::none) return result;
    if (const Violation v = check_target(head); v != Violation::none) return refuse(v);
    if (const Violation v = check_expect(head); v != Violation::none) return refuse(v);
    return result;
}

FramingResult check_response(const ResponseHead& head, Method request_method) {
    if (head.status < 100 || head.status > 599) return refuse(Violation::invalid_status);
    if (is_bodiless(head.status, request_method)) return {};
    return body_framing(head.fields, head.version, BodyKind::until_close);
}

bool wants_keep_alive(int version, const Fields& fields) {
    if (connection_says(fields, "close")) return false;
    return version >= 11 || connection_says(fields, "keep-alive");
}

bool expects_continue(const RequestHead& head) {
    return head.version >= 11 && iequals(find(head.fields, FieldName::expect), "100-continue");
}

}  // namespace errgate::http
