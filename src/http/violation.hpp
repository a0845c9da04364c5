// The closed list of what makes a peer's HTTP message unacceptable.
#pragma once

#include <cstdint>
#include <string_view>

namespace errgate::http {

// Each has a stable slug, a sentence for people, and the status a *request* with it is answered
// with (a response with any of them is a 502). Table in violation.cpp; a test visits every value.
enum class Violation : std::uint8_t {
    none,
    malformed_start_line,    // 400: not HTTP at all, or a broken request or status line
    unsupported_version,     // 505: HTTP/2.0 preface, HTTP/0.9, HTTP/3.7
    invalid_method,          // 400: not a token
    invalid_target,          // 400: characters or form that RFC 9112 3.2 does not allow
    target_too_long,         // 414
    head_too_large,          // 431
    too_many_fields,         // 431
    malformed_field,         // 400: name not a token, space before colon, CTL or NUL in the value
    obsolete_line_folding,   // 400: RFC 9112 5.2
    bare_line_break,         // 400: CR or LF alone, RFC 9112 2.2
    missing_host,            // 400: RFC 9112 3.2
    repeated_host,           // 400
    invalid_host,            // 400
    invalid_content_length,  // 400: not 1*DIGIT, overflow, values that differ
    content_length_and_transfer_encoding,  // 400: RFC 9112 6.1
    unsupported_transfer_coding,           // 501: a coding we do not know (gzip, identity ...)
    malformed_transfer_encoding,           // 400: repeated, obfuscated, a list, chunked not final
    transfer_encoding_in_http10,           // 400: RFC 9112 6.1
    unsupported_expectation,               // 417
    unsupported_connect,                   // 501: CONNECT
    malformed_chunk,                       // 400: size not 1*HEXDIG, overflow, missing CRLF
    chunk_extension_too_long,              // 400
    trailers_too_large,                    // 400
    invalid_status,                        // response only: status outside 100..599
    unexpected_upgrade,                    // response only: 101 nobody asked for
    too_many_interim_responses,            // response only: more than 16 heads of 1xx
};

std::string_view slug(Violation v);         // "invalid_content_length": logs, tests
std::string_view explanation(Violation v);  // one sentence for the envelope's message
int request_status(Violation v);            // 400, 414, 417, 431, 501 or 505

}  // namespace errgate::http
