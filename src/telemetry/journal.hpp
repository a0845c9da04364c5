// The last failures in memory, with every attempt: from a customer's request id to what the
// provider really said.
#pragma once

#include "telemetry/record.hpp"

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <mutex>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace errgate::telemetry {

struct JournalAttempt {
    int n = 0;  // from 1
    std::string address;
    bool reused = false;
    int status = 0;  // 0: no response head came
    errors::GatewayReason reason = errors::GatewayReason::none;
    base::Duration took{}, backoff{};
    bool retried = false;  // another attempt followed
    AttemptNote note;      // note.attempt is 0 when the attempt did not fail by itself
};

// One failed exchange. Everything in it is redacted and cut.
struct JournalEntry {
    JournalEntry(const ExchangeRecord& exchange, errors::Failure&& what,
                 std::span<AttemptNote> notes);
    JournalEntry(const JournalEntry&) = delete;
    JournalEntry& operator=(const JournalEntry&) = delete;

    std::string texts;  // behind the views: one piece of memory for all of them
    std::string_view request_id, client_request_id, trace_id;
    std::string_view route, upstream;
    std::string_view method, path, client, user_agent;
    base::WallTime begun;
    base::Duration took{}, upstream_took{};
    int status = 0;  // answered to the client; 0: nothing could be answered
    errors::Failure failure;
    bool retryable = false;
    policy::RetryRefusal retry_refused = policy::RetryRefusal::none;
    int attempt_count = 0;
    std::vector<JournalAttempt> attempts;  // the first ones and the last
    std::size_t bytes = 0;                 // of memory, roughly
};

struct JournalLimits {
    std::size_t entries = 1'000;          // 0: nothing is kept
    std::size_t bytes = 4 * 1024 * 1024;  // of memory, all entries together
    bool body_excerpt = false;            // keep the beginning of the provider's answer, redacted
};

struct JournalQuery {
    std::string_view code{}, upstream{}, route{};  // empty: any
    std::size_t limit = 100;
};

// Any thread may call anything. The lock is held for a few moves of pointers, never while text is
// made, so a reader does not hold up a worker.
class Journal {
  public:
    using Entry = std::shared_ptr<const JournalEntry>;

    void configure(const JournalLimits& limits);  // what is over them goes, oldest first
    // Takes over what went wrong, and what each failed attempt said: whoever else wants to read
    // them does so before. A journal of no entries leaves everything as it is.
    void add(const ExchangeRecord& exchange, errors::Failure&& failure,
             std::span<AttemptNote> notes);
    bool keeps_bodies() const { return bodies_.load(std::memory_order_relaxed); }

    std::vector<Entry> find(const JournalQuery& query) const;  // newest first
    Entry find(std::string_view request_id) const;             // the newest with this id, or null

    struct Stats {
        JournalLimits limits;
        std::size_t entries = 0, bytes = 0;
        std::uint64_t recorded = 0;  // since the start; what is not here any more was pushed out
    };
    Stats stats() const;

  private:
    void shrink();  // with the mutex held

    std::atomic<bool> active_{true};
    std::atomic<bool> bodies_{false};
    mutable std::mutex mutex_;
    JournalLimits limits_;
    std::deque<Entry> entries_;  // oldest first
    std::size_t bytes_ = 0;
    std::uint64_t recorded_ = 0;
};

}  // namespace errgate::telemetry
