// What the HTTP layer costs an exchange: two heads parsed, two judged, two written, a body decoded.
// Heads and fields are the size of real ones; `allocations` is per iteration and must be 0.
#include "allocation_count.hpp"
#include "http/chunked.hpp"
#include "http/head_parser.hpp"
#include "http/head_writer.hpp"

#include <benchmark/benchmark.h>

#include <array>
#include <string>
#include <string_view>

namespace {

using namespace errgate;
using namespace errgate::http;

constexpr std::string_view kRequest =
    "POST /kira/v1/payment_intents?expand[]=latest_charge HTTP/1.1\r\n"
    "Host: pay.internal:8080\r\n"
    "User-Agent: shop/4.2 (linux; amd64)\r\n"
    "Accept: application/json\r\n"
    "Accept-Encoding: gzip, deflate\r\n"
    "Authorization: Bearer sk_test_0123456789abcdefghijklmnop\r\n"
    "Content-Type: application/x-www-form-urlencoded\r\n"
    "Content-Length: 42\r\n"
    "Idempotency-Key: 7c5d9f0e-6a8b-4b5e-9d52-3d4d0c2a9f11\r\n"
    "traceparent: 00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01\r\n"
    "\r\n";

constexpr std::string_view kResponse =
    "HTTP/1.1 200 OK\r\n"
    "Server: nginx\r\n"
    "Date: Sun, 06 Nov 1994 08:49:37 GMT\r\n"
    "Content-Type: application/json\r\n"
    "Content-Length: 1523\r\n"
    "Connection: keep-alive\r\n"
    "Access-Control-Allow-Origin: *\r\n"
    "Cache-Control: no-cache, no-store\r\n"
    "Request-Id: req_Tk3Aq9\r\n"
    "Strict-Transport-Security: max-age=63072000; includeSubDomains; preload\r\n"
    "X-RateLimit-Remaining: 99\r\n"
    "\r\n";

// Counts allocations from here to its end, and reports them per iteration.
class Allocations {
  public:
    explicit Allocations(benchmark::State& state)
        : state_(state), before_(benchmarks::allocations()) {}
    ~Allocations() {
        const auto made = static_cast<double>(benchmarks::allocations() - before_);
        state_.counters["allocations"] = made / static_cast<double>(state_.iterations());
    }
    Allocations(const Allocations&) = delete;
    Allocations& operator=(const Allocations&) = delete;

  private:
    benchmark::State& state_;
    std::uint64_t before_;
};

template <typename Parser>
void parse(benchmark::State& state, std::string_view text) {
    Parser parser;
    const Allocations allocations(state);
    for (auto _ : state) {
        parser.reset({});
        benchmark::DoNotOptimize(parser.feed(text));
    }
}
void parse_request(benchmark::State& state) {
    parse<RequestParser>(state, kRequest);
}
BENCHMARK(parse_request);
void parse_response(benchmark::State& state) {
    parse<ResponseParser>(state, kResponse);
}
BENCHMARK(parse_response);

void judge_request(benchmark::State& state) {
    RequestParser parser;
    parser.feed(kRequest);
    const Allocations allocations(state);
    for (auto _ : state) {
        benchmark::DoNotOptimize(check_request(parser.head()));
    }
}
BENCHMARK(judge_request);

void judge_response(benchmark::State& state) {
    ResponseParser parser;
    parser.feed(kResponse);
    const Allocations allocations(state);
    for (auto _ : state) {
        benchmark::DoNotOptimize(check_response(parser.head(), Method::post));
    }
}
BENCHMARK(judge_response);

void write_upstream_head(benchmark::State& state) {
    RequestParser parser;
    parser.feed(kRequest);
    FieldEdits edits;
    edits.set = {{"Authorization", "Bearer sk_live_0123456789"}};
    edits.remove = {"Cookie"};
    std::array<char, 4096> space;
    const Allocations allocations(state);
    for (auto _ : state) {
        base::Writer out(space);
        put_upstream_request_head(
            out, {.client = parser.head(),
                  .target_prefix = "/v1",
                  .target = "/payment_intents?expand[]=latest_charge",
                  .host = "api.kira.example",
                  .framing = {BodyKind::length, 42},
                  .request_id = "req_01JD8Z6E3Q8X9V5T2K7M4N6P0R",
                  .traceparent = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
                  .client_address = "127.0.0.1",
                  .forwarded_proto = "http",
                  .forwarded_host = "pay.internal:8080",
                  .idempotency_header = "",
                  .idempotency_key = "",
                  .edits = &edits});
        benchmark::DoNotOptimize(out.size());
    }
}
BENCHMARK(write_upstream_head);

void write_client_head(benchmark::State& state) {
    ResponseParser parser;
    parser.feed(kResponse);
    std::array<char, 4096> space;
    const Allocations allocations(state);
    for (auto _ : state) {
        base::Writer out(space);
        put_client_response_head(out, {.upstream = parser.head(),
                                       .framing = {BodyKind::length, 1523},
                                       .request_id = "req_01JD8Z6E3Q8X9V5T2K7M4N6P0R",
                                       .date = "Sun, 06 Nov 1994 08:49:37 GMT"});
        benchmark::DoNotOptimize(out.size());
    }
}
BENCHMARK(write_client_head);

// A body of 64 KiB in chunks of the given size.
void decode_chunks(benchmark::State& state) {
    const auto size = static_cast<std::size_t>(state.range(0));
    std::array<char, 32> head;
    base::Writer out(head);
    put_chunk_head(out, size);
    std::string body;
    while (body.size() < 64 * 1024) {
        body.append(out.view()).append(size, 'x').append(kChunkTail);
    }
    body.append(kLastChunk);
    ChunkDecoder decoder;
    {
        const Allocations allocations(state);
        for (auto _ : state) {
            decoder.reset();
            for (std::string_view rest = body; !decoder.done();) {
                const ChunkDecoder::Step step = decoder.next(rest);
                benchmark::DoNotOptimize(step.data.data());
                rest.remove_prefix(step.consumed);
            }
        }
    }
    state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(body.size()));
}
BENCHMARK(decode_chunks)->Arg(16)->Arg(1024)->Arg(16384);

}  // namespace

BENCHMARK_MAIN();
