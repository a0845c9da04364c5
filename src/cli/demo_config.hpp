// The routes file of `errgate demo`.
#pragma once

#include <cstdint>
#include <map>
#include <string>

namespace errgate::cli {

// One upstream and one route a provider: "/<name>/..." goes to 127.0.0.1 at its port. The breakers
// are off, so that trying failures by hand shows failures and not open circuits; `total` is short,
// so that a long Retry-After ends the retries instead of making people wait.
std::string demo_routes(std::uint16_t port, const std::map<std::string, std::uint16_t>& providers);

}  // namespace errgate::cli
