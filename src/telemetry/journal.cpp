// The last failures in memory.
#include "telemetry/journal.hpp"

#include "errors/redact.hpp"

#include <algorithm>

namespace errgate::telemetry {

namespace {

constexpr std::size_t kMaxPath = 512;
constexpr std::size_t kMaxPeerText = 256;
constexpr std::size_t kEntryBase = sizeof(JournalEntry) + 128;  // with its allocation's overhead

JournalAttempt copy_attempt(const ExchangeRecord& exchange, int slot, int n) {
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
    const auto note = std::ranges::find(exchange.notes, n, &AttemptNote::attempt);
    if (note != exchange.notes.end()) out.note = *note;
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

bool matches(const JournalEntry& entry, const JournalQuery& query) {
    return (query.code.empty() || errors::info(entry.failure.code).slug == query.code) &&
           (query.upstream.empty() || entry.upstream == query.upstream) &&
           (query.route.empty() || entry.route == query.route);
}

}  // namespace

JournalEntry::JournalEntry(const ExchangeRecord& exchange)
    : request_id(exchange.request_id),
      client_request_id(errors::redact(exchange.client_request_id, kMaxPeerText)),
      trace_id(exchange.trace_id),
      route(exchange.route_name),
      upstream(exchange.upstream_name),
      method(errors::redact(exchange.method, kMaxPeerText)),
      path(errors::redact(exchange.path, kMaxPath)),
      client(exchange.client),
      user_agent(errors::redact(exchange.user_agent, kMaxPeerText)),
      begun(exchange.begun),
      took(exchange.took),
      upstream_took(exchange.upstream_took),
      status(exchange.status),
      failure(*exchange.failure),
      retryable(exchange.retryable),
      retry_refused(exchange.retry_refused),
      attempt_count(exchange.attempt_count) {
    const int recorded = std::min(exchange.attempt_count, kMaxLoggedAttempts);
    for (int i = 0; i < recorded; ++i) {
        const int n = i + 1 == recorded ? exchange.attempt_count : i + 1;
        attempts.push_back(copy_attempt(exchange, i, n));
    }
    bytes = kEntryBase + weight(failure);
    for (const std::string* text : {&request_id, &client_request_id, &trace_id, &route, &upstream,
                                    &method, &path, &client, &user_agent}) {
        bytes += text->size();
    }
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

void Journal::add(const ExchangeRecord& exchange) {
    if (exchange.failure == nullptr || !active_.load(std::memory_order_relaxed)) return;
    Entry entry = std::make_shared<const JournalEntry>(exchange);
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
