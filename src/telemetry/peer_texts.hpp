// What the client wrote about its request, as it may be shown.
#pragma once

#include "telemetry/record.hpp"

#include <array>
#include <cstddef>
#include <string>
#include <string_view>

namespace errgate::telemetry {

// Redacted like the envelope and cut, once for access log, journal and unmapped codes; who wants
// less of a text cuts it with base::truncate_utf8(). Points into the record's texts: most have
// nothing to hide, and then nothing is copied.
class PeerTexts {
  public:
    static constexpr std::size_t kMaxPath = 2048;
    static constexpr std::size_t kMaxOther = 256;

    explicit PeerTexts(const ExchangeRecord& exchange);
    PeerTexts(const PeerTexts&) = delete;
    PeerTexts& operator=(const PeerTexts&) = delete;

    std::string_view method() const { return method_; }
    std::string_view path() const { return path_; }
    std::string_view user_agent() const { return user_agent_; }
    std::string_view client_request_id() const { return client_request_id_; }

  private:
    std::array<std::string, 4> redacted_;  // whichever of the texts had something to hide
    std::string_view method_, path_, user_agent_, client_request_id_;
};

}  // namespace errgate::telemetry
