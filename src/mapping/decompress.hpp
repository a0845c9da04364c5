// Content codings undone, within bounds.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace errgate::mapping {

// What a coded body may grow to: this much, and beyond kAlwaysDecoded no more than kMaxRatio times
// its own size. JSON and HTML shrink to a tenth, rarely to a fiftieth.
inline constexpr std::size_t kMaxDecoded = 1024 * 1024;
inline constexpr std::size_t kAlwaysDecoded = 64 * 1024;
inline constexpr std::size_t kMaxRatio = 100;

// Undoes gzip, x-gzip, deflate (zlib or raw) and br, also several in a row. Bytes that are not what
// `coding` says, and codings unknown, come back as they are, unless they begin as gzip and zlib do:
// providers declare the wrong coding, or none. Output past the limit is cut and `complete` set to
// false, as it is for a stream that ends early. Returns a view into `bytes` or into `storage`.
std::string_view decompress(std::string_view bytes, std::string_view coding, std::string& storage,
                            bool& complete);

}  // namespace errgate::mapping
