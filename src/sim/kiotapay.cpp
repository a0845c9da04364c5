// Kiotapay: `{errorCode, message, details, statusCode}`, where statusCode is a string.
#include "sim/table.hpp"

namespace errgate::sim {
namespace {

struct Row {
    std::string_view code;
    int status;
    std::string_view message;
    std::string_view details;
};

constexpr Row kRows[] = {
    {"AUTH_INVALID_TOKEN", 401, "Invalid authentication token",
     "The provided token is expired or invalid."},
    {"AUTH_MISSING_TOKEN", 401, "Authentication token missing",
     "No authentication token was provided."},
    {"AUTH_FORBIDDEN", 403, "Access denied",
     "You do not have the required permissions to access this resource."},
    {"REQ_BAD_REQUEST", 400, "Bad request", "The request is invalid or improperly formatted."},
    {"REQ_MISSING_FIELD", 400, "Missing required field", "A required field is missing: amount"},
    {"REQ_INVALID_FIELD", 400, "Invalid field value",
     "A field value is invalid or incorrectly formatted."},
    {"RESOURCE_NOT_FOUND", 404, "Resource not found", "The requested resource does not exist."},
    {"RESOURCE_LOCKED", 423, "Resource is locked", "The resource is temporarily locked."},
    {"PAYMENT_FAILED", 402, "Payment failed", "The payment process could not be completed."},
    {"PAYMENT_LIMIT_EXCEEDED", 403, "Payment limit exceeded",
     "The payment exceeds the allowed limit."},
    {"INSUFFICIENT_FUNDS", 402, "Insufficient funds", "The account has insufficient funds."},
    {"SERVER_ERROR", 500, "Internal server error", "An unexpected error occurred on the server."},
    {"SERVICE_UNAVAILABLE", 503, "Service unavailable", "The service is temporarily unavailable."},
    {"TIMEOUT_ERROR", 504, "Request timeout", "The request took too long to process."},
};

constexpr std::uint64_t kLimit = 1'000'000;

std::string body_of(const Row& row) {
    return R"({"errorCode":")" + std::string(row.code) + R"(","message":")" +
           std::string(row.message) + R"(","details":")" + std::string(row.details) +
           R"(","statusCode":")" + std::to_string(row.status) + R"("})";
}

std::string implied_case(const Request& request) {
    if (!has_field(request, "Authorization")) return "AUTH_MISSING_TOKEN";
    if (request.method != "POST") return "";
    const auto amount = number_member(request.body, "amount");
    if (!amount) return "REQ_MISSING_FIELD";
    if (*amount > kLimit) return "PAYMENT_LIMIT_EXCEEDED";
    return asks_for_empty_account(request.body) ? "INSUFFICIENT_FUNDS" : "";
}

Response success(const Request& request) {
    if (request.method == "POST") {
        return json_response(201, R"({"id":"pay_7QX2","status":"COMPLETED"})");
    }
    return json_response(200, R"({"id":"pay_7QX2","status":"COMPLETED","amount":4200})");
}

}  // namespace

Provider make_kiotapay() {
    Provider provider{"kiotapay", "{errorCode, message, details, statusCode}",
                      {},         implied_case,
                      success,    same_case_name};
    for (const Row& row : kRows) {
        provider.cases.push_back({std::string(row.code), json_response(row.status, body_of(row))});
    }
    return provider;
}

}  // namespace errgate::sim
