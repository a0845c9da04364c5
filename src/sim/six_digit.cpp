// Six-digit codes `mmrree` (method, resource, error). No HTTP status is documented for a failure,
// so it comes inside a 200: `{status: "error", code, data: null, error}`.
#include "sim/table.hpp"

#include <algorithm>

namespace errgate::sim {
namespace {

struct Row {
    std::string_view code;  // resource and error, the last four digits
    std::string_view error;
};

constexpr Row kRows[] = {
    {"0000", "Generic server error"},
    {"0001", "Resource not found"},
    {"0002", "Invalid params"},
    {"0003", "Missing params"},
    {"0100", "Generic server error"},
    {"0101", "Invoice not found"},
    {"0102", "Invalid params"},
    {"0103", "Missing params"},
    {"0107", "Invalid invoice state for cancel"},
    {"0108", "Invoice is missing email or sms"},
    {"0109", "Sms is not verified"},
    {"0110", "Invoice price is below minimum threshold"},
    {"0111", "Invoice price is above maximum threshold"},
    {"0112", "Invalid sms number"},
    {"0113", "Error verifying sms"},
    {"0200", "Generic refund error"},
    {"0201", "Refund not found"},
    {"0202", "Invalid params"},
    {"0203", "Missing params"},
    {"0207", "Invalid invoice state for refund"},
    {"0208", "Fees are greater than refund amount"},
};
constexpr std::string_view kMethods[] = {"", "POST", "GET", "PUT", "DELETE"};  // 00 .. 04

constexpr std::uint64_t kMinimumPrice = 100;
constexpr std::uint64_t kMaximumPrice = 1'000'000;

// Methods the document does not number are 00, "generic".
std::string method_digits(std::string_view method) {
    const auto* found = std::find(std::begin(kMethods), std::end(kMethods), method);
    const auto digit = found == std::end(kMethods) ? 0 : found - std::begin(kMethods);
    return "0" + std::to_string(digit);
}

// Four digits get the request's method in front; six are used as they are.
std::string case_name(std::string_view asked, const Request& request) {
    const bool digits = asked.find_first_not_of("0123456789") == std::string_view::npos;
    return (digits && asked.size() == 4 ? method_digits(request.method) : "") + std::string(asked);
}

std::string implied_case(const Request& request) {
    if (request.method != "POST") return "";
    const auto price = number_member(request.body, "price");
    if (!price) return "0103";
    if (*price < kMinimumPrice) return "0110";
    return *price > kMaximumPrice ? "0111" : "";
}

Response success(const Request&) {
    return json_response(
        200, R"({"status":"success","code":null,"data":{"invoice":"inv_12"},"error":null})");
}

std::string body_of(const std::string& code, std::string_view error) {
    return R"({"status":"error","code":")" + code + R"(","data":null,"error":")" +
           std::string(error) + R"("})";
}

}  // namespace

Provider make_six_digit() {
    Provider provider{
        "six_digit", "{status: \"error\", code: \"mmrree\", data, error} inside a 200",
        {},          implied_case,
        success,     case_name};
    for (const std::string_view method : kMethods) {
        for (const Row& row : kRows) {
            const std::string code = method_digits(method) + std::string(row.code);
            provider.cases.push_back({code, json_response(200, body_of(code, row.error))});
        }
    }
    return provider;
}

}  // namespace errgate::sim
