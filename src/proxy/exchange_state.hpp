// Everything one request in progress needs, borrowed from the worker's slab and given back when it
// ends.
#pragma once

#include "errors/failure.hpp"
#include "http/head_parser.hpp"
#include "http/request_id.hpp"
#include "http/trace_context.hpp"
#include "http/upgrade.hpp"
#include "http/uuid.hpp"
#include "mapping/spoken_envelope.hpp"
#include "proxy/body_decoder.hpp"
#include "proxy/live_config.hpp"
#include "proxy/read_buffer.hpp"
#include "proxy/upstream_pool.hpp"
#include "telemetry/record.hpp"

#include <array>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace errgate::proxy {

inline constexpr std::size_t kUpstreamBuffer =
    64 * 1024;  // 16 KiB answers cost 0.46 of what 4 KiB reads do
inline constexpr std::size_t kUpstreamHeadBytes = 32 * 1024;
inline constexpr std::size_t kUpstreamFields = 200;
inline constexpr std::size_t kHeadroom = 16 * 1024;  // what our own fields may add to a head

// A client's idle connection holds none of this: 1.4 KB instead of 15.
struct Exchange {
    std::shared_ptr<const LiveConfig> config;  // pinned when the request begins

    // From the client.
    ReadBuffer in;
    http::RequestParser request;
    http::Framing request_framing;
    http::Upgrade upgrade = http::Upgrade::none;
    BodyDecoder request_body;
    std::string_view body;  // what of it is in memory: all of it when body_complete
    bool body_complete = true;
    std::string body_store;  // behind `body` when it did not come with the head
    bool client_keep_alive = false;

    // What was decided about it.
    const config::Route* route = nullptr;
    const config::Upstream* upstream = nullptr;
    bool replay_safe = false;
    std::string_view idempotency_key;     // honoured by this provider: the client's or a minted one
    std::string body_key;                 // behind it when the body carries it
    std::string_view idempotency_header;  // where a minted one goes
    std::array<char, http::kUuidSize> minted_key_store;
    std::string_view minted_key;               // empty: the client sent its own, or none is wanted
    std::optional<std::uint64_t> sent_digest;  // of what the first attempt sent
    std::array<char, http::kMaxRequestId> request_id_store;
    std::string_view request_id;
    std::array<char, http::kTraceparentSize> traceparent;
    bool trace_continued = false;  // the client's own trace goes on

    // The attempt and its answer.
    UpstreamConnectionPtr connection;
    bool connection_reusable = false;
    ReadBuffer from_upstream;
    http::ResponseParser response;
    http::Framing response_framing;
    BodyDecoder response_body;
    bool response_inspected = false;  // error_body holds what of the body was read so far
    std::string_view response_piece;  // else: what of it came with the head
    std::string error_body;
    bool error_body_goes_on = false;  // past the limit: what is not in error_body is still to come
    std::optional<mapping::SpokenEnvelope::Words>
        spoken;  // by a gateway of our kind, of the answer
    std::array<std::array<char, 48>, telemetry::kMaxLoggedAttempts> addresses;

    // To the client.
    RawBuffer out;
    errors::Failure failure;
    std::string envelope;
    bool response_started = false;  // a byte of a final response has been written
    telemetry::ExchangeRecord record;
    std::vector<telemetry::AttemptNote> notes;  // behind record.notes
    base::TimePoint begun;

    // Room for a head of `head_bytes` and for reading on behind it.
    void reserve(std::size_t head_bytes);
    // For a new request: forgets the last one, keeps buffers and unread bytes.
    void begin(std::shared_ptr<const LiveConfig> current);
    std::string_view path() const;  // of the request's target, without the query
};

}  // namespace errgate::proxy
