// How far a request has come and how far it may still go (RFC 9110 7.6.2 and 7.6.3).
#pragma once

#include "http/head.hpp"

#include <cstdint>
#include <optional>
#include <string_view>

namespace errgate::http {

inline constexpr std::string_view kViaPseudonym = "errgate";

// More of our own entries than this in Via is a circle: chains of gateways are shorter.
inline constexpr std::size_t kMostGateways = 8;

// How many gateways of our kind the request has passed, by its Via fields.
std::size_t gateways_passed(const Fields& fields);

// How many more times an OPTIONS or TRACE may be forwarded; nothing for other methods, for a
// request that does not say, and for a value that is no number.
std::optional<std::uint64_t> max_forwards(const RequestHead& head);
bool is_max_forwards(std::string_view field_name);

}  // namespace errgate::http
