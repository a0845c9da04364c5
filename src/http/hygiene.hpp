// Which fields may cross the proxy, in each direction (RFC 9110 section 7.6.1).
#pragma once

#include "http/head.hpp"

#include <string_view>

namespace errgate::http {

// Names listed in every Connection field of one message; they are hop-by-hop whatever they are.
// A view over the fields, nothing copied.
class ConnectionOptions {
  public:
    explicit ConnectionOptions(const Fields& fields);
    bool names(std::string_view field_name) const;
    bool empty() const { return !names_fields_; }

  private:
    const Fields& fields_;
    bool names_fields_;  // something other than close, keep-alive and upgrade is listed
};

// Does this request field go upstream as it is? False for hop-by-hop fields, those Connection
// names, framing, Host, Expect, Via and X-Forwarded-* (all of which the head writer makes anew),
// X-Request-Id, traceparent, and names that a lenient reader takes for one of those or for framing
// (content_length, X_Forwarded_For ...). What the client nominates in Connection is dropped
// whatever it is, Authorization too (RFC 9110 7.6.1); what we or the route add is not subject to
// it.
bool forwards_request_field(const Field& field, const ConnectionOptions& connection);

// The value of a request field as the upstream will see it: without data when the field is absent
// or does not pass. Ask this one, not find(), before relying on a field, for example on an
// idempotency key.
std::string_view find_forwarded(const Fields& fields, std::string_view name);

// Does this field of a success go to the client as it is?
bool forwards_response_field(const Field& field, const ConnectionOptions& connection);

// Is this one of our own words on a failure (Errgate-*)?
bool is_annotation(std::string_view field_name);

// Does this field of a failure survive when the body is replaced by the envelope? On top of
// forwards_response_field: no Content-* (but Content-Range and Content-Security-Policy), ETag,
// Last-Modified, Accept-Ranges, digests, signatures, Cache-Control, Pragma, Expires, Age,
// Retry-After (recomputed), and nothing that would pass for ours: Errgate-*, Proxy-Status.
bool survives_normalization(const Field& field, const ConnectionOptions& connection);

}  // namespace errgate::http
