// What a failure costs after it is known: redaction of its texts, body and header fields.
#include "errors/envelope.hpp"
#include "errors/redact.hpp"

#include <benchmark/benchmark.h>

#include <array>
#include <string>

namespace {

using namespace errgate;

errors::Failure declined() {
    errors::Failure failure;
    failure.code = errors::Code::insufficient_funds;
    failure.status = 402;
    failure.origin = errors::Origin::upstream;
    failure.outcome = errors::Outcome::not_applied;
    failure.message = "Your card has insufficient funds.";
    failure.metadata = {{"payment_intent", {errors::MetadataValue::Kind::string, "pi_3Q1"}}};
    failure.details = {{"/line_items/0/amount", "parameter_missing", "Required"}};
    failure.provider.status = 402;
    failure.provider.code = "card_declined";
    failure.provider.request_id = "req_Tk3";
    failure.provider.decline_code = "51";
    return failure;
}

errors::EnvelopeContext context_of(errors::EnvelopeFormat format) {
    errors::EnvelopeContext context;
    context.request_id = "req_01JD8Z6E3Q8X9V5T2K7M4N6P0R";
    context.provider_name = "stripe";
    context.attempts = 1;
    context.format = format;
    return context;
}

void write_body(benchmark::State& state, errors::EnvelopeFormat format) {
    const errors::Failure failure = declined();
    const errors::EnvelopeContext context = context_of(format);
    std::string out;
    for (auto _ : state) {
        errors::write_envelope(out, failure, context);
        benchmark::DoNotOptimize(out.data());
    }
    state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(out.size()));
}
BENCHMARK_CAPTURE(write_body, json, errors::EnvelopeFormat::json);
BENCHMARK_CAPTURE(write_body, problem_json, errors::EnvelopeFormat::problem_json);

void put_fields(benchmark::State& state) {
    const errors::Failure failure =
        errors::gateway_failure(errors::GatewayReason::connect_refused, false);
    const errors::EnvelopeContext context = context_of(errors::EnvelopeFormat::json);
    std::array<char, 1024> space;
    for (auto _ : state) {
        base::Writer out(space);
        errors::put_envelope_fields(out, failure, context, 321);
        benchmark::DoNotOptimize(out.size());
    }
}
BENCHMARK(put_fields);

void redact(benchmark::State& state, std::string_view text) {
    for (auto _ : state)
        benchmark::DoNotOptimize(errors::redact(text));
    state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(text.size()));
}
BENCHMARK_CAPTURE(redact, usual_message, "Your card has insufficient funds.");
BENCHMARK_CAPTURE(redact, code, "insufficient_funds");
BENCHMARK_CAPTURE(redact, id, "ch_3QkT2eLkdIwHu7ix0Zb9XyQW");
BENCHMARK_CAPTURE(redact, url, "https://docs.stripe.com/error-codes/card-declined");
BENCHMARK_CAPTURE(redact, digits_and_colons,
                  "Amount 1250 is above the limit of 1000: see order 883719 of 2024-05-01.");
BENCHMARK_CAPTURE(redact, card_number, "Card 4242 4242 4242 4242 was declined by the issuer.");
BENCHMARK_CAPTURE(redact, not_ascii,
                  "Solde insuffisant, veuillez r\xC3\xA9"
                  "essayer plus tard.");

// What a page costs on which a card number, a key or a named value could begin everywhere. Two
// sizes: the rate must not fall with it.
void redact_page_of(benchmark::State& state, std::string_view piece) {
    std::string text;
    while (text.size() < static_cast<std::size_t>(state.range()))
        text += piece;
    for (auto _ : state)
        benchmark::DoNotOptimize(errors::redact(text, text.size()));
    state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(text.size()));
}
BENCHMARK_CAPTURE(redact_page_of, digit_groups, "4 24 242 4242 ")->Arg(4000)->Arg(32000);
BENCHMARK_CAPTURE(redact_page_of, card_numbers, "4242424242424242_")->Arg(4000)->Arg(32000);
BENCHMARK_CAPTURE(redact_page_of, key_openings, "sk_")->Arg(4000)->Arg(32000);
BENCHMARK_CAPTURE(redact_page_of, keys_in_one_run, "sk-sk-")->Arg(4000)->Arg(32000);
BENCHMARK_CAPTURE(redact_page_of, modes_in_one_run, "test_-test_-")->Arg(4000)->Arg(32000);
BENCHMARK_CAPTURE(redact_page_of, schemes_in_one_run, "basic+")->Arg(4000)->Arg(32000);
BENCHMARK_CAPTURE(redact_page_of, names_in_one_value, "token:token:")->Arg(4000)->Arg(32000);
BENCHMARK_CAPTURE(redact_page_of, keys_before_tracks, "sk_live_12345678_4242424242424242^")
    ->Arg(4000)
    ->Arg(32000);
BENCHMARK_CAPTURE(redact_page_of, names_as_fillers, "[number:")->Arg(4000)->Arg(32000);

void choose_format(benchmark::State& state) {
    for (auto _ : state) {
        benchmark::DoNotOptimize(
            errors::choose_format("application/problem+json, application/json;q=0.9, */*;q=0.1"));
    }
}
BENCHMARK(choose_format);

}  // namespace

BENCHMARK_MAIN();
