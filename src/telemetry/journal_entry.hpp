// One failed exchange as the journal tells of it, and the compact form it is kept in.
#pragma once

#include "telemetry/peer_texts.hpp"

#include <memory>
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

// Everything in it is redacted and cut.
struct JournalEntry {
    std::string request_id, client_request_id, trace_id;
    std::string route, upstream;
    std::string method, path, client, user_agent;
    base::WallTime begun;
    base::Duration took{}, upstream_took{};
    int status = 0;  // answered to the client; 0: nothing could be answered
    errors::Failure failure;
    bool retryable = false;
    policy::RetryRefusal retry_refused = policy::RetryRefusal::none;
    int attempt_count = 0;
    std::vector<JournalAttempt> attempts;  // the first ones and the last
};

// An entry in one piece of memory, shared with whoever reads it. A thousand entries of 20 strings
// each are cold by the time they are dropped, and each string would be a cache miss then.
class PackedEntry {
  public:
    explicit PackedEntry(std::size_t size)
        : bytes_(std::make_shared_for_overwrite<char[]>(size)), size_(size) {}
    char* data() { return bytes_.get(); }
    std::string_view view() const { return {bytes_.get(), size_}; }

  private:
    std::shared_ptr<char[]> bytes_;
    std::size_t size_;
};

// The exchange has failed.
PackedEntry pack_journal_entry(const ExchangeRecord& exchange, const PeerTexts& texts);
JournalEntry unpack_journal_entry(std::string_view packed);

// What entries are looked up by, without unpacking them: views into `packed`.
struct JournalKeys {
    std::string_view request_id, route, upstream;
    errors::Code code = errors::Code::gateway_error;
};
JournalKeys journal_keys(std::string_view packed);

}  // namespace errgate::telemetry
