// How long a body is (RFC 9112 section 6.3), or why nobody can know: the guard in front of everything.
#pragma once

#include <cstdint>

#include "http/head.hpp"
#include "http/violation.hpp"

namespace errgate::http {

enum class BodyKind : std::uint8_t { none, length, chunked, until_close };

struct Framing {
    BodyKind kind = BodyKind::none;
    std::uint64_t length = 0;  // for BodyKind::length; 0 otherwise
};

struct FramingResult {
    Violation violation = Violation::none;
    Framing framing;  // meaningful when violation is none
};

// Checks Host, target form, Expect, Content-Length and Transfer-Encoding of a request.
// Two Content-Length fields (or a list) of one same value are collapsed; everything else that two
// readers could read in two ways is a violation. Sources: RFC 9112 3.2, 5, 6; hardening table.
FramingResult check_request(const RequestHead& head);

// The same for a final or interim response to a request of `request_method`.
// HEAD, 1xx, 204 and 304 have no body whatever their fields say.
FramingResult check_response(const ResponseHead& head, Method request_method);

// May the connection carry another message after this one (RFC 9112 9.3)?
// HTTP/1.1 unless `Connection: close`; HTTP/1.0 only with `Connection: keep-alive`.
bool wants_keep_alive(int version, const Fields& fields);

// `Expect: 100-continue` on an HTTP/1.1 request (RFC 9110 10.1.1).
bool expects_continue(const RequestHead& head);

}  // namespace errgate::http
