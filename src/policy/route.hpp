// Which route a request takes: host, method, path prefix and fields against a compiled table.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "http/head.hpp"

namespace errgate::policy {

struct RouteMatch {
    std::string path_prefix = "/";                              // byte for byte, matched on segment borders
    std::vector<std::string> methods;                           // empty: every method
    std::string host;                                           // empty: every host; without port, case-insensitive
    std::vector<std::pair<std::string, std::string>> headers;   // every one must be present with this value
};

// Immutable. The longest prefix wins; among equal prefixes the one with more conditions, then the
// one that stands first in the file. "/kira" and "/kira/" match "/kira/x"; "/kira" also "/kira" but
// never "/kirax". Dot segments and encoded slashes are not interpreted: a path that contains
// "/../" or "/./" (also percent-encoded) matches no route but is refused by http/framing.
class RouteTable {
  public:
    explicit RouteTable(std::vector<RouteMatch> matches);
    // Index into the vector given to the constructor. `path` has no query. Allocates nothing.
    std::optional<std::uint16_t> find(std::string_view host, std::string_view method,
                                      std::string_view path, const http::Fields& fields) const;

  private:
    struct Entry {
        RouteMatch match;
        std::uint16_t index;
    };
    std::vector<Entry> entries_;  // sorted: best match first
};

}  // namespace errgate::policy
