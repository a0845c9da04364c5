#include "proxy/identity.hpp"

#include "http/hygiene.hpp"
#include "http/target.hpp"
#include "mapping/idempotency_key.hpp"
#include "policy/replay.hpp"
#include "proxy/client_connection.hpp"
#include "proxy/request_head.hpp"
#include "proxy/worker.hpp"

#include <algorithm>

namespace errgate::proxy {

namespace {

void identify_request(Worker& worker, Exchange& x) {
    const std::string_view given = http::find(x.request.head().fields, "X-Request-Id");
    if (http::is_request_id(given)) {
        x.request_id = given;
    } else {
        x.record.client_request_id = given;
        x.request_id = http::mint_request_id(x.request_id_store, x.record.begun,
                                             worker.random().next(), worker.random().next());
    }
    x.record.request_id = x.request_id;
}

void identify_trace(Worker& worker, Exchange& x) {
    const auto given = http::parse_traceparent(http::find(x.request.head().fields, "traceparent"));
    x.trace_continued = given.valid;
    if (given.valid) {
        http::write_traceparent(x.traceparent, given.trace_id, worker.random().next(), given.flags);
    } else {
        const auto id = http::make_trace_id(worker.random().next(), worker.random().next());
        http::write_traceparent(x.traceparent, {id.data(), id.size()}, worker.random().next(),
                                "00");
    }
    x.record.trace_id = {&x.traceparent[3], 32};
}

// A header that the route itself removes or replaces says nothing about this request.
bool route_decides(const Exchange& x, std::string_view header) {
    const auto named = [&](std::string_view name) { return http::iequals(name, header); };
    const http::FieldEdits& edits = x.route->request_edits;
    return std::ranges::any_of(edits.remove, named) ||
           std::ranges::any_of(edits.set, named, &http::FieldEdits::Set::name);
}

void mint_key(Worker& worker, Exchange& x, const std::string& header) {
    // Never the request id: a client may send one id with two different payments. And a UUID,
    // because some providers take no other key (Wise) or bound its length and letters (Razorpay:
    // 36).
    x.minted_key =
        http::write_uuid(x.minted_key_store, worker.random().next(), worker.random().next());
    x.idempotency_header = header;
    x.idempotency_key = x.minted_key;
}

// The client's own key as the upstream will see it, in the header or in the body; else a new one
// where the route wants that.
void find_key(Worker& worker, Exchange& x, const mapping::Idempotency& honoured) {
    const http::Fields& fields = x.request.head().fields;
    const bool has_header = !honoured.header.empty() && !route_decides(x, honoured.header);
    if (has_header) x.idempotency_key = http::find_forwarded(fields, honoured.header);
    if (x.idempotency_key.empty() && x.body_complete) {
        x.body_key = mapping::find_idempotency_key(
            honoured, x.body, http::find(fields, http::FieldName::content_type));
        x.idempotency_key = x.body_key;
    }
    const bool wanted = x.route->retry.mint_idempotency_key && has_header &&
                        !policy::replay_safe(x.record.method, false, x.route->retry);
    if (x.idempotency_key.empty() && wanted) mint_key(worker, x, honoured.header);
}

}  // namespace

void identify(Worker& worker, const ClientConnection& client, Exchange& x) {
    const http::RequestHead& head = x.request.head();
    x.record.client = client.address();
    x.record.method = head.method_text;
    x.record.path = x.path();
    x.record.user_agent = http::find(head.fields, http::FieldName::user_agent);
    identify_request(worker, x);
    identify_trace(worker, x);
}

void renew_trace_parent(Worker& worker, Exchange& x) {
    const std::array<char, 2> flags{x.traceparent[53], x.traceparent[54]};
    http::write_traceparent(x.traceparent, {&x.traceparent[3], 32}, worker.random().next(),
                            {flags.data(), flags.size()});
}

void decide_replay_safety(Worker& worker, Exchange& x) {
    std::string store;
    const mapping::Idempotency& honoured =
        x.upstream->dialect->idempotency(upstream_path(x, store));
    if (honoured.honoured()) find_key(worker, x, honoured);
    x.replay_safe =
        policy::replay_safe(x.record.method, !x.idempotency_key.empty(), x.route->retry);
}

}  // namespace errgate::proxy
