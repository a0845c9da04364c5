// Each pair of functions writes and reads the same members in the same order; each pack() is called
// twice, to add up the bytes and to write them.
#include "telemetry/journal_entry.hpp"

#include "base/utf8.hpp"
#include "telemetry/packed.hpp"

#include <algorithm>
#include <cassert>

namespace errgate::telemetry {

namespace {

constexpr std::size_t kMaxPath = 512;

template <class Out>
void pack(Out& out, base::Duration value) {
    out << value.count();
}

void unpack(Unpacker& in, base::Duration& value) {
    base::Duration::rep count = 0;
    in >> count;
    value = base::Duration(count);
}

// All but the code, which is one of the keys.
template <class Out>
void pack(Out& out, const errors::Failure& failure) {
    out << failure.status << failure.origin << failure.reason << failure.outcome
        << failure.transient << failure.auto_retry << failure.hinted << failure.mapped
        << failure.message << failure.metadata.size();
    for (const auto& [name, value] : failure.metadata)
        out << name << value.kind << value.text;
    out << failure.details.size();
    for (const errors::Detail& detail : failure.details)
        out << detail.field << detail.code << detail.message;
    out << failure.retry_after.has_value();
    if (failure.retry_after) out << failure.retry_after->count();
    const errors::ProviderFacts& provider = failure.provider;
    out << provider.status << provider.code << provider.type << provider.request_id
        << provider.decline_code << provider.advice_code;
}

void unpack(Unpacker& in, errors::Failure& failure) {
    std::size_t count = 0;
    in >> failure.status >> failure.origin >> failure.reason >> failure.outcome >>
        failure.transient >> failure.auto_retry >> failure.hinted >> failure.mapped >>
        failure.message >> count;
    failure.metadata.resize(count);
    for (auto& [name, value] : failure.metadata)
        in >> name >> value.kind >> value.text;
    in >> count;
    failure.details.resize(count);
    for (errors::Detail& detail : failure.details)
        in >> detail.field >> detail.code >> detail.message;
    bool has_wait = false;
    in >> has_wait;
    if (has_wait) {
        std::chrono::milliseconds::rep wait = 0;
        in >> wait;
        failure.retry_after = std::chrono::milliseconds(wait);
    }
    errors::ProviderFacts& provider = failure.provider;
    in >> provider.status >> provider.code >> provider.type >> provider.request_id >>
        provider.decline_code >> provider.advice_code;
}

template <class Out>
void pack(Out& out, const AttemptNote& note) {
    out << note.attempt << note.code << note.outcome << note.transient << note.provider_code
        << note.message << note.body_excerpt;
}

void unpack(Unpacker& in, AttemptNote& note) {
    in >> note.attempt >> note.code >> note.outcome >> note.transient >> note.provider_code >>
        note.message >> note.body_excerpt;
}

template <class Out>
void pack_attempt(Out& out, const ExchangeRecord& exchange, int slot, int n) {
    const AttemptRecord& attempt = exchange.attempts[static_cast<std::size_t>(slot)];
    out << n << attempt.address << attempt.reused << int{attempt.status} << attempt.reason;
    pack(out, attempt.took);
    pack(out, attempt.backoff);
    out << (n < exchange.attempt_count);
    const auto note = std::ranges::find(exchange.notes, n, &AttemptNote::attempt);
    const bool noted = note != exchange.notes.end();
    out << noted;
    if (noted) pack(out, *note);
}

void unpack(Unpacker& in, JournalAttempt& attempt) {
    in >> attempt.n >> attempt.address >> attempt.reused >> attempt.status >> attempt.reason;
    unpack(in, attempt.took);
    unpack(in, attempt.backoff);
    bool noted = false;
    in >> attempt.retried >> noted;
    if (noted) unpack(in, attempt.note);
}

template <class Out>
void pack_attempts(Out& out, const ExchangeRecord& exchange) {
    const int recorded = std::min(exchange.attempt_count, kMaxLoggedAttempts);
    out << exchange.attempt_count << recorded;
    for (int i = 0; i < recorded; ++i)
        pack_attempt(out, exchange, i, i + 1 == recorded ? exchange.attempt_count : i + 1);
}

template <class Out>
void pack(Out& out, const ExchangeRecord& exchange, const PeerTexts& texts) {
    out << exchange.request_id << exchange.route_name << exchange.upstream_name
        << exchange.failure->code;
    out << exchange.trace_id << exchange.client << texts.client_request_id() << texts.method()
        << base::truncate_utf8(texts.path(), kMaxPath) << texts.user_agent();
    out << exchange.begun.time_since_epoch().count();
    pack(out, exchange.took);
    pack(out, exchange.upstream_took);
    out << exchange.status << exchange.retryable << exchange.retry_refused;
    pack(out, *exchange.failure);
    pack_attempts(out, exchange);
}

}  // namespace

PackedEntry pack_journal_entry(const ExchangeRecord& exchange, const PeerTexts& texts) {
    PackedSize size;
    pack(size, exchange, texts);
    PackedEntry packed(size.bytes());
    Packer out(packed.data());
    pack(out, exchange, texts);
    assert(out.end() == packed.data() + size.bytes());
    return packed;
}

JournalKeys journal_keys(std::string_view packed) {
    JournalKeys keys;
    Unpacker(packed) >> keys.request_id >> keys.route >> keys.upstream >> keys.code;
    return keys;
}

JournalEntry unpack_journal_entry(std::string_view packed) {
    JournalEntry entry;
    Unpacker in(packed);
    in >> entry.request_id >> entry.route >> entry.upstream >> entry.failure.code;
    in >> entry.trace_id >> entry.client >> entry.client_request_id >> entry.method >> entry.path >>
        entry.user_agent;
    base::WallTime::rep begun = 0;
    in >> begun;
    entry.begun = base::WallTime(base::WallTime::duration(begun));
    unpack(in, entry.took);
    unpack(in, entry.upstream_took);
    in >> entry.status >> entry.retryable >> entry.retry_refused;
    unpack(in, entry.failure);
    int recorded = 0;
    in >> entry.attempt_count >> recorded;
    entry.attempts.resize(static_cast<std::size_t>(recorded));
    for (JournalAttempt& attempt : entry.attempts)
        unpack(in, attempt);
    return entry;
}

}  // namespace errgate::telemetry
