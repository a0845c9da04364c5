#include "policy/route.hpp"

#include <algorithm>
#include <tuple>

namespace errgate::policy {
namespace {

std::string lower(std::string text) {
    for (char& c : text) {
        if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    }
    return text;
}

char lower(char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

// Is the stored, lower-case host before the one that was asked for?
bool host_before(std::string_view stored, std::string_view asked) {
    return std::lexicographical_compare(stored.begin(), stored.end(), asked.begin(), asked.end(),
                                        [](char a, char b) { return lower(a) < lower(b); });
}

// "pay.internal:8080" and "[::1]:8080" without the port.
std::string_view without_port(std::string_view host) {
    const auto colon = host.find_last_of(":]");
    if (colon == std::string_view::npos || host[colon] == ']') return host;
    return host.substr(0, colon);
}

std::size_t conditions(const RouteMatch& match) {
    return (match.methods.empty() ? 0 : 1) + (match.host.empty() ? 0 : 1) + match.headers.size();
}

bool is_dot_segment(std::string_view segment) {
    std::size_t dots = 0;
    while (!segment.empty()) {
        if (segment[0] == '.') {
            segment.remove_prefix(1);
        } else if (segment.size() >= 3 && segment[0] == '%' && segment[1] == '2' &&
                   lower(segment[2]) == 'e') {
            segment.remove_prefix(3);
        } else {
            return false;
        }
        ++dots;
    }
    return dots == 1 || dots == 2;
}

bool has_dot_segment(std::string_view path) {
    for (auto slash = path.find('/'); slash != std::string_view::npos;) {
        const auto next = path.find('/', slash + 1);
        if (is_dot_segment(path.substr(slash + 1, next - slash - 1))) return true;
        slash = next;
    }
    return false;
}

bool has_field(const http::Fields& fields, std::string_view name, std::string_view value) {
    return std::any_of(fields.begin(), fields.end(), [&](const http::Field& field) {
        return field.value == value && http::iequals(field.name, name);
    });
}

bool conditions_hold(const RouteMatch& match, std::string_view method, const http::Fields& fields) {
    const auto& methods = match.methods;
    if (!methods.empty() && std::find(methods.begin(), methods.end(), method) == methods.end()) {
        return false;
    }
    return std::all_of(match.headers.begin(), match.headers.end(), [&](const auto& header) {
        return has_field(fields, header.first, header.second);
    });
}

}  // namespace

bool covers(std::string_view prefix, std::string_view path) {
    if (!path.starts_with(prefix)) return false;
    return path.size() == prefix.size() || prefix.ends_with('/') || path[prefix.size()] == '/';
}

RouteTable::RouteTable(std::vector<RouteMatch> matches) {
    sort_entries(std::move(matches));
    build_nodes();
}

void RouteTable::sort_entries(std::vector<RouteMatch> matches) {
    entries_.reserve(matches.size());
    for (std::size_t i = 0; i < matches.size(); ++i) {
        matches[i].host = lower(std::move(matches[i].host));
        entries_.push_back({std::move(matches[i]), static_cast<std::uint16_t>(i)});
    }
    std::sort(entries_.begin(), entries_.end(), [](const Entry& a, const Entry& b) {
        const std::size_t a_conditions = conditions(a.match);
        const std::size_t b_conditions = conditions(b.match);
        return std::tie(a.match.path_prefix, a.match.host, b_conditions, a.index) <
               std::tie(b.match.path_prefix, b.match.host, a_conditions, b.index);
    });
}

void RouteTable::build_nodes() {
    for (std::size_t i = 0; i < entries_.size(); ++i) {
        const RouteMatch& match = entries_[i].match;
        const bool new_prefix = nodes_.empty() || nodes_.back().prefix != match.path_prefix;
        if (new_prefix) {
            std::optional<std::size_t> parent;
            if (!nodes_.empty()) parent = nodes_.size() - 1;
            while (parent && !match.path_prefix.starts_with(nodes_[*parent].prefix)) {
                parent = nodes_[*parent].parent;
            }
            nodes_.push_back({match.path_prefix, parent, {buckets_.size(), buckets_.size()}});
        }
        if (new_prefix || buckets_.back().host != match.host) {
            buckets_.push_back({match.host, {i, i}});
            ++nodes_.back().buckets.end;
        }
        ++buckets_.back().entries.end;
    }
}

std::optional<std::uint16_t> RouteTable::find(std::string_view host, std::string_view method,
                                              std::string_view path,
                                              const http::Fields& fields) const {
    if (has_dot_segment(path)) return std::nullopt;
    const std::string_view name = without_port(host);
    const auto after = std::upper_bound(
        nodes_.begin(), nodes_.end(), path,
        [](std::string_view wanted, const Node& node) { return wanted < node.prefix; });
    if (after == nodes_.begin()) return std::nullopt;
    const Node* node = &*(after - 1);
    for (;;) {
        if (covers(node->prefix, path)) {
            if (const Entry* entry = find_in(*node, name, method, fields)) return entry->index;
        }
        if (!node->parent) return std::nullopt;
        node = &nodes_[*node->parent];
    }
}

const RouteTable::Entry* RouteTable::find_in(const Node& node, std::string_view host,
                                             std::string_view method,
                                             const http::Fields& fields) const {
    const HostBucket* first = buckets_.data() + node.buckets.begin;
    const HostBucket* last = buckets_.data() + node.buckets.end;
    const Entry* any_host = nullptr;
    if (first->host.empty()) any_host = first_match((first++)->entries, method, fields);
    const HostBucket* bucket = std::lower_bound(
        first, last, host,
        [](const HostBucket& b, std::string_view h) { return host_before(b.host, h); });
    if (bucket == last || !http::iequals(bucket->host, host)) return any_host;
    const Entry* this_host = first_match(bucket->entries, method, fields);
    if (any_host == nullptr || this_host == nullptr) return this_host ? this_host : any_host;
    const auto rank = [](const Entry& e) {
        return std::pair(-static_cast<long>(conditions(e.match)), e.index);
    };
    return rank(*this_host) < rank(*any_host) ? this_host : any_host;
}

const RouteTable::Entry* RouteTable::first_match(const Range& range, std::string_view method,
                                                 const http::Fields& fields) const {
    for (std::size_t i = range.begin; i < range.end; ++i) {
        if (conditions_hold(entries_[i].match, method, fields)) return &entries_[i];
    }
    return nullptr;
}

}  // namespace errgate::policy
