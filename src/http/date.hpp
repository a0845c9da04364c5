// HTTP dates: written as IMF-fixdate, read in all three forms (RFC 9110 section 5.6.7).
#pragma once

#include "base/time.hpp"
#include "base/writer.hpp"

#include <optional>
#include <string_view>

namespace errgate::http {

void put_http_date(base::Writer& out, base::WallTime when);  // "Sun, 06 Nov 1994 08:49:37 GMT"
// IMF-fixdate, RFC 850 and asctime; nothing else. Two-digit years are read as RFC 9110 asks,
// relative to `now`.
std::optional<base::WallTime> parse_http_date(std::string_view text, base::WallTime now);

// The Date field's value, formatted at most once a second. One a worker.
class CachedDate {
  public:
    std::string_view at(base::WallTime now);

  private:
    std::int64_t second_ = -1;
    char text_[32] = {};
    std::size_t size_ = 0;
};

}  // namespace errgate::http
