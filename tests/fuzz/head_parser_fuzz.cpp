// Heads of any bytes: never a crash, one verdict however they arrive, and what is forwarded passes.
#include "../unit/http/judge.hpp"
#include "http/head_writer.hpp"

#include <array>
#include <cstdint>
#include <cstdlib>
#include <string_view>

namespace {

using namespace errgate::http;

constexpr HeadLimits kLimits{.head_bytes = 2048, .fields = 16, .target_bytes = 256};

void require(bool holds) {
    if (!holds) std::abort();
}

bool inside(std::string_view part, std::string_view whole) {
    return part.empty() || (part.data() >= whole.data() &&
                            part.data() + part.size() <= whole.data() + whole.size());
}

void check_views(const Fields& fields, std::string_view text) {
    for (const Field& field : fields)
        require(inside(field.name, text) && inside(field.value, text));
}

// An accepted request, written for the upstream, must be accepted again with the same framing.
void check_forwarded(const RequestHead& head, const Framing& framing) {
    std::array<char, 8192> buffer;
    errgate::base::Writer out(buffer);
    put_upstream_request_head(out, {.client = head,
                                    .target_prefix = "/v1",
                                    .target = origin_target(head),
                                    .host = "api.example",
                                    .framing = framing,
                                    .request_id = "req_00000000000000000000000000",
                                    .traceparent = "",
                                    .client_address = "192.0.2.1",
                                    .forwarded_proto = "http",
                                    .forwarded_host = authority(head),
                                    .idempotency_header = "",
                                    .idempotency_key = ""});
    require(out.ok());
    const Verdict again = judge_request(out.view());
    require(again.violation == Violation::none && again.head_bytes == out.size());
    const bool told_empty = framing.kind == BodyKind::none && again.framing.length == 0;
    require(told_empty ||
            (again.framing.kind == framing.kind && again.framing.length == framing.length));
}

void check_forwarded(const ResponseHead& head, const Framing& framing) {
    std::array<char, 8192> buffer;
    errgate::base::Writer out(buffer);
    put_client_response_head(out, {.upstream = head,
                                   .framing = framing,
                                   .request_id = "req_00000000000000000000000000",
                                   .date = "Sun, 06 Nov 1994 08:49:37 GMT"});
    require(out.ok());
    const Verdict again = judge_response(out.view());
    require(again.violation == Violation::none && again.head_bytes == out.size());
}

template <typename Parser>
void check_message(std::string_view text, std::size_t step) {
    Parser parser;
    parser.reset(kLimits);
    const Verdict whole = finish(parser, parser.feed(text));
    require(judge_split<Parser>(text, 0, step, kLimits) == whole);
    if (!whole.complete) return;
    check_views(parser.head().fields, text);
    if (whole.violation == Violation::none) check_forwarded(parser.head(), whole.framing);
}

}  // namespace

// The first byte says how many bytes arrive at a time.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size == 0) return 0;
    const std::string_view text(reinterpret_cast<const char*>(data + 1), size - 1);
    const std::size_t step = 1 + data[0] % 32;
    check_message<RequestParser>(text, step);
    check_message<ResponseParser>(text, step);
    return 0;
}
