// Each piece of the line begins with the comma and the name of its member.
#include "telemetry/access_log.hpp"

#include "base/json_members.hpp"

#include <algorithm>
#include <chrono>
#include <cstring>

namespace errgate::telemetry {

namespace {

using base::Opening;
using base::put_number_member;
using base::put_text_if_known;
using base::put_word_member;
using base::Writer;

constexpr std::size_t kUsualLine = 4 * 1024;

// The last `Width` decimal digits.
template <std::size_t Width>
void copy_digits(char* to, unsigned value) {
    for (std::size_t i = Width; i-- > 0; value /= 10)
        to[i] = static_cast<char>('0' + value % 10);
}

template <std::size_t Width>
void put_digits(Writer& out, unsigned value) {
    if (char* const digits = out.claim(Width)) copy_digits<Width>(digits, value);
}

template <std::size_t Size>
void put_word(Writer& out, Opening<Size> opening, std::string_view word) {
    if (!word.empty()) put_word_member(out, opening, word);
}

template <std::size_t Size>
void put_optional_status(Writer& out, Opening<Size> opening, int status) {
    if (status != 0) put_number_member(out, opening, status);
}

template <std::size_t Size>
void put_milliseconds(Writer& out, Opening<Size> opening, base::Duration value) {
    const auto micros =
        std::max(std::chrono::duration_cast<base::Micros>(value), base::Micros::zero()).count();
    put_number_member(out, opening, micros / 1000);
    out.put('.');
    put_digits<3>(out, static_cast<unsigned>(micros % 1000));
}

void put_failure(Writer& out, const ExchangeRecord& exchange) {
    if (exchange.failure == nullptr) return;
    const errors::Failure& failure = *exchange.failure;
    put_word(out, R"(,"code":")", errors::info(failure.code).slug);
    put_word(out, R"(,"origin":")", to_string(failure.origin));
    put_word(out, R"(,"outcome":")", to_string(failure.outcome));
    out.put(exchange.retryable ? R"(,"retryable":true)" : R"(,"retryable":false)");
}

void put_attempt(Writer& out, int n, const AttemptRecord& attempt) {
    put_number_member(out, R"({"n":)", n);
    put_word(out, R"(,"address":")", attempt.address);
    out.put(attempt.reused ? R"(,"reused":true)" : R"(,"reused":false)");
    put_optional_status(out, R"(,"status":)", attempt.status);
    const bool answered = attempt.reason == errors::GatewayReason::none;
    put_word(out, R"(,"result":")",
             answered ? std::string_view("response") : errors::slug(attempt.reason));
    put_text_if_known(out, R"(,"detail":")", attempt.detail);
    put_milliseconds(out, R"(,"ms":)", attempt.took);
    if (attempt.backoff > base::Duration::zero()) {
        put_milliseconds(out, R"(,"backoff_ms":)", attempt.backoff);
    }
    out.put('}');
}

void put_attempts(Writer& out, const ExchangeRecord& exchange) {
    out.put(R"(,"attempts":[)");
    const int recorded = std::min(exchange.attempt_count, kMaxLoggedAttempts);
    for (int i = 0; i < recorded; ++i) {
        if (i > 0) out.put(',');
        const int n = i + 1 == recorded ? exchange.attempt_count : i + 1;
        put_attempt(out, n, exchange.attempts[static_cast<std::size_t>(i)]);
    }
    out.put(']');
}

void put_identity(Writer& out, const ExchangeRecord& exchange, const PeerTexts& texts) {
    put_word(out, R"(,"request_id":")", exchange.request_id);
    put_text_if_known(out, R"(,"client_request_id":")", texts.client_request_id());
    put_word(out, R"(,"trace_id":")", exchange.trace_id);
    put_word(out, R"(,"route":")", exchange.route_name);
    put_word(out, R"(,"upstream":")", exchange.upstream_name);
    out.put(R"(,"method":")");
    out.put_json_escaped(texts.method());
    out.put(R"(","path":")");
    out.put_json_escaped(texts.path());
    put_number_member(out, R"(","status":)", exchange.status);
}

}  // namespace

void CachedTimestamp::put(Writer& out, base::WallTime when) {
    const auto time = std::chrono::floor<std::chrono::milliseconds>(when);
    const auto second = std::chrono::floor<std::chrono::seconds>(time);
    if (second.time_since_epoch().count() != second_) {
        second_ = second.time_since_epoch().count();
        const auto day = std::chrono::floor<std::chrono::days>(second);
        const std::chrono::year_month_day date(day);
        const std::chrono::hh_mm_ss clock(second - day);
        std::memcpy(text_.data(), "0000-00-00T00:00:00", text_.size());
        copy_digits<4>(&text_[0], static_cast<unsigned>(static_cast<int>(date.year())));
        copy_digits<2>(&text_[5], static_cast<unsigned>(date.month()));
        copy_digits<2>(&text_[8], static_cast<unsigned>(date.day()));
        copy_digits<2>(&text_[11], static_cast<unsigned>(clock.hours().count()));
        copy_digits<2>(&text_[14], static_cast<unsigned>(clock.minutes().count()));
        copy_digits<2>(&text_[17], static_cast<unsigned>(clock.seconds().count()));
    }
    out.put(std::string_view(text_.data(), text_.size()));
    out.put('.');
    put_digits<3>(out, static_cast<unsigned>((time - second).count()));
    out.put('Z');
}

AccessLog::AccessLog() : line_(kUsualLine) {}

void AccessLog::append(std::string& out, const ExchangeRecord& exchange, const PeerTexts& texts) {
    for (;;) {
        Writer line(line_);
        put_line(line, exchange, texts);
        if (line.ok()) {
            out.append(line.view());
            return;
        }
        line_.resize(2 * line_.size());
    }
}

void AccessLog::put_line(Writer& out, const ExchangeRecord& exchange, const PeerTexts& texts) {
    out.put(R"({"ts":")");
    timestamp_.put(out, exchange.begun);
    out.put('"');
    put_identity(out, exchange, texts);
    put_failure(out, exchange);
    put_optional_status(out, R"(,"provider_status":)", exchange.provider_status);
    if (exchange.failure != nullptr) {
        put_text_if_known(out, R"(,"provider_code":")", exchange.failure->provider.code);
        put_text_if_known(out, R"(,"provider_request_id":")",
                          exchange.failure->provider.request_id);
    }
    put_attempts(out, exchange);
    if (exchange.retry_refused != policy::RetryRefusal::none) {
        put_word(out, R"(,"retry_refused":")", policy::slug(exchange.retry_refused));
    }
    put_number_member(out, R"(,"request_bytes":)",
                      static_cast<std::int64_t>(exchange.request_bytes));
    put_number_member(out, R"(,"response_bytes":)",
                      static_cast<std::int64_t>(exchange.response_bytes));
    put_milliseconds(out, R"(,"ms":)", exchange.took);
    if (exchange.attempt_count > 0) {
        put_milliseconds(out, R"(,"upstream_ms":)", exchange.upstream_took);
    }
    put_word(out, R"(,"client":")", exchange.client);
    put_text_if_known(out, R"(,"user_agent":")", texts.user_agent());
    out.put("}\n");
}

}  // namespace errgate::telemetry
