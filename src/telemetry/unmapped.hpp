// Provider codes that no rule names, so that somebody can write the rule.
#pragma once

#include "telemetry/peer_texts.hpp"

#include <cstddef>
#include <cstdint>
#include <map>
#include <mutex>
#include <string>
#include <tuple>
#include <vector>

namespace errgate::telemetry {

// One code of one provider with one status, and the last answer that had it. All of it redacted.
struct UnmappedCode {
    std::string upstream;
    int provider_status = 0;
    std::string provider_code, provider_type;  // empty: the format found none
    std::uint64_t count = 0;
    base::WallTime first_seen, last_seen;
    errors::Code treated_as = errors::Code::gateway_error;  // the status's default
    std::string request_id, route, method, path, message;
    std::string body_excerpt;  // where the journal keeps it
};

// Any thread. Holds at most kMost codes: a new one takes the place of the one not seen for longest.
class UnmappedCodes {
  public:
    static constexpr std::size_t kMost = 256;

    // Passed over unless it failed with a provider's answer that no rule names.
    void add(const ExchangeRecord& exchange, const PeerTexts& texts);

    struct List {
        std::vector<UnmappedCode> codes;  // most frequent first
        std::uint64_t forgotten = 0;      // codes that lost their place
    };
    List list() const;

  private:
    using Key = std::tuple<std::string, int, std::string, std::string>;
    void make_room();

    mutable std::mutex mutex_;
    std::map<Key, UnmappedCode> codes_;
    std::uint64_t forgotten_ = 0;
};

}  // namespace errgate::telemetry
