// Heads as one pass of appends: our own fields first, then what may cross.
#include "http/head_writer.hpp"

#include "http/hops.hpp"
#include "http/hygiene.hpp"
#include "http/upgrade.hpp"

#include <boost/beast/http/status.hpp>

#include <algorithm>
#include <array>

namespace errgate::http {
namespace {

constexpr std::string_view kCrlf = "\r\n";

// Never a route's to change: they decide where a message ends or which exchange it belongs to.
constexpr std::array<std::string_view, 10> kOurs{
    "content-length", "transfer-encoding", "host", "connection",
    "keep-alive",     "proxy-connection",  "te",   "trailer",
    "upgrade",        "x-request-id"};

bool is_ours(std::string_view name) {
    return std::ranges::any_of(kOurs, [&](std::string_view ours) { return iequals(name, ours); });
}

// A route's edits as the writers ask for them.
class Edits {
  public:
    explicit Edits(const FieldEdits* edits) : edits_(edits) {}

    // Does the route set or remove this field, so that no other value of it may be written?
    bool touch(std::string_view name) const {
        if (edits_ == nullptr) return false;
        return std::ranges::any_of(
                   edits_->set, [&](const FieldEdits::Set& s) { return iequals(s.name, name); }) ||
               std::ranges::any_of(edits_->remove,
                                   [&](const std::string& r) { return iequals(r, name); });
    }

    void put(base::Writer& out) const {
        if (edits_ == nullptr) return;
        for (const FieldEdits::Set& set : edits_->set) {
            if (!is_ours(set.name)) put_field(out, set.name, set.value);
        }
    }

