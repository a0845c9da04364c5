// The last failures in memory.
#include "telemetry/journal.hpp"

#include "errors/redact.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace errgate::telemetry {

namespace {

constexpr std::size_t kMaxPath = 512;
constexpr std::size_t kMaxPeerText = 256;
constexpr std::size_t kEntryBase = sizeof(JournalEntry) + 128;  // with its allocation's overhead

JournalAttempt take_attempt(const ExchangeRecord& exchange, std::span<AttemptNote> notes, int slot,
                            int n) {
    const AttemptRecord& attempt = exchange.attempts[static_cast<std::size_t>(slot)];
    JournalAttempt out;
    out.n = n;
    out.address = attempt.address;
    out.reused = attempt.reused;
    out.status = attempt.status;
    out.reason = attempt.reason;
    out.took = attempt.took;
    out.backoff = attempt.backoff;
    out.retried = n < exchange.attempt_count;
    const auto note = std::ranges::find(notes, n, &AttemptNote::attempt);
    if (note != notes.end()) out.note = std::move(*note);
    return out;
}

std::size_t weight(const errors::Failure& failure) {
    std::size_t bytes = failure.message.size() + failure.provider.code.size() +
                        failure.provider.type.size() + failure.provider.request_id.size();
    for (const auto& [name, value] : failure.metadata)
        bytes += sizeof(failure.metadata[0]) + name.size() + value.text.size();
    for (const errors::Detail& detail : failure.details) {
        bytes += sizeof detail + detail.field.size() + detail.code.size() + detail.message.size();
    }
    return bytes;
}

std::size_t weight(const JournalAttempt& attempt) {
    return sizeof attempt + attempt.address.size() + attempt.note.provider_code.size() +
           attempt.note.message.size() + attempt.note.body_excerpt.size();
}

// Of the exchange, redacted and one behind the other.
void keep_texts(JournalEntry& entry, const ExchangeRecord& exchange) {
    std::array<std::string, 4> masked;  // most texts need no masking, and no copy of their own
    const auto redacted = [&](std::size_t i, std::string_view text, std::size_t max_bytes) {
        return errors::redact_into(masked[i], text, max_bytes);
    };
    const auto kept = std::to_array<std::pair<std::string_view&, std::string_view>>(
        {{entry.request_id, exchange.request_id},
         {entry.client_request_id, redacted(0, exchange.client_request_id, kMaxPeerText)},
         {entry.trace_id, exchange.trace_id},
         {entry.route, exchange.route_name},
         {entry.upstream, exchange.upstream_name},
         {entry.method, redacted(1, exchange.method, kMaxPeerText)},
         {entry.path, redacted(2, exchange.path, kMaxPath)},
         {entry.client, exchange.client},
         {entry.user_agent, redacted(3, exchange.user_agent, kMaxPeerText)}});
    std::size_t size = 0;
    for (const auto& [view, text] : kept)
        size += text.size();
    entry.texts.reserve(size);  // so that the views stay good
    for (const auto& [view, text] : kept) {
        view = {entry.texts.data() + entry.texts.size(), text.size()};
        entry.texts += text;
    }
}

bool matches(const JournalEntry& entry, const JournalQuery& query) {
    return (query.code.empty() || errors::info(entry.failure.code).slug == query.code) &&
           (query.upstream.empty() || entry.upstream == query.upstream) &&
           (query.route.empty() || entry.route == query.route);
}

}  // namespace

JournalEntry::JournalEntry(const ExchangeRecord& exchange, errors::Failure&& what,
                           std::span<AttemptNote> notes)
    : begun(exchange.begun),
      took(exchange.took),
      upstream_took(exchange.upstream_took),
      status(exchange.status),
      failure(std::move(what)),
      retryable(exchange.retryable),
      retry_refused(exchange.retry_refused),
      attempt_count(exchange.attempt_count) {
    const int recorded = std::min(exchange.attempt_count, kMaxLoggedAttempts);
    attempts.reserve(static_cast<std::size_t>(recorded));
    for (int i = 0; i < recorded; ++i) {
        const int n = i + 1 == recorded ? exchange.attempt_count : i + 1;
        attempts.push_back(take_attempt(exchange, notes, i, n));
    }
    keep_texts(*this, exchange);
    bytes = kEntryBase + weight(failure) + texts.size();
    for (const JournalAttempt& attempt : attempts)
        bytes += weight(attempt);
}

void Journal::configure(const JournalLimits& limits) {
    const std::lock_guard lock(mutex_);
    limits_ = limits;
    active_ = limits.entries > 0;
    bodies_ = limits.entries > 0 && limits.body_excerpt;
    shrink();
}

void Journal::add(const ExchangeRecord& exchange, errors::Failure&& failure,
                  std::span<AttemptNote> notes) {
    if (!active_.load(std::memory_order_relaxed)) return;
    Entry entry = std::make_shared<const JournalEntry>(exchange, std::move(failure), notes);
    const std::lock_guard lock(mutex_);
    bytes_ += entry->bytes;
    ++recorded_;
    entries_.push_back(std::move(entry));
    shrink();
}

void Journal::shrink() {
    while (!entries_.empty() && (entries_.size() > limits_.entries || bytes_ > limits_.bytes)) {
        bytes_ -= entries_.front()->bytes;
        entries_.pop_front();
    }
}

std::vector<Journal::Entry> Journal::find(const JournalQuery& query) const {
    std::vector<Entry> out;
    const std::lock_guard lock(mutex_);
    for (auto entry = entries_.rbegin(); entry != entries_.rend() && out.size() < query.limit;
         ++entry) {
        if (matches(**entry, query)) out.push_back(*entry);
    }
    return out;
}

Journal::Entry Journal::find(std::string_view request_id) const {
    const std::lock_guard lock(mutex_);
    const auto found = std::find_if(entries_.rbegin(), entries_.rend(), [&](const Entry& entry) {
        return entry->request_id == request_id;
    });
    return found == entries_.rend() ? nullptr : *found;
}

Journal::Stats Journal::stats() const {
    const std::lock_guard lock(mutex_);
    return {limits_, entries_.size(), bytes_, recorded_};
}

}  // namespace errgate::telemetry
