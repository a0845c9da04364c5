// The request target: which forms we take, and what an absolute one stands for (RFC 9112
// section 3.2).
#pragma once

#include "http/head.hpp"
#include "http/violation.hpp"

#include <string_view>

namespace errgate::http {

// Takes origin-form, absolute-form with http or https, and `*` for OPTIONS. Only visible ASCII
// without `"<>\^`{|}` and `#`. Dot segments are refused, also encoded ones (`%2e`, `..;x`,
// `..%2f`): routes match the path byte for byte, so it must mean upstream what it says here.
Violation check_target(const RequestHead& head);

// uri-host [":" port] (RFC 9110 7.2): a name, an IPv4 or a bracketed IPv6 address. No userinfo,
// path, comma or space; not empty.
bool is_authority(std::string_view text);

// Whom the client addressed: the authority of an absolute-form target, which replaces Host
// (RFC 9112 3.2.2), else the value of Host; without data when there is neither. Call it on heads
// that check_request accepted.
std::string_view authority(const RequestHead& head);

// Path and query as origin-form has them, beginning with '/' (or "*"). For an absolute-form target
// without a path: "/", and "*" for OPTIONS (RFC 9112 3.2.4).
std::string_view origin_target(const RequestHead& head);

}  // namespace errgate::http
