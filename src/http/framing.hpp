// How long a body is (RFC 9112 section 6.3), or why nobody can know: the guard in front of
// everything.
#pragma once

#include "http/head.hpp"
#include "http/target.hpp"
#include "http/violation.hpp"

#include <cstdint>
#include <optional>

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
// HEAD, 1xx, 204 and 304 have no body whatever their fields say (so those are not looked at). A
// Transfer-Encoding other than `chunked` is refused, although RFC 9112 6.3 would let it be read
// until close: what we cannot decode we could only forward wrongly. Whether a 101 was asked for is
// the caller's to know (Violation::unexpected_upgrade).
FramingResult check_response(const ResponseHead& head, Method request_method);

// The one value of all Content-Length fields of a message; nothing when there is none, when one
// is not 1*DIGIT below 2^63, or when they differ. `42, 42` is 42 (RFC 9110 8.6).
std::optional<std::uint64_t> content_length(const Fields& fields);

// May the connection carry another message after this one (RFC 9112 9.3)?
// HTTP/1.1 unless `Connection: close`; HTTP/1.0 only with `Connection: keep-alive`.
bool wants_keep_alive(int version, const Fields& fields);

// `Expect: 100-continue` on an HTTP/1.1 request (RFC 9110 10.1.1).
bool expects_continue(const RequestHead& head);

}  // namespace errgate::http
