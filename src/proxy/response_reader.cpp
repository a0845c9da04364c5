#include "proxy/response_reader.hpp"

#include "http/head_writer.hpp"
#include "proxy/client_connection.hpp"

namespace errgate::proxy {

namespace {

using errors::GatewayReason;

constexpr int kMaxInterim = 16;
constexpr std::chrono::seconds kInterimWrite{5};
constexpr http::HeadLimits kUpstreamHead{kUpstreamHeadBytes, kUpstreamFields, 0};

GatewayReason read_failure(const IoResult& read, bool head_began) {
    switch (read.status) {
        case IoStatus::timeout:
            return GatewayReason::attempt_timeout;
        case IoStatus::stopped:
            return GatewayReason::client_gone;
        case IoStatus::closed:
            return head_began ? GatewayReason::response_truncated : GatewayReason::connection_reset;
        default:
            return GatewayReason::connection_reset;
    }
}

GatewayReason violation_reason(http::Violation violation) {
    const bool too_large = violation == http::Violation::head_too_large ||
                           violation == http::Violation::too_many_fields;
    return too_large ? GatewayReason::response_head_too_large : GatewayReason::invalid_response;
}

// A 101 only to a request that asked for just that protocol.
bool may_come(const Exchange& x, const http::ResponseHead& head) {
    if (head.status != 101) return true;
    return x.upgrade == http::Upgrade::asked &&
           !http::switched_protocol(x.request.head(), head).empty();
}

// 100 answers an Expect we do not send; the client had its own from us. A client that cannot be
// written to is noticed when its answer is.
Awaitable<> forward_interim(ClientConnection& client, Exchange& x) {
    const http::ResponseHead& head = x.response.head();
    if (head.status == 100 || x.request.head().version < 11) co_return;
    base::Writer out(x.out);
    http::put_interim_head(out, head);
    if (!out.ok()) co_return;
    Gather pieces;
    pieces.add(out.view());
    co_await client.transport.write_all(pieces, kInterimWrite);
}

// A head, interim or final, out of what was read so far. need_more: `reason` is not said yet.
http::ParseStatus parse_head(Exchange& x, GatewayReason& reason) {
    if (x.from_upstream.empty()) return http::ParseStatus::need_more;
    const auto parsed = x.response.feed(x.from_upstream.unread_view());
    if (parsed.status == http::ParseStatus::error) reason = violation_reason(parsed.violation);
    if (parsed.status == http::ParseStatus::complete) x.from_upstream.pin(parsed.head_bytes);
    return parsed.status;
}

// What the final head says about the body and the connection.
void take_framing(Exchange& x, const http::Framing& framing) {
    const http::ResponseHead& head = x.response.head();
    x.response_framing = framing;
    x.response_body.reset(framing);
    x.connection_reusable = x.connection_reusable && head.status != 101 &&
                            http::wants_keep_alive(head.version, head.fields) &&
                            framing.kind != http::BodyKind::until_close;
}

}  // namespace

Awaitable<GatewayReason> read_response_head(ClientConnection* client, Exchange& x,
                                            base::TimePoint until, bool& bytes_seen) {
    x.from_upstream.clear();
    x.from_upstream.reserve(kUpstreamBuffer);
    x.response.reset(kUpstreamHead);
    for (int interim = 0;;) {
        GatewayReason reason = GatewayReason::none;
        const http::ParseStatus parsed = parse_head(x, reason);
        if (parsed == http::ParseStatus::error) co_return reason;
        if (parsed == http::ParseStatus::complete) {
            const http::ResponseHead& head = x.response.head();
            const auto checked = http::check_response(head, x.request.head().method);
            if (checked.violation != http::Violation::none || !may_come(x, head)) {
                co_return GatewayReason::invalid_response;
            }
            if (head.status >= 200 || head.status == 101) {
                take_framing(x, checked.framing);
                co_return GatewayReason::none;
            }
            if (interim++ == kMaxInterim) co_return GatewayReason::invalid_response;
            if (client != nullptr) co_await forward_interim(*client, x);
            x.from_upstream.release();
            x.response.reset(kUpstreamHead);
            continue;
        }
        const IoResult read = co_await x.connection->transport.read_some(
            x.from_upstream.room(), until - base::SteadyClock::now());
        if (read.status != IoStatus::ok) co_return read_failure(read, !x.from_upstream.empty());
        bytes_seen = true;
        x.from_upstream.commit(read.bytes);
    }
}

}  // namespace errgate::proxy
