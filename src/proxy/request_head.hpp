// The head that goes upstream for an exchange.
#pragma once

#include "base/writer.hpp"
#include "http/framing.hpp"

namespace errgate::proxy {

class ClientConnection;
struct Exchange;

// `x.traceparent` and `x.request_id` are already those of this attempt.
void write_request_head(base::Writer& out, const ClientConnection& client, const Exchange& x,
                        const http::Framing& framing);

// Target as the upstream sees it, without its base path: the route's strip_prefix taken off.
std::string_view upstream_target(const Exchange& x);

}  // namespace errgate::proxy
