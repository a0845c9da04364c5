#include "proxy/exchange_state.hpp"

#include "http/target.hpp"

#include <algorithm>

namespace errgate::proxy {

void Exchange::reserve(std::size_t head_bytes) {
    in.reserve(head_bytes + kHeadroom);
    out.reserve(std::max(head_bytes, kUpstreamHeadBytes) + kHeadroom);
}

void Exchange::begin(std::shared_ptr<const LiveConfig> current) {
    config = std::move(current);
    begun = base::SteadyClock::now();
    request_framing = {};
    upgrade = http::Upgrade::none;
    request_body.reset({});
    body = {};
    body_complete = true;
    client_keep_alive = false;
    route = nullptr;
    upstream = nullptr;
    replay_safe = false;
    idempotency_header = idempotency_key = minted_key = {};
    sent_digest.reset();
    request_id = {};
    trace_continued = false;
    connection_reusable = false;
    response_inspected = false;
    error_body_goes_on = false;
    spoken.reset();
    response_started = false;
    const base::WallTime wall = base::WallClock::now();
    record.~ExchangeRecord();
    new (&record) telemetry::ExchangeRecord;
    record.begun = wall;
    notes.clear();
}

std::string_view Exchange::path() const {
    const std::string_view target = http::origin_target(request.head());
    return target.substr(0, target.find('?'));
}

}  // namespace errgate::proxy
