// May a request be sent twice, and is what is sent twice really the same?
#pragma once

#include "policy/params.hpp"

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace errgate::policy {

// By method (case-sensitive, RFC 9110 9.1), or by an idempotency key that this provider honours.
bool replay_safe(std::string_view method, bool has_honoured_key, const RetryParams& params);

// RFC 9110 9.2.1: it asks for nothing to be done, so there is nothing that could be applied.
bool safe_method(std::string_view method);

// Digest of the bytes an attempt sends, to catch the gateway sending other ones the next time.
// However the bytes are cut into pieces, the value is the same. Guards against mistakes, not
// against an adversary: not a cryptographic hash. 8 bytes a step; allocates nothing.
class ReplayDigest {
  public:
    void add(std::string_view bytes);
    std::uint64_t value() const;

  private:
    void add_byte(char byte);
    std::uint64_t mixed_ = 0x9e3779b97f4a7c15U;
    std::uint64_t tail_ = 0;  // the bytes past the last full word, lowest first
    std::uint64_t size_ = 0;
};

}  // namespace errgate::policy
