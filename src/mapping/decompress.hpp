// Content codings undone, within bounds.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace errgate::mapping {

inline constexpr std::size_t kMaxDecoded = 1024 * 1024;

// Undoes gzip, x-gzip, deflate (zlib or raw) and br, also several in a row. Bytes that are not what
// `coding` says, and codings unknown, come back as they are: providers do declare the wrong one.
// Output past kMaxDecoded is cut and `complete` set to false, as it is for a stream that ends
// early. Returns a view into `bytes` or into `storage`.
std::string_view decompress(std::string_view bytes, std::string_view coding, std::string& storage,
                            bool& complete);

}  // namespace errgate::mapping
