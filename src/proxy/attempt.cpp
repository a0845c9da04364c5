#include "proxy/attempt.hpp"

#include "mapping/classify.hpp"
#include "proxy/client_connection.hpp"
#include "proxy/connect.hpp"
#include "proxy/error_body.hpp"
#include "proxy/identity.hpp"
#include "proxy/readable_watch.hpp"
#include "proxy/request_head.hpp"
#include "proxy/request_sender.hpp"
#include "proxy/response_reader.hpp"
#include "proxy/worker.hpp"

#include <algorithm>

namespace errgate::proxy {

namespace {

using errors::GatewayReason;
using policy::Event;

// Most answers come sooner, and then watching for a client that leaves costs nothing.
constexpr std::chrono::milliseconds kWatchClientAfter{50};

// A client that leaves ends the wait for the upstream when the request may be repeated: nothing is
// lost. Any other is let finish, so that its result can be logged.
struct Departure {
    ClientConnection& client;
    Exchange& exchange;
    bool gone = false;

    static void on_readable(void* context) {
        auto& self = *static_cast<Departure*>(context);
        // A pipelining client's next request: it is there, and nothing more can be learnt from its
        // socket until that request has been read.
        if (self.client.transport.peek() != Transport::Quiet::closed) return;
        self.gone = true;
        if (self.exchange.replay_safe) self.exchange.connection->transport.interrupt();
    }
};

telemetry::AttemptRecord& begin_record(Exchange& x, base::Duration waited) {
    const int slot = std::min(x.record.attempt_count, telemetry::kMaxLoggedAttempts - 1);
    ++x.record.attempt_count;
    auto& record = x.record.attempts[static_cast<std::size_t>(slot)];
    record = {};
    record.backoff = waited;
    x.record.provider_status = 0;  // an earlier attempt's
    return record;
}

// The connection's own text goes with it: the record keeps a copy.
void note_connection(Exchange& x, telemetry::AttemptRecord& record) {
    if (!x.connection) return;
    auto& store = x.addresses[static_cast<std::size_t>(&record - x.record.attempts.data())];
    const std::string& address = x.connection->address;
    const std::size_t size = std::min(address.size(), store.size());
    std::copy_n(address.data(), size, store.data());
    record.address = {store.data(), size};
    record.reused = x.connection->reused;
}

// What the failed attempt means: the gateway's own words for what the socket did.
Event failed(Exchange& x, GatewayReason reason, policy::AttemptFacts facts) {
    if (reason == GatewayReason::invalid_request) {
        // x.failure says which violation: the client's body broke the rules half way. What the
        // provider makes of the part it got, nobody knows.
        x.failure.outcome = errors::Outcome::unknown;
    } else {
        x.failure = errors::gateway_failure(reason, facts.request_bytes_sent);
    }
    facts.client_gone = facts.client_gone || reason == GatewayReason::client_gone;
    return {Event::Kind::failed, facts, &x.failure};
}

struct Times {
    base::TimePoint head;   // of this attempt's response head
    base::TimePoint total;  // over all attempts
};

Times attempt_times(const Exchange& x, base::TimePoint now, base::TimePoint total) {
    return {std::min(now + x.route->timeouts.attempt, total), total};
}

// What of a body to be relayed came with the head is taken apart before anything is promised to the
// client: garbage found here is still an answer we can give in full.
GatewayReason take_first_piece(Exchange& x) {
    const auto step = x.response_body.feed(x.from_upstream.unread());
    if (step.status == BodyDecoder::Status::error) return GatewayReason::invalid_response;
    x.response_piece = step.data;
    x.from_upstream.consume(step.consumed);
    return GatewayReason::none;
}

Awaitable<GatewayReason> exchange_heads(Worker& worker, ClientConnection& client, Exchange& x,
                                        Times times, policy::AttemptFacts& facts) {
    Gather rest;
    SendResult sent = begin_request(client, x, rest);
    if (sent.reason == GatewayReason::none && (!rest.empty() || !x.body_complete)) {
        sent = co_await finish_request(worker, client, x, rest, times.head);
    }
    facts.request_bytes_sent = sent.bytes_sent;
    if (sent.reason != GatewayReason::none && !sent.response_may_wait) co_return sent.reason;
    // The rest of this request is missing: another one in its place would be taken for it.
    if (sent.reason != GatewayReason::none) x.connection_reusable = false;
    // A body that streamed took as long as its client wanted; the upstream's time begins now.
    if (!x.body_complete) {
        const base::TimePoint now = base::SteadyClock::now();
        times = attempt_times(x, now, now + x.route->timeouts.total);
    }

    Departure departure{client, x};
    GatewayReason reason = GatewayReason::none;
    {
        const ReadableWatch watch(worker.wheel(), client.transport, kWatchClientAfter,
                                  &Departure::on_readable, &departure);
        reason = co_await read_response_head(&client, x, times.head, facts.response_bytes_seen);
        if (reason == GatewayReason::none) {
            reason = needs_body(x) ? co_await read_error_body(x, times.total) : take_first_piece(x);
        }
    }
    facts.client_gone = departure.gone;
    if (departure.gone && x.replay_safe && reason != GatewayReason::none) {
        co_return GatewayReason::client_gone;
    }
    // The upstream refused the rest of the request and closed without a word.
    if (reason == GatewayReason::connection_reset && sent.reason != GatewayReason::none) {
        co_return sent.reason;
    }
    co_return reason;
}

// A server of TLS 1.3 refuses our certificate only after it has let us send.
bool refused_late(const Exchange& x) {
    return x.connection->transport.tls_failure().kind == tls::Failure::Kind::alert;
}

// A response that is complete and clean leaves a connection for the next exchange. One whose body
// goes on, and which the client may get as it is, keeps it.
void release_connection(Worker& worker, Exchange& x) {
    if (x.error_body_goes_on && may_pass_on(x)) return;
    if (x.connection_reusable && x.response_body.done() && x.from_upstream.empty()) {
        worker.pool(x).put(std::move(x.connection));
    }
    x.connection.reset();
}

// Another gateway of our kind already said all there is to say.
bool read_spoken_envelope(Exchange& x, const mapping::ResponseFacts& response) {
    if (!x.upstream->speaks_envelope) return false;
    auto envelope = mapping::read_spoken_envelope(response, x.request_id);
    if (!envelope) return false;
    x.spoken = envelope->words;
    x.failure = std::move(envelope->failure);
    return true;
}

Event classify_response(Worker& worker, Exchange& x, policy::AttemptFacts facts) {
    const auto& head = x.response.head();
    // A success too large to be looked into streams on.
    if (head.status < 400 && !x.response_body.done()) {
        return {Event::Kind::succeeded, facts, nullptr};
    }
    std::string store;
    const mapping::RequestFacts request{x.record.method, upstream_path(x, store)};
    const mapping::ResponseFacts response{head.status, head.fields, x.error_body,
                                          x.response_body.done()};
    if (!read_spoken_envelope(x, response)) {
        auto verdict =
            mapping::classify(*x.upstream->dialect, request, response, base::WallClock::now());
        x.spoken = annotations(x);
        if (x.spoken) mapping::heed(*x.spoken, head.status, verdict);
        if (!verdict.is_error) return {Event::Kind::succeeded, facts, nullptr};
        x.failure = std::move(verdict.failure);
    }
    release_connection(worker, x);
    return {Event::Kind::failed, facts, &x.failure};
}

}  // namespace

Awaitable<Event> try_once(Worker& worker, ClientConnection& client, Exchange& x,
                          bool fresh_connection, base::TimePoint deadline, base::Duration waited) {
    const base::TimePoint begun = base::SteadyClock::now();
    if (x.record.attempt_count > 0) renew_trace_parent(worker, x);
    telemetry::AttemptRecord& record = begin_record(x, waited);
    policy::AttemptFacts facts;
    x.response_inspected = false;
    x.error_body_goes_on = false;
    x.spoken.reset();

    GatewayReason reason = GatewayReason::none;
    base::TimePoint connected = begun;
    if (fresh_connection || !reuse_connection(worker, x)) {
        const auto within = std::min<base::Duration>(x.route->timeouts.connect, deadline - begun);
        reason = co_await open_connection(worker, x, within);
        connected = base::SteadyClock::now();
    }
    note_connection(x, record);
    facts.connection_reused = record.reused;
    if (reason == GatewayReason::none) {
        const Times times = attempt_times(x, connected, deadline);
        reason = co_await exchange_heads(worker, client, x, times, facts);
        if (reason == GatewayReason::attempt_timeout && times.head == times.total) {
            reason = GatewayReason::total_timeout;
        }
        if (reason == GatewayReason::connection_reset && refused_late(x)) {
            reason = GatewayReason::tls_alert;
        }
    }
    facts.body_replayable = x.body_complete || !facts.request_bytes_sent;

    record.took = base::SteadyClock::now() - begun;
    record.reason = reason;
    if (reason != GatewayReason::none && x.connection) {
        record.detail = x.connection->transport.tls_failure().text;
    }
    x.record.upstream_took += record.took;
    if (reason != GatewayReason::none) {
        x.connection.reset();
        co_return failed(x, reason, facts);
    }
    record.status = static_cast<std::uint16_t>(x.response.head().status);
    x.record.provider_status = record.status;
    if (!needs_body(x)) co_return Event{Event::Kind::succeeded, facts, nullptr};
    co_return classify_response(worker, x, facts);
}

}  // namespace errgate::proxy
