// Which route a request takes: host, method, path prefix and fields against a compiled table.
#pragma once

#include "http/head.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace errgate::policy {

struct RouteMatch {
    std::string path_prefix = "/";     // byte for byte, matched on segment borders
    std::vector<std::string> methods;  // empty: every method
    std::string host;                  // empty: every host; without port, case-insensitive
    std::vector<std::pair<std::string, std::string>>
        headers;  // every one must be present with this value
};

// Does `prefix` cover `path` up to a segment border? "/kira" covers "/kira" and "/kira/x", never
// "/kirax".
bool covers(std::string_view prefix, std::string_view path);

// Immutable. The longest prefix wins; among equal prefixes the one with more conditions, then the
// one that stands first in the file. "/kira" and "/kira/" match "/kira/x"; "/kira" also "/kira" but
// never "/kirax". Nothing is decoded, and a path with a dot segment ("/../", "/./", also
// percent-encoded, also at the end) matches no route: what the prefix means would be the
// upstream's guess. Encoded slashes are not interpreted.
class RouteTable {
  public:
    explicit RouteTable(std::vector<RouteMatch> matches);
    // Index into the vector given to the constructor. `host` is the Host field, with or without a
    // port; `path` has no query. Allocates nothing.
    std::optional<std::uint16_t> find(std::string_view host, std::string_view method,
                                      std::string_view path, const http::Fields& fields) const;

  private:
    struct Entry {
        RouteMatch match;
        std::uint16_t index;
    };
    struct Range {  // of another vector, end excluded
        std::size_t begin = 0;
        std::size_t end = 0;
    };
    struct HostBucket {  // the entries of one prefix that name one host
        std::string host;
        Range entries;
    };
    // One distinct prefix. Every other prefix of the table that covers a path this one is sorted
    // next to is a prefix of this one, so the candidates are the chain of parents.
    struct Node {
        std::string prefix;
        std::optional<std::size_t> parent;  // the longest proper prefix that is in the table too
        Range buckets;
    };

    void sort_entries(std::vector<RouteMatch> matches);
    void build_nodes();
    const Entry* find_in(const Node& node, std::string_view host, std::string_view method,
                         const http::Fields& fields) const;
    const Entry* first_match(const Range& range, std::string_view method,
                             const http::Fields& fields) const;

    std::vector<Entry> entries_;  // by prefix, then host, then best match first
    std::vector<HostBucket> buckets_;
    std::vector<Node> nodes_;  // by prefix, byte order
};

}  // namespace errgate::policy
