// What understanding a provider's answer costs: an error of 300 bytes (goal: 5 us with its
// envelope), a page of 10 KiB (50 us), a success that is looked into, and one that is not.
#include "allocation_count.hpp"
#include "config/dialects.hpp"
#include "errors/envelope.hpp"
#include "mapping/classify.hpp"

#include <benchmark/benchmark.h>

#include <cstdlib>
#include <string>

namespace {

using namespace errgate;

const mapping::Dialect& dialect(const char* name) {
    static const config::DialectSet kShipped = [] {
        std::vector<config::Problem> problems;
        auto set = config::compile_mappings(config::shipped_mapping_sources(), problems);
        if (!problems.empty()) std::abort();
        return set;
    }();
    return *kShipped.find(name)->second.dialect;
}

http::Fields answer_fields(std::string_view content_type) {
    using http::FieldName;
    return {{FieldName::date, "Date", "Sat, 22 Nov 2025 12:00:00 GMT"},
            {FieldName::content_type, "Content-Type", content_type},
            {FieldName::content_length, "Content-Length", "312"},
            {FieldName::server, "Server", "nginx"},
            {FieldName::connection, "Connection", "keep-alive"},
            {FieldName::unknown, "X-Request-Id", "8f14e45f-ceea-467f-a9d4-a3a3e2b6f3a1"}};
}

const std::string kJsonError =
    R"({"code":"validation_error","message":"Customer is not active: )"
    R"(550e8400-e29b-41d4-a716-446655440000. Please activate the customer first.",)"
    R"("request_id":"a3f1c2d4-0000-4000-8000-1234567890ab","timestamp":"2025-11-22T12:00:00Z",)"
    R"("path":"/v1/virtual-accounts","docs":"https://docs.example/errors#customer-not-active"})";

std::string page() {
    std::string html =
        "<!DOCTYPE html><html><head><title>502 Bad Gateway</title><style>p{}</style>";
    html += "</head><body><h1>502 Bad Gateway</h1>";
    while (html.size() < 10 * 1024)
        html += "<div class=\"row\"><p>The web server reported a bad gateway error.</p></div>\n";
    return html + "</body></html>";
}

void classify(benchmark::State& state, const char* name, int status, const std::string& body,
              const char* content_type, bool with_envelope) {
    const mapping::Dialect& mapping = dialect(name);
    const http::Fields fields = answer_fields(content_type);
    const mapping::RequestFacts request{"POST", "/v1/virtual-accounts"};
    errors::EnvelopeContext context;
    context.request_id = "req_01JD8Z6E3Q8X9V5T2K7M4N6P0R";
    context.provider_name = name;
    std::string out;
    const std::uint64_t before = benchmarks::allocations();
    for (auto _ : state) {
        const auto result =
            mapping::classify(mapping, request, {status, fields, body}, base::WallTime{});
        if (with_envelope) errors::write_envelope(out, result.failure, context);
        benchmark::DoNotOptimize(result.is_error);
    }
    state.counters["allocations"] =
        benchmark::Counter(static_cast<double>(benchmarks::allocations() - before) /
                           static_cast<double>(state.iterations()));
}

const char* const kJson = "application/json; charset=utf-8";
const char* const kHtml = "text/html";
const std::string kSixDigitError =
    R"({"status":"error","code":"010207","data":null,"error":"Invalid invoice state for refund"})";
const std::string kSixDigitSuccess =
    R"({"status":"success","code":null,"data":{"id":"inv_1","amount":1000},"error":null})";

// The decline of benchmarks/compare.
const std::string kDecline =
    R"({"error":{"type":"card_error","code":"card_declined","decline_code":"insufficient_funds",)"
    R"("message":"Your card has insufficient funds.","charge":"ch_3QkT2eLkdIwHu7ix0Zb9XyQW",)"
    R"("param":"payment_method"}})";

BENCHMARK_CAPTURE(classify, json_error_300_bytes, "kira", 400, kJsonError, kJson, false);
BENCHMARK_CAPTURE(classify, json_error_with_envelope, "kira", 400, kJsonError, kJson, true);
BENCHMARK_CAPTURE(classify, decline_with_envelope, "stripe", 402, kDecline, kJson, true);
BENCHMARK_CAPTURE(classify, six_digit_error, "six_digit", 200, kSixDigitError, kJson, true);
BENCHMARK_CAPTURE(classify, page_of_10_KiB, "kira", 502, page(), kHtml, true);
BENCHMARK_CAPTURE(classify, no_body, "kiotapay", 503, std::string(), kJson, true);
BENCHMARK_CAPTURE(classify, success_looked_into, "six_digit", 200, kSixDigitSuccess, kJson, false);

void inspect_success(benchmark::State& state, const char* name) {
    const mapping::Dialect& mapping = dialect(name);
    const http::Fields fields = answer_fields(kJson);
    for (auto _ : state)
        benchmark::DoNotOptimize(mapping::inspects_success(mapping, 200, fields));
}
BENCHMARK_CAPTURE(inspect_success, by_status_alone, "kira");
BENCHMARK_CAPTURE(inspect_success, by_body, "six_digit");

void load_shipped_dialects(benchmark::State& state) {
    for (auto _ : state) {
        std::vector<config::Problem> problems;
        benchmark::DoNotOptimize(
            config::compile_mappings(config::shipped_mapping_sources(), problems));
    }
}
BENCHMARK(load_shipped_dialects)->Unit(benchmark::kMillisecond);

}  // namespace

BENCHMARK_MAIN();
