#include "proxy/request_head.hpp"

#include "http/head_writer.hpp"
#include "proxy/client_connection.hpp"
#include "proxy/exchange_state.hpp"

namespace errgate::proxy {

std::string_view upstream_target(const Exchange& x) {
    std::string_view target = http::origin_target(x.request.head());
    if (target.starts_with(x.route->strip_prefix))
        target.remove_prefix(x.route->strip_prefix.size());
    return target;
}

std::string_view upstream_path(const Exchange& x, std::string& store) {
    const std::string_view target = upstream_target(x);
    const std::string_view path = target.substr(0, target.find('?'));
    if (x.upstream->base_path.empty()) return path;
    return store.assign(x.upstream->base_path).append(path);
}

void write_request_head(base::Writer& out, const ClientConnection& client, const Exchange& x,
                        const http::Framing& framing) {
    const http::RequestHead& head = x.request.head();
    const http::UpstreamRequestHead parts{
        .client = head,
        .target_prefix = x.upstream->base_path,
        .target = upstream_target(x),
        .host = x.upstream->host_field,
        .framing = framing,
        .request_id = x.request_id,
        .traceparent = {x.traceparent.data(), x.traceparent.size()},
        .keep_tracestate = x.trace_continued,
        .client_address = client.address(),
        .forwarded_proto = client.transport.secure() ? "https" : "http",
        .forwarded_host = http::authority(head),
        .idempotency_header = x.minted_key.empty() ? std::string_view() : x.idempotency_header,
        .idempotency_key = x.minted_key,
        .asks_upgrade = x.upgrade == http::Upgrade::asked,
        .edits = &x.route->request_edits,
    };
    http::put_upstream_request_head(out, parts);
}

}  // namespace errgate::proxy
