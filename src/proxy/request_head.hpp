// The head that goes upstream for an exchange.
#pragma once

#include "base/writer.hpp"
#include "http/framing.hpp"

#include <string>
#include <string_view>

namespace errgate::proxy {

class ClientConnection;
struct Exchange;

// `x.traceparent` and `x.request_id` are already those of this attempt.
void write_request_head(base::Writer& out, const ClientConnection& client, const Exchange& x,
                        const http::Framing& framing);

// Target as the upstream sees it, without its base path: the route's strip_prefix taken off.
std::string_view upstream_target(const Exchange& x);

// Path as the upstream sees it, with its base path and without the query: what a dialect's `path`
// and `paths` speak of. Lives in the request or in `store`.
std::string_view upstream_path(const Exchange& x, std::string& store);

}  // namespace errgate::proxy
