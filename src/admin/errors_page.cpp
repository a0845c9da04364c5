// The journal of failures and the provider codes without a rule, as JSON.
#include "admin/errors_page.hpp"

#include <nlohmann/json.hpp>

#include <array>
#include <chrono>
#include <cstdio>
#include <ctime>

namespace errgate::admin {

namespace {

using Json = nlohmann::ordered_json;
using telemetry::JournalAttempt;
using telemetry::JournalEntry;

std::string dump(const Json& page) {
    return page.dump(-1, ' ', false, Json::error_handler_t::replace) + "\n";
}

// RFC 3339 with milliseconds, UTC.
std::string time_text(base::WallTime when) {
    const auto since = when.time_since_epoch();
    const auto seconds = std::chrono::floor<std::chrono::seconds>(since);
    const auto millis = std::chrono::duration_cast<std::chrono::milliseconds>(since - seconds);
    const auto time = static_cast<std::time_t>(seconds.count());
    std::tm utc{};
    gmtime_r(&time, &utc);
    std::array<char, 40> text{};
    const std::size_t size = std::strftime(text.data(), text.size(), "%Y-%m-%dT%H:%M:%S", &utc);
    std::string out(text.data(), size);
    std::snprintf(text.data(), text.size(), ".%03dZ", static_cast<int>(millis.count()));
    return out + text.data();
}

double milliseconds(base::Duration duration) {
    const auto micros = std::chrono::duration_cast<base::Micros>(duration).count();
    return static_cast<double>(micros) / 1000;
}

void put(Json& out, const char* name, const std::string& text) {
    if (!text.empty()) out[name] = text;
}

Json provider_json(const errors::ProviderFacts& provider) {
    Json out = Json::object();
    if (provider.status != 0) out["status"] = provider.status;
    put(out, "code", provider.code);
    put(out, "type", provider.type);
    put(out, "request_id", provider.request_id);
    put(out, "decline_code", provider.decline_code);
    put(out, "advice_code", provider.advice_code);
    return out;
}

Json metadata_json(const errors::Failure& failure) {
    Json out = Json::object();
    for (const auto& [name, value] : failure.metadata)
        out[name] = value.text;
    return out;
}

Json details_json(const errors::Failure& failure) {
    Json out = Json::array();
    for (const errors::Detail& detail : failure.details) {
        out.push_back(
            {{"field", detail.field}, {"code", detail.code}, {"message", detail.message}});
    }
    return out;
}

std::string result_of(const JournalAttempt& attempt) {
    return attempt.reason == errors::GatewayReason::none
               ? "response"
               : std::string(errors::slug(attempt.reason));
}

std::string why(const JournalEntry& entry, const JournalAttempt& attempt) {
    if (attempt.retried) {
        const bool not_applied = attempt.note.outcome == errors::Outcome::not_applied;
        return not_applied ? "tried again: the failure may pass, and nothing was applied"
                           : "tried again: the failure may pass, and the request may be repeated";
    }
    using enum policy::RetryRefusal;
    switch (entry.retry_refused) {
        case none:
            return "not tried again";
        case not_transient:
            return "not tried again: the same request would get the same answer";
        case left_to_caller:
            return "not tried again: this code is for the caller to repeat";
        case not_replay_safe:
            return "not tried again: it may have been applied, and carries no idempotency key that "
                   "this provider honours";
        case response_started:
            return "not tried again: a part of the answer had been sent";
        case client_gone:
            return "not tried again: the client had left";
        case body_too_large:
            return "not tried again: the body is larger than limits.request_buffer";
        case attempts_exhausted:
            return "not tried again: retry.attempts were made";
        case deadline:
            return "not tried again: timeouts.total left no time";
        case wait_too_long:
            return "not tried again: the provider asks for a longer wait than timeouts.total "
                   "leaves";
        case budget:
            return "not tried again: the upstream's retry_budget is used up";
        case breaker_open:
            return "not tried again: the circuit breaker is open";
    }
    return "not tried again";
}

Json attempt_json(const JournalEntry& entry, const JournalAttempt& attempt) {
    Json out{{"n", attempt.n}};
    put(out, "address", attempt.address);
    out["reused"] = attempt.reused;
    if (attempt.status != 0) out["status"] = attempt.status;
    out["result"] = result_of(attempt);
    out["ms"] = milliseconds(attempt.took);
    if (attempt.backoff > base::Duration::zero()) out["backoff_ms"] = milliseconds(attempt.backoff);
    if (attempt.note.attempt != 0) {
        out["code"] = errors::info(attempt.note.code).slug;
        out["outcome"] = to_string(attempt.note.outcome);
        out["transient"] = attempt.note.transient;
        put(out, "provider_code", attempt.note.provider_code);
        put(out, "message", attempt.note.message);
        put(out, "body_excerpt", attempt.note.body_excerpt);
    }
    out["retried"] = attempt.retried;
    out["why"] = why(entry, attempt);
    return out;
}

void put_failure(Json& out, const JournalEntry& entry) {
    const errors::Failure& failure = entry.failure;
    const errors::CodeInfo& code = errors::info(failure.code);
    out["code"] = code.slug;
    out["category"] = to_string(code.category);
    out["message"] = failure.message;
    out["origin"] = to_string(failure.origin);
    out["outcome"] = to_string(failure.outcome);
    out["retryable"] = entry.retryable;
    if (failure.retry_after) out["retry_after_ms"] = failure.retry_after->count();
    out["mapped"] = failure.mapped;
    if (failure.reason != errors::GatewayReason::none) out["reason"] = errors::slug(failure.reason);
    if (entry.retry_refused != policy::RetryRefusal::none)
        out["retry_refused"] = policy::slug(entry.retry_refused);
}

Json entry_json(const JournalEntry& entry) {
    Json out{{"request_id", entry.request_id}, {"time", time_text(entry.begun)}};
    put(out, "client_request_id", entry.client_request_id);
    put(out, "trace_id", entry.trace_id);
    put(out, "route", entry.route);
    put(out, "upstream", entry.upstream);
    out["method"] = entry.method;
    out["path"] = entry.path;
    out["status"] = entry.status;
    put_failure(out, entry);
    out["attempt_count"] = entry.attempt_count;
    out["ms"] = milliseconds(entry.took);
    out["upstream_ms"] = milliseconds(entry.upstream_took);
    put(out, "client", entry.client);
    put(out, "user_agent", entry.user_agent);
    out["provider"] = provider_json(entry.failure.provider);
    out["metadata"] = metadata_json(entry.failure);
    out["details"] = details_json(entry.failure);
    out["attempts"] = Json::array();
    for (const JournalAttempt& attempt : entry.attempts)
        out["attempts"].push_back(attempt_json(entry, attempt));
    return out;
}

// A YAML text in single quotes.
std::string yaml_quoted(std::string_view text) {
    std::string out = "'";
    for (const char c : text) {
        if (c == '\'') out += '\'';
        out += c;
    }
    return out + "'";
}

int hex_digit(char c) {
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

std::string percent_decoded(std::string_view text) {
    std::string out;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const bool coded = text[i] == '%' && i + 2 < text.size() && hex_digit(text[i + 1]) >= 0 &&
                           hex_digit(text[i + 2]) >= 0;
        if (coded) {
            out += static_cast<char>(hex_digit(text[i + 1]) * 16 + hex_digit(text[i + 2]));
            i += 2;
        } else {
            out += text[i] == '+' ? ' ' : text[i];
        }
    }
    return out;
}

}  // namespace

std::string errors_json(const telemetry::Journal& journal, const telemetry::JournalQuery& query) {
    const telemetry::Journal::Stats stats = journal.stats();
    Json page{{"journal",
               {{"entries", stats.entries},
                {"bytes", stats.bytes},
                {"max_entries", stats.limits.entries},
                {"max_bytes", stats.limits.bytes},
                {"recorded", stats.recorded},
                {"body_excerpt", stats.limits.body_excerpt}}},
              {"errors", Json::array()}};
    for (const JournalEntry& entry : journal.find(query))
        page["errors"].push_back(entry_json(entry));
    return dump(page);
}

std::string error_json(const JournalEntry& entry) {
    return dump(entry_json(entry));
}

std::string rule_skeleton(const telemetry::UnmappedCode& code) {
    std::string match;
    if (!code.provider_code.empty()) match = "code: " + yaml_quoted(code.provider_code);
    if (!code.provider_type.empty()) {
        if (!match.empty()) match += ", ";
        match += "type: " + yaml_quoted(code.provider_type);
    }
    if (match.empty()) match = "status: " + std::to_string(code.provider_status);
    return "- {match: {" + match + "}, to: " + std::string(errors::info(code.treated_as).slug) +
           "}";
}

std::string unmapped_json(const telemetry::UnmappedCodes& unmapped) {
    const telemetry::UnmappedCodes::List list = unmapped.list();
    Json page{{"max_codes", telemetry::UnmappedCodes::kMost},
              {"forgotten", list.forgotten},
              {"unmapped", Json::array()}};
    for (const telemetry::UnmappedCode& code : list.codes) {
        Json example{{"request_id", code.request_id},
                     {"route", code.route},
                     {"method", code.method},
                     {"path", code.path},
                     {"message", code.message}};
        put(example, "body_excerpt", code.body_excerpt);
        page["unmapped"].push_back({{"upstream", code.upstream},
                                    {"provider_status", code.provider_status},
                                    {"provider_code", code.provider_code},
                                    {"provider_type", code.provider_type},
                                    {"count", code.count},
                                    {"first_seen", time_text(code.first_seen)},
                                    {"last_seen", time_text(code.last_seen)},
                                    {"treated_as", errors::info(code.treated_as).slug},
                                    {"example", std::move(example)},
                                    {"rule", rule_skeleton(code)}});
    }
    return dump(page);
}

std::string query_value(std::string_view query, std::string_view name) {
    while (!query.empty()) {
        const std::size_t end = std::min(query.find('&'), query.size());
        const std::string_view pair = query.substr(0, end);
        query.remove_prefix(std::min(end + 1, query.size()));
        const std::size_t equals = std::min(pair.find('='), pair.size());
        if (pair.substr(0, equals) == name)
            return percent_decoded(pair.substr(std::min(equals + 1, pair.size())));
    }
    return {};
}

}  // namespace errgate::admin
