// The access log: one exchange, one JSON line.
#include "telemetry/access_log.hpp"

#include "base/json_text.hpp"
#include "errors/plain_text.hpp"
#include "errors/redact.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <chrono>
#include <concepts>

namespace errgate::telemetry {

namespace {

constexpr std::size_t kMaxPath = 2048;
constexpr std::size_t kMaxPeerText = 256;  // method, user_agent, client_request_id

void append_number(std::string& out, std::integral auto value) {
    std::array<char, 20> digits;
    const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), value).ptr;
    out.append(digits.data(), end);
}

void append_padded(std::string& out, unsigned value, std::size_t width) {
    std::array<char, 10> digits;
    const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), value).ptr;
    const auto length = static_cast<std::size_t>(end - digits.data());
    if (length < width) out.append(width - length, '0');
    out.append(digits.data(), length);
}

// RFC 3339 with milliseconds, UTC.
void append_timestamp(std::string& out, base::WallTime when) {
    const auto time = std::chrono::floor<std::chrono::milliseconds>(when);
    const auto day = std::chrono::floor<std::chrono::days>(time);
    const std::chrono::year_month_day date(day);
    const std::chrono::hh_mm_ss clock(time - day);
    append_padded(out, static_cast<unsigned>(static_cast<int>(date.year())), 4);
    out.push_back('-');
    append_padded(out, static_cast<unsigned>(date.month()), 2);
    out.push_back('-');
    append_padded(out, static_cast<unsigned>(date.day()), 2);
    out.push_back('T');
    append_padded(out, static_cast<unsigned>(clock.hours().count()), 2);
    out.push_back(':');
    append_padded(out, static_cast<unsigned>(clock.minutes().count()), 2);
    out.push_back(':');
    append_padded(out, static_cast<unsigned>(clock.seconds().count()), 2);
    out.push_back('.');
    append_padded(out, static_cast<unsigned>(clock.subseconds().count()), 3);
    out.push_back('Z');
}

// Writes one object's members; puts the commas.
class Members {
  public:
    explicit Members(std::string& out) : out_(out) { out_.push_back('{'); }
    void close() { out_.push_back('}'); }

    // The name and its colon; the value is the caller's to append.
    std::string& name(std::string_view name) {
        if (!first_) out_.push_back(',');
        first_ = false;
        out_.push_back('"');
        out_.append(name);
        out_.append("\":");
        return out_;
    }
    void text(std::string_view member, std::string_view value) {
        base::append_json_string(name(member), value);
    }
    void optional_text(std::string_view member, std::string_view value) {
        if (!value.empty()) text(member, value);
    }
    // Text that a peer wrote. Most has nothing to hide, and then costs one look and no allocation.
    void peer_text(std::string_view member, std::string_view value,
                   std::size_t max_bytes = kMaxPeerText) {
        const errors::TextTraits traits = errors::look_at(value);
        if (traits.printable_ascii && !traits.may_hold_secret) {
            text(member, value.substr(0, max_bytes));
        } else {
            text(member, errors::redact(value, max_bytes));
        }
    }
    void optional_peer_text(std::string_view member, std::string_view value) {
        if (!value.empty()) peer_text(member, value);
    }
    void number(std::string_view member, std::integral auto value) {
        append_number(name(member), value);
    }
    void optional_status(std::string_view member, int status) {
        if (status != 0) number(member, status);
    }
    void boolean(std::string_view member, bool value) {
        name(member).append(value ? "true" : "false");
    }
    void milliseconds(std::string_view member, base::Duration value) {
        const auto micros =
            std::max(std::chrono::duration_cast<base::Micros>(value), base::Micros::zero()).count();
        std::string& out = name(member);
        append_number(out, micros / 1000);
        out.push_back('.');
        append_padded(out, static_cast<unsigned>(micros % 1000), 3);
    }

  private:
    std::string& out_;
    bool first_ = true;
};

void append_failure(Members& line, const ExchangeRecord& exchange) {
    if (exchange.failure == nullptr) return;
    const errors::Failure& failure = *exchange.failure;
    line.text("code", errors::info(failure.code).slug);
    line.text("origin", to_string(failure.origin));
    line.text("outcome", to_string(failure.outcome));
    line.boolean("retryable", exchange.retryable);
}

void append_attempt(std::string& out, int n, const AttemptRecord& attempt) {
    Members members(out);
    members.number("n", n);
    members.optional_text("address", attempt.address);
    members.boolean("reused", attempt.reused);
    members.optional_status("status", attempt.status);
    members.text("result", attempt.reason == errors::GatewayReason::none
                               ? std::string_view("response")
                               : errors::slug(attempt.reason));
    members.optional_text("detail", attempt.detail);
    members.milliseconds("ms", attempt.took);
    if (attempt.backoff > base::Duration::zero()) {
        members.milliseconds("backoff_ms", attempt.backoff);
    }
    members.close();
}

void append_attempts(std::string& out, const ExchangeRecord& exchange) {
    out.push_back('[');
    const int recorded = std::min(exchange.attempt_count, kMaxLoggedAttempts);
    for (int i = 0; i < recorded; ++i) {
        if (i > 0) out.push_back(',');
        const int n = i + 1 == recorded ? exchange.attempt_count : i + 1;
        append_attempt(out, n, exchange.attempts[static_cast<std::size_t>(i)]);
    }
    out.push_back(']');
}

}  // namespace

void append_access_log(std::string& out, const ExchangeRecord& exchange) {
    Members line(out);
    line.name("ts").push_back('"');
    append_timestamp(out, exchange.begun);
    out.push_back('"');
    line.text("request_id", exchange.request_id);
    line.optional_peer_text("client_request_id", exchange.client_request_id);
    line.optional_text("trace_id", exchange.trace_id);
    line.optional_text("route", exchange.route_name);
    line.optional_text("upstream", exchange.upstream_name);
    line.peer_text("method", exchange.method);
    line.peer_text("path", exchange.path, kMaxPath);
    line.number("status", exchange.status);
    append_failure(line, exchange);
    line.optional_status("provider_status", exchange.provider_status);
    if (exchange.failure != nullptr) {
        line.optional_text("provider_code", exchange.failure->provider.code);
        line.optional_text("provider_request_id", exchange.failure->provider.request_id);
    }
    append_attempts(line.name("attempts"), exchange);
    if (exchange.retry_refused != policy::RetryRefusal::none) {
        line.text("retry_refused", policy::slug(exchange.retry_refused));
    }
    line.number("request_bytes", exchange.request_bytes);
    line.number("response_bytes", exchange.response_bytes);
    line.milliseconds("ms", exchange.took);
    if (exchange.attempt_count > 0) line.milliseconds("upstream_ms", exchange.upstream_took);
    line.optional_text("client", exchange.client);
    line.optional_peer_text("user_agent", exchange.user_agent);
    line.close();
    out.push_back('\n');
}

}  // namespace errgate::telemetry