  private:
    const FieldEdits* edits_;
};

void put_framing(base::Writer& out, const Framing& framing) {
    if (framing.kind == BodyKind::length) {
        out.put("Content-Length: ");
        out.put_dec(framing.length);
        out.put(kCrlf);
    } else if (framing.kind == BodyKind::chunked) {
        out.put("Transfer-Encoding: chunked\r\n");
    }
}

bool expects_content(Method method) {
    return method == Method::post || method == Method::put || method == Method::patch;
}

std::string_view via_version(int version) {
    return version >= 11 ? "1.1" : "1.0";
}

// Values of the client's fields that a list of ours continues, with ", " behind each.
template <typename Match>
void put_received(base::Writer& out, const Fields& fields, const ConnectionOptions& connection,
                  Match match) {
    for (const Field& field : fields) {
        if (!match(field) || field.value.empty() || connection.names(field.name)) continue;
        out.put(field.value);
        out.put(", ");
    }
}

void put_forwarding(base::Writer& out, const UpstreamRequestHead& parts,
                    const ConnectionOptions& connection, const Edits& edits) {
    const Fields& fields = parts.client.fields;
    if (!edits.touch("Via")) {
        out.put("Via: ");
        put_received(out, fields, connection,
                     [](const Field& field) { return field.id == FieldName::via; });
        out.put(via_version(parts.client.version));
        out.put(' ');
        out.put(kViaPseudonym);
        out.put(kCrlf);
    }
    constexpr std::string_view forwarded_for = "X-Forwarded-For";
    if (!parts.client_address.empty() && !edits.touch(forwarded_for)) {
        out.put("X-Forwarded-For: ");
        put_received(out, fields, connection, [&](const Field& field) {
            return field.id == FieldName::unknown && iequals(field.name, forwarded_for);
        });
        out.put(parts.client_address);
        out.put(kCrlf);
    }
    // What the client says of these two is replaced: nobody vouches for it here.
    const auto put_own = [&](std::string_view name, std::string_view value) {
        if (!value.empty() && !edits.touch(name)) put_field(out, name, value);
    };
    put_own("X-Forwarded-Proto", parts.forwarded_proto);
    put_own("X-Forwarded-Host", parts.forwarded_host);
    put_own("traceparent", parts.traceparent);
    if (const auto left = max_forwards(parts.client); left && *left > 0) {
        out.put("Max-Forwards: ");
        out.put_dec(*left - 1);
        out.put(kCrlf);
    }
}

void put_request_line(base::Writer& out, const UpstreamRequestHead& parts) {
    out.put(parts.client.method_text);
    out.put(' ');
    if (parts.target != "*") {
        out.put(parts.target_prefix);
        // "/kira?id=1" with the prefix "/kira" stripped is "?id=1".
        if (!parts.target.starts_with('/')) out.put('/');
    }
    out.put(parts.target);
    out.put(" HTTP/1.1\r\n");
}

bool drops(const UpstreamRequestHead& parts, const Field& field) {
    if (field.id != FieldName::unknown) return false;
    if (is_max_forwards(field.name) && max_forwards(parts.client)) return true;
    if (!parts.idempotency_key.empty() && iequals(field.name, parts.idempotency_header)) {
        return true;
    }
    const bool keeps_state = parts.keep_tracestate && !parts.traceparent.empty();
    return !keeps_state && iequals(field.name, "tracestate");
}

// The reason phrase of the upstream when it is plain ASCII, else the standard one.
std::string_view clean_reason(const ResponseHead& head) {
    const auto is_plain = [](char c) { return c >= 0x20 && c < 0x7f; };
    if (!head.reason.empty() && std::ranges::all_of(head.reason, is_plain)) return head.reason;
    return boost::beast::http::obsolete_reason(
        boost::beast::http::int_to_status(static_cast<unsigned>(head.status)));
}

void put_status_line(base::Writer& out, int status, std::string_view reason) {
    out.put("HTTP/1.1 ");
    out.put_dec(static_cast<std::uint64_t>(status));
    out.put(' ');
    out.put(reason);
    out.put(kCrlf);
}

void put_connection(base::Writer& out, const ClientResponseHead& parts) {
    if (!parts.protocol.empty()) {
        out.put("Connection: upgrade\r\n");
        put_field(out, "Upgrade", parts.protocol);
    } else if (!parts.keep_alive || parts.framing.kind == BodyKind::until_close) {
        out.put("Connection: close\r\n");
    } else if (parts.client_version < 11) {
        out.put("Connection: keep-alive\r\n");
    }
}

void put_response_framing(base::Writer& out, const ClientResponseHead& parts) {
    put_framing(out, parts.framing);
    if (parts.framing.kind != BodyKind::none || !parts.declare_length) return;
    if (parts.upstream.status == 204) return;  // RFC 9110 8.6: not even where the upstream sent one
    if (find(parts.upstream.fields, FieldName::transfer_encoding).data() != nullptr) return;
    if (const auto length = content_length(parts.upstream.fields)) {
        put_framing(out, {BodyKind::length, *length});
    }
}

}  // namespace

void put_field(base::Writer& out, std::string_view name, std::string_view value) {
    char* at = out.claim(name.size() + value.size() + 4);
    if (at == nullptr) return;
    at += name.copy(at, name.size());
    *at++ = ':';
    *at++ = ' ';
    at += value.copy(at, value.size());
    *at++ = '\r';
    *at = '\n';
}

void put_status_line(base::Writer& out, int status) {
    put_status_line(out, status, clean_reason({.status = status, .reason = {}, .fields = {}}));
}

void put_upstream_request_head(base::Writer& out, const UpstreamRequestHead& parts) {
    const ConnectionOptions connection(parts.client.fields);
    const Edits edits(parts.edits);

    put_request_line(out, parts);
    put_field(out, "Host", parts.host);
    const bool empty = parts.framing.kind == BodyKind::none && expects_content(parts.client.method);
    put_framing(out, empty ? Framing{BodyKind::length, 0} : parts.framing);
    if (parts.asks_upgrade) {
        out.put("Connection: upgrade\r\nUpgrade: ");
        put_asked_protocols(out, parts.client);
        out.put(kCrlf);
    }
    put_field(out, "X-Request-Id", parts.request_id);
    put_forwarding(out, parts, connection, edits);
    if (!parts.idempotency_key.empty() && !edits.touch(parts.idempotency_header)) {
        put_field(out, parts.idempotency_header, parts.idempotency_key);
    }
    for (const Field& field : parts.client.fields) {
        if (!forwards_request_field(field, connection)) continue;
        if (drops(parts, field) || edits.touch(field.name)) continue;
        put_field(out, field.name, field.value);
    }
    edits.put(out);
    out.put(kCrlf);
}

// Via is left as the upstream wrote it: RFC 9110 7.6.3 asks a gateway for an entry in requests
// only.
void put_client_response_head(base::Writer& out, const ClientResponseHead& parts) {
    const ConnectionOptions connection(parts.upstream.fields);
    const Edits edits(parts.edits);

    put_status_line(out, parts.upstream.status, clean_reason(parts.upstream));
    put_response_framing(out, parts);
    put_connection(out, parts);
    put_field(out, "X-Request-Id", parts.request_id);
    out.put(parts.annotations);
    bool dated = edits.touch("Date");
    for (const Field& field : parts.upstream.fields) {
        if (!forwards_response_field(field, connection) || edits.touch(field.name)) continue;
        if (!parts.annotations.empty() && is_annotation(field.name)) continue;
        dated = dated || field.id == FieldName::date;
        put_field(out, field.name, field.value);
    }
    if (!dated && !parts.date.empty()) put_field(out, "Date", parts.date);
    edits.put(out);
    out.put(kCrlf);
}

void put_interim_head(base::Writer& out, const ResponseHead& upstream) {
    const ConnectionOptions connection(upstream.fields);
    put_status_line(out, upstream.status, clean_reason(upstream));
    for (const Field& field : upstream.fields) {
        if (forwards_response_field(field, connection)) put_field(out, field.name, field.value);
    }
    out.put(kCrlf);
}

void put_failure_fields(base::Writer& out, const ResponseHead* upstream, const FieldEdits* edits) {
    const Edits route(edits);
    if (upstream != nullptr) {
        const ConnectionOptions connection(upstream->fields);
        for (const Field& field : upstream->fields) {
            if (field.id == FieldName::date || route.touch(field.name)) continue;
            if (survives_normalization(field, connection)) put_field(out, field.name, field.value);
        }
    }
    route.put(out);
}

}  // namespace errgate::http
