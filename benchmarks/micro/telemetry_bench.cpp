// What is noted of each exchange: the line of the access log, the counters, and a failure's entry
// in the journal.
#include "telemetry/access_log.hpp"
#include "telemetry/counters.hpp"
#include "telemetry/journal.hpp"

#include <benchmark/benchmark.h>

#include <memory>
#include <string>

namespace {

using namespace errgate;
using namespace std::chrono_literals;

telemetry::ExchangeRecord success() {
    telemetry::ExchangeRecord record;
    record.route = record.upstream = 0;
    record.route_name = record.upstream_name = "kira";
    record.request_id = "req_01HQWG3Z5XK6Y7N8M9P0QRSTVW";
    record.trace_id = "4bf92f3577b34da6a3ce929d0e0e4736";
    record.method = "POST";
    record.path = "/kira/v1/payment_intents/pi_3Q1/confirm";
    record.client = "127.0.0.1";
    record.user_agent = "shop/2.1";
    record.status = record.provider_status = 201;
    record.request_bytes = 512;
    record.response_bytes = 256;
    record.begun = base::WallTime{1'709'251'199'007ms};
    record.took = 5'250us;
    record.upstream_took = 5'200us;
    record.attempts[0] = {
        .address = "127.0.0.1:8081", .reused = true, .status = 201, .detail = {}, .took = 5'200us};
    record.attempt_count = 1;
    return record;
}

void access_log_line(benchmark::State& state) {
    const telemetry::ExchangeRecord record = success();
    telemetry::AccessLog log;
    std::string out;
    for (auto _ : state) {
        out.clear();
        log.append(out, record, telemetry::PeerTexts(record));
        benchmark::DoNotOptimize(out.data());
    }
    state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(out.size()));
}
BENCHMARK(access_log_line);

void journal_entry(benchmark::State& state) {
    errors::Failure failure;
    failure.code = errors::Code::payment_declined;
    failure.status = 402;
    failure.origin = errors::Origin::upstream;
    failure.message = "The card was declined.";
    failure.provider = {402, "card_declined", "card_error", "req_Tk3", "51", "try_again_later"};
    telemetry::ExchangeRecord record = success();
    record.status = record.provider_status = 402;
    record.failure = &failure;
    const telemetry::PeerTexts texts(record);
    telemetry::Journal journal;
    for (auto _ : state)
        journal.add(record, texts);
}
BENCHMARK(journal_entry);

void counters(benchmark::State& state) {
    const telemetry::ExchangeRecord record = success();
    const auto counted = std::make_unique<telemetry::WorkerCounters>();
    for (auto _ : state)
        counted->record(record);
}
BENCHMARK(counters);

}  // namespace

BENCHMARK_MAIN();
