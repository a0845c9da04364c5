// What the five providers' tables are made of.
#pragma once

#include "sim/provider.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace errgate::sim {

Provider make_kiotapay();
Provider make_kineticpay();
Provider make_license_pos();
Provider make_six_digit();
Provider make_kira();

Response json_response(int status, std::string body);
bool has_field(const Request& request, std::string_view name);

// The whole number of a top-level looking JSON member, quoted or not: `"amount": 4200`. Enough for
// a simulator; it is no JSON parser.
std::optional<std::uint64_t> number_member(std::string_view body, std::string_view name);

// Amounts ending in 51 (the card networks' number for it) find the account empty.
bool asks_for_empty_account(std::string_view body);

// The text of a case name that is used as it is.
std::string same_case_name(std::string_view asked, const Request& request);

}  // namespace errgate::sim
