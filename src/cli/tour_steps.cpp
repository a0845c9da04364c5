// The steps of the tour, in the order they are taken.
#include "cli/tour.hpp"

namespace errgate::cli {
namespace {

using Fields = std::vector<std::pair<std::string, std::string>>;

const Fields kToken{{"Authorization", "Bearer demo"}};
const Fields kTokenAndKey{{"Authorization", "Bearer demo"}, {"idempotency-key", "order-1001"}};

sim::ClientRequest get(std::string target, Fields fields = {}) {
    return {"GET", std::move(target), std::move(fields), ""};
}

sim::ClientRequest post(std::string target, std::string body, Fields fields = {}) {
    fields.emplace_back("Content-Type", "application/json");
    return {"POST", std::move(target), std::move(fields), std::move(body)};
}

}  // namespace

const std::vector<Step>& tour_steps() {
    static const std::vector<Step> steps{
        {"kiotapay", "A success passes through untouched",
         post("/payments", R"({"amount":4200})", kToken), ""},
        {"kiotapay", "A decline", post("/payments", R"({"amount":4251})", kToken),
         "insufficient_funds"},
        {"kiotapay", "Locked: nothing was applied, so even a POST is tried again",
         post("/payments/resource_locked", "{}"), "resource_locked"},
        {"kiotapay", "403 that means a limit, not a permission",
         post("/payments", R"({"amount":2000000})", kToken), "payment_limit_exceeded"},
        {"kineticpay", "403 that means incomplete data", post("/bills", "{}"), "validation_error"},
        {"kineticpay", "An HTML page for a POST: it may have been applied, so it is not repeated",
         post("/bills/502", "{}"), "provider_error"},
        {"kineticpay", "The same page for a GET is tried three times", get("/bills/502"),
         "provider_error"},
        {"kineticpay", "An empty 429 with Retry-After", get("/bills/429"), "rate_limited"},
        {"license_pos", "The provider's own request id is kept beside ours",
         get("/v1/customers/invalid_id"), "not_found"},
        {"license_pos", "400 that means the money did not move",
         post("/v1/sales", R"({"amount":1051})", kToken), "payment_failed"},
        {"six_digit", "A failure inside a 200", post("/invoices", R"({"price":50})"),
         "amount_too_small"},
        {"six_digit", "The document's example: POST, refund, 07", post("/refunds/0207", "{}"),
         "invalid_state"},
        {"six_digit", "A real 200 stays one", get("/invoices/inv_12"), ""},
        {"kira", "First format: seven meanings share validation_error, the text tells them apart",
         post("/v1/users", "{}", kToken), "idempotency_key_missing"},
        {"kira", "Second format: field errors with paths", post("/v1/transfers/schema", "{}"),
         "validation_error"},
        {"kira", "A 500 with an idempotency key is safe to repeat",
         post("/v1/users/internal_error", "{}", kTokenAndKey), "internal_error"},
        {"kira", "The connection closes without an answer", post("/v1/payouts/no_answer", "{}"),
         "invalid_upstream_response"},
        {"", "No route: errgate itself answers", get("/nowhere"), "not_found"},
    };
    return steps;
}

}  // namespace errgate::cli
