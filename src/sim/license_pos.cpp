// The licence-key point-of-sale interface: `{code, message, request_id, metadata}`.
#include "sim/table.hpp"

namespace errgate::sim {
namespace {

struct Row {
    std::string_view name;
    int status;
    std::string_view code;
    std::string_view message;
    std::string_view metadata;  // JSON object
};

constexpr Row kRows[] = {
    {"invalid_request", 400, "invalid_request", "Request body is malformed",
     R"({"field":"additional_context"})"},
    {"validation_error", 400, "validation_error", "One or more fields failed validation",
     R"({"field":"email"})"},
    {"missing_field", 400, "missing_field", "A required field is missing", R"({"field":"phone"})"},
    {"unauthorized", 401, "unauthorized", "No valid license key provided", "{}"},
    {"forbidden", 403, "forbidden", "License lacks required capabilities",
     R"({"capability":"refunds"})"},
    {"license_expired", 401, "license_expired", "License has expired",
     R"({"expired_at":"2026-01-31"})"},
    {"license_invalid", 401, "license_invalid", "License key is invalid", "{}"},
    {"not_found", 404, "not_found", "Requested resource does not exist", "{}"},
    {"already_exists", 409, "already_exists", "Resource with same unique key exists",
     R"({"field":"email"})"},
    {"customer_not_found", 404, "customer_not_found", "No customer found with ID: cus_404",
     R"({"customer_id":"cus_404"})"},
    // the document's own example: GET /v1/customers/invalid_id
    {"invalid_id", 404, "customer_not_found", "No customer found with ID: invalid_id",
     R"({"customer_id":"invalid_id"})"},
    {"processing_error", 500, "processing_error", "Error during operation processing", "{}"},
    {"provider_error", 502, "provider_error", "External provider returned an error",
     R"({"provider":"acquirer"})"},
    {"transaction_failed", 400, "transaction_failed",
     "Financial transaction could not be completed", R"({"terminal":"T-7"})"},
};

std::string body_of(const Row& row) {
    return R"({"code":")" + std::string(row.code) + R"(","message":")" + std::string(row.message) +
           R"(","request_id":"req_7f3a2b1c","metadata":)" + std::string(row.metadata) + "}";
}

std::string implied_case(const Request& request) {
    if (!has_field(request, "Authorization")) return "unauthorized";
    return request.method == "POST" && asks_for_empty_account(request.body) ? "transaction_failed"
                                                                            : "";
}

Response success(const Request&) {
    return json_response(200, R"({"id":"cus_81","code":"SPRING10","message":"coupon applied"})");
}

}  // namespace

Provider make_license_pos() {
    Provider provider{
        "license_pos", "{code, message, request_id, metadata}", {}, implied_case, success,
        same_case_name};
    for (const Row& row : kRows) {
        provider.cases.push_back({std::string(row.name), json_response(row.status, body_of(row))});
    }
    return provider;
}

}  // namespace errgate::sim
