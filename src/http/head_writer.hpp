// Writes the heads we send: what goes upstream and what goes to the client, built anew from an
// allow-list.
#pragma once

#include "base/writer.hpp"
#include "http/framing.hpp"
#include "http/head.hpp"

#include <span>
#include <string>
#include <string_view>

namespace errgate::http {

// A route's header edits, checked when the configuration was read (names are tokens, values clean).
struct FieldEdits {
    struct Set {
        std::string name;
        std::string value;
    };
    std::vector<Set> set;             // replaces every field of that name
    std::vector<std::string> remove;  // case-insensitive names
    bool empty() const { return set.empty() && remove.empty(); }
};

// What goes upstream. Views only have to live for the call.
struct UpstreamRequestHead {
    const RequestHead& client;       // fields come from here, filtered by forwards_request_field
    std::string_view target_prefix;  // the upstream's base path, e.g. "/v1"
    std::string_view target;         // the rest, byte for byte; '/' is added when it lacks one
    std::string_view host;           // Host of the upstream, with the port unless it is the default
    Framing framing;  // exactly one Content-Length or one Transfer-Encoding: chunked of our own
    std::string_view request_id;   // X-Request-Id
    std::string_view traceparent;  // replaces the client's; empty: none is sent
    bool keep_tracestate =
        true;  // false drops the client's tracestate (its traceparent was invalid)
    std::string_view client_address;   // appended to X-Forwarded-For
    std::string_view forwarded_proto;  // "http" or "https"
    std::string_view forwarded_host;   // the client's Host
    std::string_view
        idempotency_header;  // with idempotency_key: adds a key the client did not send
    std::string_view idempotency_key;
    bool asks_upgrade = false;  // for the protocols the client asks for (upgrade.hpp)
    const FieldEdits* edits = nullptr;
};
// `Content-Length: 0` is sent for a POST, PUT or PATCH without a body (RFC 9110 8.6).
void put_upstream_request_head(base::Writer& out, const UpstreamRequestHead& parts);

// What goes to the client for a success, and for a failure whose body is not replaced.
struct ClientResponseHead {
    const ResponseHead& upstream;
    Framing framing;  // how the body is framed towards this client
    bool declare_length =
        false;  // no body follows (HEAD, 304), yet the upstream's Content-Length is told
    std::string_view request_id;  // X-Request-Id
    bool keep_alive = true;       // false adds Connection: close
    int client_version = 11;      // a kept 1.0 connection is told Connection: keep-alive
    std::string_view date;        // IMF-fixdate, used when the upstream sent none
    const FieldEdits* edits = nullptr;
    // Whole lines of ours about a failure; the upstream's own Errgate-* fields then stay behind.
    std::string_view annotations = {};
    std::string_view protocol = {};  // of a 101: what is spoken from here on
};
void put_client_response_head(base::Writer& out, const ClientResponseHead& parts);

// An interim response (1xx other than 100 and 101), filtered, to an HTTP/1.1 client.
void put_interim_head(base::Writer& out, const ResponseHead& upstream);

// Of a failed response what survives when its body is replaced (`upstream` is null when none came),
// then the route's edits. No Date, framing or X-Request-Id, and not the empty line.
void put_failure_fields(base::Writer& out, const ResponseHead* upstream, const FieldEdits* edits);

// Status line for our own answers: "HTTP/1.1 402 Payment Required\r\n".
void put_status_line(base::Writer& out, int status);
void put_field(base::Writer& out, std::string_view name, std::string_view value);

}  // namespace errgate::http
