// The dialects built into the binary: they compile, their examples hold, and recorded answers of
// the providers come out as tests/scenarios says.
#include "shipped.hpp"
#include "support/source_path.hpp"

#include <nlohmann/json.hpp>

#include <fstream>
#include <map>
#include <set>

namespace errgate::config {
namespace {

TEST(Shipped, ComeFromTheFilesBuiltIn) {
    for (const auto& [name, dialect] : shipped()) {
        EXPECT_TRUE(dialect.shipped) << name;
        EXPECT_TRUE(dialect.file.starts_with("built in: ")) << name << " is from " << dialect.file;
    }
    for (const char* first : {"kineticpay", "kiotapay", "kira", "license_pos", "six_digit"})
        EXPECT_TRUE(shipped().contains(first)) << first;
}

TEST(Shipped, AreKnownByNameWithoutParsing) {
    std::map<std::string, std::string> found;
    for (const ShippedDialect& dialect : shipped_dialects())
        found.emplace(dialect.name, dialect.source->file);
    std::map<std::string, std::string> defined;
    for (const auto& [name, dialect] : shipped())
        defined.emplace(name, dialect.file);
    EXPECT_EQ(found, defined);
}

TEST(Shipped, ExamplesHold) {
    std::size_t ran = 0;
    for (const auto& failure : run_examples(shipped_mapping_sources(), shipped(), ran))
        ADD_FAILURE() << failure.dialect << "/" << failure.example << "\n" << failure.diff;
    EXPECT_GT(ran, 150U);
}

// The dialect's own rules that none of its examples reaches; those of presets have their own test.
std::set<std::string> unused_rules(const std::string& name, const NamedDialect& entry) {
    std::set<std::string> unused;
    for (const auto& rule : entry.dialect->rules().all()) {
        if (rule.label.starts_with("rules[")) unused.insert(rule.label);
    }
    for (const Example& example : examples_of(name)) {
        mapping::Trace trace;
        classify(*entry.dialect, sent(example), &trace);
        unused.erase(trace.rule);
    }
    return unused;
}

TEST(Shipped, EveryRuleOfEveryDialectIsUsedByAnExample) {
    for (const auto& [name, entry] : shipped()) {
        for (const std::string& label : unused_rules(name, entry))
            ADD_FAILURE() << name << ": " << label;
    }
}

TEST(Shipped, PresetOfOAuthErrors) {
    const auto dialect =
        compile({{"a.yaml", "version: 1\ndialects:\n  a:\n    use: [oauth2]\n"}}).at("a").dialect;
    const auto code_of = [&](const char* error, const char* description) {
        const nlohmann::json body{{"error", error}, {"error_description", description}};
        return errors::info(classify(*dialect, {400, body.dump()}).failure.code).slug;
    };
    EXPECT_EQ(code_of("invalid_token", "The token expired"), "expired_credentials");
    EXPECT_EQ(code_of("invalid_token", "Unknown token"), "invalid_credentials");
    EXPECT_EQ(code_of("invalid_client", "Unknown client"), "invalid_credentials");
    EXPECT_EQ(code_of("insufficient_scope", "Needs write"), "forbidden");
    EXPECT_EQ(code_of("invalid_scope", "Unknown scope"), "invalid_request");
    EXPECT_EQ(code_of("temporarily_unavailable", "Later"), "service_unavailable");
    EXPECT_EQ(code_of("slow_down", "Slower"), "rate_limited");
}

// --- six-digit codes: every documented row under every method prefix

struct SixDigitRow {
    const char* digits;  // resource and error
    const char* code;
};
constexpr SixDigitRow kSixDigitRows[] = {
    {"0000", "internal_error"},
    {"0001", "not_found"},
    {"0002", "validation_error"},
    {"0003", "missing_field"},
    {"0100", "internal_error"},
    {"0101", "not_found"},
    {"0102", "validation_error"},
    {"0103", "missing_field"},
    {"0107", "invalid_state"},
    {"0108", "missing_field"},
    {"0109", "verification_required"},
    {"0110", "amount_too_small"},
    {"0111", "amount_too_large"},
    {"0112", "invalid_field"},
    {"0113", "verification_failed"},
    {"0200", "processing_error"},
    {"0201", "not_found"},
    {"0202", "validation_error"},
    {"0203", "missing_field"},
    {"0207", "invalid_state"},
    {"0208", "amount_too_small"},
};

TEST(SixDigit, EveryRowUnderEveryMethodPrefixAsTextAndAsNumber) {
    const mapping::Dialect& dialect = *shipped().at("six_digit").dialect;
    for (const SixDigitRow& row : kSixDigitRows) {
        for (const char* prefix : {"00", "01", "02", "03", "04"}) {
            const std::string code = prefix + std::string(row.digits);
            for (const std::string& sent : {"\"" + code + "\"", std::to_string(std::stoi(code))}) {
                const auto result = classify(
                    dialect, {200, R"({"status":"error","code":)" + sent + R"(,"error":"x"})"});
                ASSERT_TRUE(result.is_error) << code;
                EXPECT_EQ(errors::info(result.failure.code).slug, row.code) << code;
                EXPECT_EQ(result.failure.provider.code, code);
                EXPECT_TRUE(result.failure.mapped);
            }
        }
    }
}

// --- which successes are looked into

bool inspects(const char* dialect, std::string_view type) {
    const http::Fields fields{{http::FieldName::content_type, "Content-Type", type}};
    return mapping::inspects_success(*shipped().at(dialect).dialect, 200, fields);
}

TEST(Shipped, OnlySixDigitLooksIntoSuccesses) {
    for (const char* name : {"kiotapay", "kineticpay", "license_pos", "kira"})
        EXPECT_FALSE(inspects(name, "application/json")) << name;
    EXPECT_TRUE(inspects("six_digit", "application/json"));
    EXPECT_FALSE(inspects("six_digit", "application/pdf"));
}

TEST(Shipped, OnlyKiraHonoursKeys) {
    for (const char* name : {"kiotapay", "kineticpay", "license_pos", "six_digit"})
        EXPECT_FALSE(shipped().at(name).dialect->idempotency("/v1/payouts").honoured()) << name;
    const auto& keys = shipped().at("kira").dialect->idempotency("/v1/payouts");
    EXPECT_TRUE(keys.honoured());
    EXPECT_EQ(keys.header, "idempotency-key");
    EXPECT_EQ(keys.required_on, std::vector<std::string>{"POST"});
}

// Which requests may be sent twice hangs on this table: a key on a path that does not honour it
// would let a payment be made twice.
struct KeyRow {
    const char* dialect;
    const char* path;
    const char* header;
    const char* body_field;
    mapping::Idempotency::Replays replays;
};

TEST(Shipped, KeysAndThePathsThatHonourThem) {
    using enum mapping::Idempotency::Replays;
    constexpr KeyRow kRows[] = {
        {"stripe", "/v1/charges", "Idempotency-Key", "", all},
        {"adyen", "/v71/payments", "Idempotency-Key", "", all},
        {"square", "/v2/payments", "", "/idempotency_key", all},
        {"mollie", "/v2/payments", "Idempotency-Key", "", all},
        {"dwolla", "/transfers", "Idempotency-Key", "", success},
        {"braintree", "/payments", "", "", none},
        {"paystack", "/charge", "", "", none},
        {"flutterwave", "/v3/charges", "", "", none},
        {"paypal_rest", "/v2/checkout/orders", "PayPal-Request-Id", "", all},
        {"paypal_rest", "/v2/checkout/orders/5B5/capture", "PayPal-Request-Id", "", all},
        {"paypal_rest", "/v2/payments/captures/2GG/refund", "PayPal-Request-Id", "", all},
        {"paypal_rest", "/v1/payments/payouts", "PayPal-Request-Id", "", all},
        {"paypal_rest", "/v1/customer/disputes/PP-D-1/accept-claim", "", "", none},
        {"paypal_rest", "/v2/invoicing/invoices/INV2-1/payments", "", "", none},
        {"paypal_nvp", "/nvp", "", "", none},
        {"checkout_com", "/payments", "Cko-Idempotency-Key", "", success},
        {"checkout_com", "/payments/pay_1/refunds", "Cko-Idempotency-Key", "", success},
        {"checkout_com", "/transfers", "Cko-Idempotency-Key", "", success},
        {"checkout_com", "/payment-links", "", "", none},
        {"checkout_com", "/payments/pay_1/reversals", "", "", none},
        {"razorpay", "/v1/payouts", "X-Payout-Idempotency", "", all},
        {"razorpay", "/v1/payouts/pout_1/cancel", "", "", none},
        {"razorpay", "/v1/payments/pay_1/refund", "X-Refund-Idempotency", "", success},
        {"razorpay", "/v1/transfers", "X-Transfer-Idempotency", "", success},
        {"razorpay", "/v1/orders", "", "", none},
        {"razorpay", "/v1/payments/create/json", "", "", none},
        {"razorpay", "/v1/payments/pay_1/capture", "", "", none},
        {"wise", "/v1/transfers", "", "/customerTransactionId", success},
        {"wise", "/v3/profiles/1/transfers/2/payments", "", "", none},
        {"wise", "/v2/profiles/1/balance-movements", "X-idempotence-uuid", "", success},
        {"wise", "/v4/profiles/1/balances", "X-idempotence-uuid", "", success},
        {"wise", "/v3/profiles/1/quotes", "", "", none},
        {"klarna", "/ordermanagement/v1/orders/1/captures", "Klarna-Idempotency-Key", "", success},
        {"klarna", "/payments/v1/authorizations/t/order", "", "", none},
        {"klarna", "/checkout/v3/orders", "", "", none},
        {"gocardless", "/payments", "Idempotency-Key", "", success},
        {"gocardless", "/payments/PM1/actions/retry", "", "", none},
        {"gocardless", "/billing_requests/BRQ1/actions/fulfil", "", "", none},
        {"plaid", "/transfer/authorization/create", "", "/idempotency_key", success},
        {"plaid", "/bank_transfer/create", "", "/idempotency_key", success},
        {"plaid", "/transfer/create", "", "", none},
        {"plaid", "/payment_initiation/payment/create", "", "", none},
    };
    for (const KeyRow& row : kRows) {
        const auto& keys = shipped().at(row.dialect).dialect->idempotency(row.path);
        EXPECT_EQ(keys.header, row.header) << row.dialect << " " << row.path;
        EXPECT_EQ(keys.body_field, row.body_field) << row.dialect << " " << row.path;
        EXPECT_EQ(keys.replays, row.replays) << row.dialect << " " << row.path;
        EXPECT_EQ(keys.honoured(), row.replays != none) << row.dialect << " " << row.path;
    }
}

// --- recorded answers

std::vector<nlohmann::json> scenarios() {
    std::vector<nlohmann::json> out;
    std::ifstream file(test::source_path("tests/scenarios/answers.jsonl"));
    for (std::string line; std::getline(file, line);)
        out.push_back(nlohmann::json::parse(line));
    return out;
}

class Scenario : public testing::TestWithParam<nlohmann::json> {};

// What came out, in the words of the file.
nlohmann::json outcome_of(const nlohmann::json& scenario) {
    Sent sent{scenario["status"], scenario["body"], {}, scenario["request"]["method"]};
    const auto headers = scenario.value("headers", nlohmann::json::object());
    for (const auto& [name, value] : headers.items())
        sent.headers.emplace_back(name, value);
    mapping::Trace trace;
    const auto result = classify(*shipped().at(scenario["dialect"]).dialect, sent, &trace);
    nlohmann::json out{{"is_error", result.is_error}, {"content", trace.content_kind}};
    if (!result.is_error) return out;
    const errors::Failure& failure = result.failure;
    out["code"] = errors::info(failure.code).slug;
    out["message"] = failure.message;
    out["format"] = trace.format;
    out["provider_code"] = failure.provider.code;
    out["request_id"] = failure.provider.request_id;
    out["outcome"] = errors::to_string(failure.outcome);
    if (failure.retry_after) out["retry_after_ms"] = failure.retry_after->count();
    for (const auto& detail : failure.details)
        out["details"].push_back({detail.field, detail.code, detail.message});
    for (const auto& [name, value] : failure.metadata)
        out["metadata"][name] = value.text;
    return out;
}

TEST_P(Scenario, ComesOutAsRecorded) {
    const nlohmann::json got = outcome_of(GetParam());
    for (const auto& [member, expected] : GetParam()["expect"].items()) {
        EXPECT_EQ(got.value(member, nlohmann::json()), expected)
            << member << " of " << GetParam()["id"];
    }
    for (const auto& secret : GetParam().value("never", nlohmann::json::array()))
        EXPECT_EQ(got.dump().find(secret.get<std::string>()), std::string::npos) << secret;
}

INSTANTIATE_TEST_SUITE_P(Answers, Scenario, testing::ValuesIn(scenarios()), [](const auto& each) {
    return each.param["id"].template get<std::string>();
});

}  // namespace
}  // namespace errgate::config
