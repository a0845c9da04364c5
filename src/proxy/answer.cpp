#include "proxy/answer.hpp"

#include "errors/envelope.hpp"
#include "http/head_writer.hpp"
#include "proxy/client_connection.hpp"
#include "proxy/relay.hpp"
#include "proxy/worker.hpp"

#include <array>

namespace errgate::proxy {

namespace {

errors::EnvelopeFormat format_of(const Exchange& x) {
    if (x.route != nullptr) {
        if (x.route->errors.format == config::ErrorFormat::json)
            return errors::EnvelopeFormat::json;
        if (x.route->errors.format == config::ErrorFormat::problem_json) {
            return errors::EnvelopeFormat::problem_json;
        }
    }
    return errors::choose_format(http::find(x.request.head().fields, http::FieldName::accept));
}

void write_head(base::Writer& out, Worker& worker, const Exchange& x,
                const errors::EnvelopeContext& context, bool keep_alive, bool with_fields) {
    const errors::Failure& failure = x.failure;
    const bool from_provider = failure.origin == errors::Origin::upstream;
    http::put_status_line(out, failure.status);
    errors::put_envelope_fields(out, failure, context, x.envelope.size());
    http::put_field(out, "X-Request-Id", x.request_id);
    http::put_field(out, "Date", worker.date());
    if (failure.reason == errors::GatewayReason::upgrade_refused) {
        // A 426 names the protocol to speak instead (RFC 9110 section 15.5.22).
        http::put_field(out, "Upgrade", "HTTP/1.1");
        http::put_field(out, "Connection", "close, upgrade");
    } else if (!keep_alive) {
        http::put_field(out, "Connection", "close");
    } else if (x.request.head().version < 11) {
        http::put_field(out, "Connection", "keep-alive");
    }
    if (with_fields) {
        http::put_failure_fields(out, from_provider ? &x.response.head() : nullptr,
                                 x.route != nullptr ? &x.route->response_edits : nullptr);
    }
    out.put("\r\n");
}

// Another gateway said what the answer means, and that still holds for this whole exchange: an
// earlier attempt of ours may have made the outcome unknown since. Nor does it know that a key was
// minted here: "the same again" would come with another one, and be another payment.
bool speaks_for_itself(const Exchange& x) {
    if (!x.spoken || x.spoken->code != x.failure.code || x.spoken->outcome != x.failure.outcome)
        return false;
    const bool safe_by_our_key = x.spoken->retryable && !x.minted_key.empty() &&
                                 x.spoken->outcome == errors::Outcome::unknown;
    return !safe_by_our_key;
}

// Does the client get the provider's answer itself? Not one that broke off before anything was
// promised, and not one whose connection had to be given up: those could only be passed on cut.
bool passes_on(const Exchange& x) {
    if (x.failure.origin != errors::Origin::upstream) return false;
    if (!x.response_body.done() && !x.connection) return false;
    return x.route->errors.mode != config::ErrorMode::envelope ||
           (speaks_for_itself(x) && x.spoken->is_body);
}

// "This very request" sent again by the caller is another payment when the key was ours: the next
// exchange would mint another one.
bool safe_for_caller(const Exchange& x) {
    if (speaks_for_itself(x)) return x.spoken->retryable;
    return x.replay_safe && x.minted_key.empty();
}

Awaitable<Next> pass_failure_on(Worker& worker, ClientConnection& client, Exchange& x) {
    std::array<char, 160> store;
    base::Writer annotations(store);
    if (x.route->errors.mode != config::ErrorMode::passthrough) {
        errors::put_annotations(annotations, x.failure, x.record.retryable);
    }
    co_return co_await relay_response(worker, client, x, annotations.view());
}

}  // namespace

Awaitable<Next> answer_failure(Worker& worker, ClientConnection& client, Exchange& x) {
    if (x.route != nullptr && x.route->errors.status == config::ErrorStatus::upstream &&
        x.failure.origin == errors::Origin::upstream && x.failure.provider.status >= 400) {
        x.failure.status = x.failure.provider.status;
    }
    x.record.failure = &x.failure;
    x.record.retryable = errors::retryable(x.failure, safe_for_caller(x));
    if (x.failure.reason == errors::GatewayReason::client_gone) co_return Next::close;
    if (passes_on(x)) co_return co_await pass_failure_on(worker, client, x);

    const errors::EnvelopeContext context{
        .request_id = x.request_id,
        .provider_name = x.upstream != nullptr ? std::string_view(x.upstream->name) : "",
        .replay_safe = safe_for_caller(x),
        .attempts = x.record.attempt_count,
        .format = format_of(x),
        .error_member = x.route != nullptr && x.route->errors.mode == config::ErrorMode::annotate,
    };
    errors::write_envelope(x.envelope, x.failure, context);
    const bool keep_alive = keeps_client(worker, x);
    base::Writer out(x.out);
    write_head(out, worker, x, context, keep_alive, true);
    if (!out.ok()) {
        // The route's own edits are longer than any head should be: the bare answer always fits.
        out = base::Writer(x.out);
        write_head(out, worker, x, context, keep_alive, false);
    }
    const bool has_body = x.request.head().method != http::Method::head;
    Gather pieces;
    if (has_body && x.envelope.size() <= out.room()) {
        out.put(x.envelope);
        pieces.add(out.view());
    } else {
        pieces.add(out.view());
        if (has_body) pieces.add(x.envelope);
    }
    x.response_started = true;
    IoResult wrote = client.transport.write_now(pieces);
    if (wrote.status == IoStatus::would_block) {
        wrote = co_await client.transport.write_rest(pieces, x.config->snapshot->client.body);
    }
    if (wrote.status != IoStatus::ok) co_return Next::close;
    x.record.status = x.failure.status;
    if (has_body) x.record.response_bytes += x.envelope.size();
    co_return keep_alive ? Next::keep_alive : Next::close_gently;
}

}  // namespace errgate::proxy
