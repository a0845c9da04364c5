// What a request asks its connection to become, and whether an answer agrees (RFC 9110 7.8).
#pragma once

#include "base/writer.hpp"
#include "http/framing.hpp"
#include "http/head.hpp"

#include <cstdint>
#include <string_view>

namespace errgate::http {

enum class Upgrade : std::uint8_t {
    none,     // nothing that counts: no Upgrade, HTTP/1.0, or only other versions of HTTP
    asked,    // a protocol, and everything is as it must be for it to be passed on
    unsound,  // a protocol, but without `Connection: upgrade`, malformed, or with a body behind
};

// Other versions of HTTP are left out whoever else is asked: requests that go through an `h2c`
// tunnel are seen by nobody (RFC 9113 3.1 withdrew it). Some clients offer it in their first
// request and do without. A body is refused because no protocol in use has one, and where it ends
// is where the other protocol would begin.
Upgrade upgrade_of(const RequestHead& head, const Framing& framing);

// The protocols to ask the upstream for, as a list: those of the request, without HTTP's.
void put_asked_protocols(base::Writer& out, const RequestHead& request);

// The protocol that a 101 switches to: the single one it names, if the request asked for it and
// `Connection` lists it. Without data otherwise, and then the 101 is to be refused.
std::string_view switched_protocol(const RequestHead& request, const ResponseHead& response);

}  // namespace errgate::http
