// The retry table: every kind of failure times POST without a key, POST with a key, GET. What the
// provider really received is counted at the provider.
#include "support/certificates.hpp"
#include "support/envelope.hpp"
#include "support/fake_upstream.hpp"
#include "support/gateway.hpp"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <functional>
#include <string>
#include <vector>

namespace errgate::test {
namespace {

using nlohmann::json;

// A provider that honours keys, gives hints, and has words of its own.
constexpr const char* kDialect = R"(version: 1
dialects:
  matrix:
    idempotency: {header: Idempotency-Key, replays: all}
    retry_hint: [{header: x-retry, values: {'yes': true, 'no': false, nothing-done: true}, outcome: {nothing-done: not_applied}}]
    detect: [{status: ['4xx', '5xx']}, {exists: /error}]
    formats:
      - {id: any, when: {exists: /error}, code: /error}
    rules:
      - {match: {code: declined}, to: payment_declined}
      - {match: {code: try_later}, to: service_unavailable, outcome: not_applied}
      - {match: {code: processing}, to: processing_error}
      - {match: {code: in_progress}, to: idempotency_in_progress}
)";

// Three quick attempts; neither breaker nor budget gets in the way.
RoutesSpec routes(const TempDir& dir, std::uint16_t port, const std::string& scheme = "http",
                  const std::string& attempt = "50s") {
    RoutesSpec spec = single(port, "matrix",
                             "retry: {attempts: 3, backoff: {base: 1ms, max: 2ms}}\n"
                             "timeouts: {connect: 150ms, attempt: " +
                                 attempt + ", total: 50s}");
    spec.upstreams[0].scheme = scheme;
    spec.upstreams[0].more =
        "circuit_breaker: {enabled: false}\nretry_budget: {ratio: 1, min_per_second: 1000}";
    spec.more =
        "dialects: [" + dir.write("matrix.yaml", kDialect) + "]\nlimits: {request_buffer: 32MiB}";
    return spec;
}

// What one kind of request gets when the failure never ends.
struct Cell {
    int attempts;
    bool retryable;
    std::string_view refused;  // why there was no further attempt
};
constexpr Cell kAgain{3, true, "attempts_exhausted"};
constexpr Cell kOnce{1, false, "not_replay_safe"};  // the money rule
constexpr Cell kFinal{1, false, "not_transient"};
constexpr Cell kLeft{1, true, "left_to_caller"};
constexpr Cell kLeftUnsafe{1, false, "left_to_caller"};
constexpr Cell kTooLong{1, true, "wait_too_long"};
constexpr Cell kNotThisOne{0, false, ""};

constexpr std::size_t kLarge = 900'000;
constexpr std::size_t kTooMuch = 16'000'000;  // for the buffers of two sockets

struct Row {
    std::string name;
    ExpectedEnvelope envelope;  // but for `retryable`, which is the cell's
    Cell post, keyed, get;
    std::function<void(Script&)> happen = {};
    std::size_t body = 2;
};

struct Column {
    std::string name, method;
    Fields fields;
    Cell Row::*cell;
};
const std::vector<Column> kColumns = {
    {"POST without a key", "POST", {}, &Row::post},
    {"POST with a key", "POST", {{"Idempotency-Key", "k-1"}}, &Row::keyed},
    {"GET", "GET", {}, &Row::get},
};

std::string body_of(const Row& row, const Column& column) {
    return column.method == "GET" ? std::string() : std::string(row.body, 'x');
}

const Gate& never() {
    static const Gate kNever;
    return kNever;
}

constexpr ExpectedEnvelope kUnreachable{"upstream_unreachable", 502, "gateway", "not_applied", {}};
constexpr ExpectedEnvelope kUnreadable{"invalid_upstream_response", 502, "gateway", "unknown", {}};
constexpr ExpectedEnvelope kTimedOut{"timeout", 504, "gateway", "unknown", {}};
constexpr ExpectedEnvelope answered(std::string_view code, int status, std::string_view outcome) {
    return {code, status, "upstream", outcome, {}};
}

std::function<void(Script&)> raw(std::string bytes) {
    return [bytes = std::move(bytes)](Script& s) { s.send(bytes).close(); };
}

std::function<void(Script&)> reply(int status, std::string code = {}, Fields fields = {}) {
    const std::string body = code.empty() ? "" : R"({"error":")" + code + R"("})";
    if (!code.empty()) fields.push_back({"Content-Type", "application/json"});
    return [=](Script& s) { s.reply(status, fields, body); };
}

Fields hint(const std::string& value) {
    return {{"x-retry", value}};
}

const std::vector<Row>& broken_after_sending() {
    static const std::vector<Row> kRows = {
        {"reset before the body was read", kUnreadable, kOnce, kAgain, kAgain,
         [](Script& s) { s.before_body().reset(); }, kLarge},
        {"reset during the body", kUnreadable, kOnce, kAgain, kNotThisOne,
         [](Script& s) { s.before_body().read(100'000).reset(); }, kLarge},
        {"reset after the body", kUnreadable, kOnce, kAgain, kAgain, [](Script& s) { s.reset(); }},
        {"closed after the body", kUnreadable, kOnce, kAgain, kAgain, [](Script& s) { s.close(); }},
        {"garbage", kUnreadable, kOnce, kAgain, kAgain, raw("oops\r\n\r\n")},
        {"half a head", kUnreadable, kOnce, kAgain, kAgain, raw("HTTP/1.1 200 O")},
        {"reset in the head", kUnreadable, kOnce, kAgain, kAgain,
         [](Script& s) { s.send("HTTP/1.1 200 OK\r\nX:").reset(); }},
        {"interim answer, then reset", kUnreadable, kOnce, kAgain, kAgain,
         [](Script& s) { s.send("HTTP/1.1 102 Processing\r\n\r\n").reset(); }},
        {"success cut short while it was looked into", kUnreadable, kOnce, kAgain, kAgain,
         raw("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 50\r\n\r\n{")},
    };
    return kRows;
}

const std::vector<Row>& timeouts() {
    static const std::vector<Row> kRows = {
        {"silence", kTimedOut, kOnce, kAgain, kAgain, [](Script& s) { s.stay_silent(); }},
        {"silence after half a head", kTimedOut, kOnce, kAgain, kAgain,
         [](Script& s) { s.send("HTTP/1.1 200 O").stay_silent(); }},
        {"body not read", kTimedOut, kOnce, kAgain, kNotThisOne,
         [](Script& s) { s.before_body().wait(never()); }, kTooMuch},
    };
    return kRows;
}

const std::vector<Row>& answers() {
    static const std::string kCutShort =
        "HTTP/1.1 500 Oops\r\nContent-Length: 50\r\n\r\n{\"error\":";
    static const ExpectedEnvelope kInternal = answered("internal_error", 500, "unknown");
    static const ExpectedEnvelope kUnavailable = answered("service_unavailable", 503, "unknown");
    static const ExpectedEnvelope kLimited = answered("rate_limited", 429, "not_applied");
    static const ExpectedEnvelope kConflict = answered("conflict", 409, "not_applied");
    static const ExpectedEnvelope kDeclined = answered("payment_declined", 402, "not_applied");
    static const std::vector<Row> kRows = {
        // Transient, and the provider says that nothing was done.
        {"429", kLimited, kAgain, kAgain, kAgain, reply(429)},
        {"423", answered("resource_locked", 423, "not_applied"), kAgain, kAgain, kAgain,
         reply(423)},
        {"coded 503", answered("service_unavailable", 503, "not_applied"), kAgain, kAgain, kAgain,
         reply(503, "try_later")},
        {"429 in place of reading the body", kLimited, kAgain, kAgain, kNotThisOne,
         [](Script& s) { s.before_body().reply(429).wait(never()); }, kTooMuch},
        {"429 with a long wait", kLimited, kTooLong, kTooLong, kTooLong,
         reply(429, "", {{"Retry-After", "60"}})},
        // Transient, and nobody knows.
        {"bare 500", kInternal, kOnce, kAgain, kAgain, reply(500)},
        {"bare 502", answered("provider_error", 502, "unknown"), kOnce, kAgain, kAgain, reply(502)},
        {"bare 503", kUnavailable, kOnce, kAgain, kAgain, reply(503)},
        {"bare 503 with a short wait", kUnavailable, kOnce, kAgain, kAgain,
         reply(503, "", {{"Retry-After", "0"}})},
        {"bare 504", answered("timeout", 504, "unknown"), kOnce, kAgain, kAgain, reply(504)},
        {"bare 408", answered("timeout", 504, "unknown"), kOnce, kAgain, kAgain, reply(408)},
        {"503 before the body was read", kUnavailable, kOnce, kAgain, kAgain,
         [](Script& s) { s.before_body().reply(503).close(); }, kLarge},
        {"500 cut short", kInternal, kOnce, kAgain, kAgain, raw(kCutShort)},
        {"key in use", answered("idempotency_in_progress", 409, "unknown"), kOnce, kAgain, kAgain,
         reply(409, "in_progress")},
        // The provider's own hint.
        {"500, hint: retry", kInternal, kOnce, kAgain, kAgain, reply(500, "", hint("yes"))},
        {"500, hint: retry, nothing done", answered("internal_error", 500, "not_applied"), kAgain,
         kAgain, kAgain, reply(500, "", hint("nothing-done"))},
        {"503, hint: do not", kUnavailable, kFinal, kFinal, kFinal, reply(503, "", hint("no"))},
        {"429, hint: do not", kLimited, kFinal, kFinal, kFinal, reply(429, "", hint("no"))},
        {"409, hint: retry", kConflict, kAgain, kAgain, kAgain, reply(409, "", hint("yes"))},
        {"decline, hint: retry", kDeclined, kLeft, kLeft, kLeft,
         reply(402, "declined", hint("yes"))},
        // Not transient, or nothing to repeat by itself.
        {"decline", kDeclined, kFinal, kFinal, kFinal, reply(402, "declined")},
        {"decline inside a 200", kDeclined, kFinal, kFinal, kFinal, reply(200, "declined")},
        {"bare 400", answered("invalid_request", 400, "not_applied"), kFinal, kFinal, kFinal,
         reply(400)},
        {"bare 401", answered("unauthorized", 401, "not_applied"), kFinal, kFinal, kFinal,
         reply(401)},
        {"bare 404", answered("not_found", 404, "not_applied"), kFinal, kFinal, kFinal, reply(404)},
        {"bare 409", kConflict, kFinal, kFinal, kFinal, reply(409)},
        {"bare 422", answered("validation_error", 400, "not_applied"), kFinal, kFinal, kFinal,
         reply(422)},
        {"processing error", answered("processing_error", 500, "unknown"), kLeftUnsafe, kLeft,
         kLeft, reply(500, "processing")},
    };
    return kRows;
}

// One request of one column: its answer and its line in the log are the cell's.
void check_cell(Gateway& gateway, const Row& row, const Column& column, std::size_t& lines) {
    const Cell& cell = row.*column.cell;
    Client client = gateway.client();
    const Response response =
        client.request(column.method, "/charge", column.fields, body_of(row, column));
    ExpectedEnvelope expected = row.envelope;
    expected.retryable = cell.retryable;
    EXPECT_ENVELOPE(response, expected);
    EXPECT_EQ(response.json().value("attempts", 0), cell.attempts);
    const json line = gateway.log_line(lines++);
    EXPECT_EQ(line["attempts"].size(), static_cast<std::size_t>(cell.attempts));
    EXPECT_EQ(line.value("retry_refused", ""), cell.refused);
    EXPECT_EQ(line.value("outcome", ""), row.envelope.outcome);
}

// All rows against one provider behind one gateway.
class Matrix {
  public:
    explicit Matrix(const std::string& attempt)
        : gateway_(routes(dir_, upstream_.port(), "http", attempt)) {}

    void check(const std::vector<Row>& rows) {
        for (const Row& row : rows) {
            for (const Column& column : kColumns) {
                if ((row.*column.cell).attempts == 0) continue;
                SCOPED_TRACE(row.name + ", " + column.name);
                for_ever(row, column);
                // A large body takes longer than a timeout that a test can wait for.
                const bool in_time = row.envelope.code != kTimedOut.code || row.body < kLarge;
                if ((row.*column.cell).attempts > 1 && in_time) then_well(row, column);
            }
        }
    }

  private:
    // A request too many is one that the provider does not expect: it fails the test there.
    void for_ever(const Row& row, const Column& column) {
        const auto attempts = static_cast<std::size_t>((row.*column.cell).attempts);
        const std::size_t before = upstream_.request_count();
        for (std::size_t i = 0; i < attempts; ++i)
            row.happen(upstream_.expect(column.method, "/charge"));
        check_cell(gateway_, row, column, lines_);
        EXPECT_EQ(upstream_.request_count() - before, attempts);
    }
    void then_well(const Row& row, const Column& column) {
        row.happen(upstream_.expect(column.method, "/charge"));
        upstream_.expect(column.method, "/charge").reply(200, {}, "done");
        const std::string body = body_of(row, column);
        Client client = gateway_.client();
        EXPECT_EQ(client.request(column.method, "/charge", column.fields, body).body, "done");
        EXPECT_TRUE(upstream_.last_request().body == body);
        gateway_.log_line(lines_++);
    }

    TempDir dir_;
    FakeUpstream upstream_;
    Gateway gateway_;
    std::size_t lines_ = 0;
};

TEST(RetryMatrix, BrokenAfterSending) {
    Matrix("50s").check(broken_after_sending());
}

TEST(RetryMatrix, Answers) {
    Matrix("50s").check(answers());
}

TEST(RetryMatrix, Timeouts) {
    Matrix("500ms").check(timeouts());
}

// ------------------------------------------------------------ not a byte was sent

const Row kNeverSent{"", kUnreachable, kAgain, kAgain, kAgain};

void check_never_sent(const RoutesSpec& spec) {
    Gateway gateway(spec);
    std::size_t lines = 0;
    for (const Column& column : kColumns) {
        SCOPED_TRACE(column.name);
        check_cell(gateway, kNeverSent, column, lines);
    }
}

TEST(RetryMatrixNeverSent, ConnectionRefused) {
    const TempDir dir;
    check_never_sent(routes(dir, refused_port()));
}

TEST(RetryMatrixNeverSent, NobodyAnswers) {
    const TempDir dir;
    const Blackhole blackhole;
    check_never_sent(routes(dir, blackhole.port()));
}

TEST(RetryMatrixNeverSent, NoAddress) {
    const TempDir dir;
    RoutesSpec spec = routes(dir, 1);
    spec.upstreams[0].host = "no-such-host.invalid";
    check_never_sent(spec);
}

TEST(RetryMatrixNeverSent, CertificateNobodyTrusts) {
    const TempDir dir;
    FakeUpstream upstream(tls_server({.identity = self_signed(dir, {})}));
    check_never_sent(routes(dir, upstream.port(), "https"));
    EXPECT_EQ(upstream.request_count(), 0u);
}

TEST(RetryMatrixNeverSent, NoTlsOnTheOtherSide) {
    const TempDir dir;
    FakeUpstream upstream;
    for (std::size_t i = 0; i < 3 * kColumns.size(); ++i)
        upstream.on_accept().send("HTTP/1.1 400 Speak up\r\n\r\n").close();
    check_never_sent(routes(dir, upstream.port(), "https"));
    EXPECT_EQ(upstream.request_count(), 0u);
}

TEST(RetryMatrixNeverSent, HandshakeThatNeverEnds) {
    const TempDir dir;
    FakeUpstream upstream;
    for (std::size_t i = 0; i < 3 * kColumns.size(); ++i)
        upstream.on_accept().stay_silent();
    check_never_sent(routes(dir, upstream.port(), "https"));
}

// ------------------------------------------------------------ a pooled connection

class PooledConnection : public testing::Test {
  protected:
    void warm_up(Client& client) {
        upstream_.expect("GET", "/warm-up").reply(200);
        EXPECT_EQ(client.get("/warm-up").status, 200);
        gateway_.log_line(lines_++);
    }

    TempDir dir_;
    FakeUpstream upstream_;
    Gateway gateway_{routes(dir_, upstream_.port())};
    std::size_t lines_ = 0;
};

// The request was read, so it may have been applied: once more, at once, on a fresh connection,
// where nothing can count twice.
TEST_F(PooledConnection, ThatDiesUnderTheRequest) {
    for (const Column& column : kColumns) {
        SCOPED_TRACE(column.name);
        const bool safe = column.cell != &Row::post;
        Client client = gateway_.client();
        warm_up(client);
        const std::size_t before = upstream_.request_count();
        upstream_.expect(column.method, "/charge").close();
        if (safe) upstream_.expect(column.method, "/charge").reply(200, {}, "done");
        const Response response =
            client.request(column.method, "/charge", column.fields, safe ? "" : "{}");
        const json line = gateway_.log_line(lines_++);
        EXPECT_EQ(upstream_.request_count() - before, safe ? 2u : 1u);
        EXPECT_EQ(line["attempts"][0]["reused"], true);
        if (safe) {
            EXPECT_EQ(response.body, "done");
            EXPECT_EQ(line["attempts"][1]["reused"], false);
            EXPECT_EQ(line["attempts"][1].value("backoff_ms", 0), 0);
        } else {
            EXPECT_ENVELOPE(response, "invalid_upstream_response", 502, "gateway", "unknown",
                            false);
            EXPECT_EQ(line["retry_refused"], "not_replay_safe");
        }
    }
}

// Seen by the look at checkout: nothing is sent on it, and nothing has to be repeated.
TEST_F(PooledConnection, ThatDiedBefore) {
    for (const Column& column : kColumns) {
        SCOPED_TRACE(column.name);
        Client client = gateway_.client();
        upstream_.expect("GET", "/warm-up").reply(200).close();
        EXPECT_EQ(client.get("/warm-up").status, 200);
        ASSERT_TRUE(upstream_.wait_for_closed(upstream_.last_request().connection));
        upstream_.expect(column.method, "/charge").reply(200, {}, "done");
        EXPECT_EQ(client.request(column.method, "/charge", column.fields, "").body, "done");
        const json line = gateway_.log_line(++lines_);
        ++lines_;
        EXPECT_EQ(line["attempts"].size(), 1u);
    }
}

}  // namespace
}  // namespace errgate::test
