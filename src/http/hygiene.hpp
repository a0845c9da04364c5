// Which fields may cross the proxy, in each direction (RFC 9110 section 7.6.1).
#pragma once

#include <string_view>

#include "http/head.hpp"

namespace errgate::http {

// Names listed in every Connection field of one message; they are hop-by-hop whatever they are.
// A view over the fields, nothing copied.
class ConnectionOptions {
  public:
    explicit ConnectionOptions(const Fields& fields) : fields_(fields) {}
    bool names(std::string_view field_name) const;
    bool empty() const;

  private:
    const Fields& fields_;
};

// Does this request field go upstream as it is? False for hop-by-hop fields, those Connection
// names, framing, Host, Expect, Via and X-Forwarded-* (all of which the head writer makes anew),
// X-Request-Id, and names that look like framing to a lenient reader (content_length ...).
bool forwards_request_field(const Field& field, const ConnectionOptions& connection);

// Does this field of a success go to the client as it is?
bool forwards_response_field(const Field& field, const ConnectionOptions& connection);

// Does this field of a failure survive when the body is replaced by the envelope? On top of
// forwards_response_field: no Content-*, ETag, Last-Modified, Accept-Ranges, Digest, signatures,
// Cache-Control, Expires, Age, Retry-After (recomputed).
bool survives_normalization(const Field& field, const ConnectionOptions& connection);

}  // namespace errgate::http
