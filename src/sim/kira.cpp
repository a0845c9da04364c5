// Kira: `{code, message}` for business errors and `{error, details: [{path, message, code}]}` for a
// request that does not match the schema.
#include "sim/table.hpp"

namespace errgate::sim {
namespace {

struct Row {
    std::string_view name;  // the document has one code for seven meanings, so the names are ours
    int status;
    std::string_view body;
};

constexpr Row kRows[] = {
    {"token_missing", 401,
     R"({"code":"unauthorized","message":"No authorization token provided"})"},
    {"token_expired", 401, R"({"code":"unauthorized","message":"Token expired"})"},
    {"no_client_id", 401, R"({"code":"unauthorized","message":"No client ID found in claims"})"},
    {"schema", 400,
     R"({"error":"Invalid request data","details":[{"path":"destination.currency",)"
     R"("message":"Required","code":"invalid_type"}]})"},
    {"customer_not_found", 400,
     R"({"code":"validation_error",)"
     R"("message":"Customer not found: 550e8400-e29b-41d4-a716-446655440000"})"},
    {"customer_not_active", 400,
     R"({"code":"validation_error","message":"Customer is not active: )"
     R"(550e8400-e29b-41d4-a716-446655440000. Please activate the customer first."})"},
    {"user_not_verified", 400,
     R"({"code":"validation_error","message":"User must complete identity verification )"
     R"(before creating virtual accounts"})"},
    {"user_verified", 400,
     R"({"code":"validation_error",)"
     R"("message":"Cannot update user information for verified users"})"},
    {"not_found", 404,
     R"({"code":"not_found",)"
     R"("message":"User with ID 550e8400-e29b-41d4-a716-446655440000 not found"})"},
    {"idempotency_key_missing", 400,
     R"({"code":"validation_error","message":"Idempotency key is required"})"},
    {"idempotency_key_reused", 409,
     R"({"code":"idempotency_key_reused",)"
     R"("message":"Idempotency key has already been used with different request data"})"},
    {"virtual_account_key_reused", 400,
     R"({"code":"validation_error",)"
     R"("message":"Idempotency key has already been used with different request data"})"},
    {"internal_error", 500,
     R"({"code":"internal_error","message":"An unexpected error occurred"})"},
};

std::string implied_case(const Request& request) {
    if (!has_field(request, "Authorization")) return "token_missing";
    const bool keyless_create = request.method == "POST" && !has_field(request, "idempotency-key");
    return keyless_create ? "idempotency_key_missing" : "";
}

// A null `error` in a success is no failure.
Response success(const Request& request) {
    return json_response(request.method == "POST" ? 201 : 200,
                         R"({"id":"550e8400-e29b-41d4-a716-446655440000","error":null})");
}

}  // namespace

Provider make_kira() {
    Provider provider{"kira",  "{code, message} or {error, details: [{path, message, code}]}",
                      {},      implied_case,
                      success, same_case_name};
    for (const Row& row : kRows) {
        provider.cases.push_back(
            {std::string(row.name), json_response(row.status, std::string(row.body))});
    }
    return provider;
}

}  // namespace errgate::sim
