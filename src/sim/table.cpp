#include "sim/table.hpp"

#include <charconv>

namespace errgate::sim {

Response json_response(int status, std::string body) {
    return {status, {{"Content-Type", "application/json"}}, std::move(body), Delivery::whole};
}

bool has_field(const Request& request, std::string_view name) {
    return http::find(request.fields, name).data() != nullptr;
}

std::optional<std::uint64_t> number_member(std::string_view body, std::string_view name) {
    const std::string key = '"' + std::string(name) + '"';
    const auto at = body.find(key);
    if (at == std::string_view::npos) return std::nullopt;
    const auto digit = body.find_first_not_of(" \t\r\n:\"", at + key.size());
    if (digit == std::string_view::npos) return std::nullopt;
    std::uint64_t value = 0;
    const char* end = body.data() + body.size();
    if (std::from_chars(body.data() + digit, end, value).ec != std::errc{}) return std::nullopt;
    return value;
}

bool asks_for_empty_account(std::string_view body) {
    return number_member(body, "amount").value_or(0) % 100 == 51;
}

std::string same_case_name(std::string_view asked, const Request&) {
    return std::string(asked);
}

}  // namespace errgate::sim
