// The body, member by member in the order of the contract; no JSON library on the way.
#include "errors/envelope.hpp"

#include "base/json_text.hpp"
#include "base/utf8.hpp"
#include "errors/json_number.hpp"

#include <algorithm>
#include <array>
#include <charconv>

namespace errgate::errors {

namespace {

using base::append_json_string;

void append_number(std::string& out, std::int64_t value) {
    std::array<char, 20> digits;
    const auto done = std::to_chars(digits.data(), digits.data() + digits.size(), value);
    out.append(digits.data(), done.ptr);
}

// Starts a member: the comma where one is due, the name and the colon. `name` needs no escape.
void open_member(std::string& out, std::string_view name) {
    if (out.back() != '{') out.push_back(',');
    out.push_back('"');
    out.append(name).append("\":");
}

void member(std::string& out, std::string_view name, std::string_view text) {
    open_member(out, name);
    append_json_string(out, text);
}

void member_if_known(std::string& out, std::string_view name, std::string_view text) {
    if (!text.empty()) member(out, name, text);
}

void number_member(std::string& out, std::string_view name, std::int64_t value) {
    open_member(out, name);
    append_number(out, value);
}

void bool_member(std::string& out, std::string_view name, bool value) {
    open_member(out, name);
    out.append(value ? "true" : "false");
}

// A mapping says what kind a value is; one that does not have the form of its kind stays a string.
bool has_bare_form(const MetadataValue& value) {
    switch (value.kind) {
        case MetadataValue::Kind::number:
            return is_json_number(value.text);
        case MetadataValue::Kind::boolean:
            return value.text == "true" || value.text == "false";
        case MetadataValue::Kind::string:
            break;
    }
    return false;
}

void metadata_member(std::string& out, const Failure& failure) {
    open_member(out, "metadata");
    out.push_back('{');
    const std::size_t count = std::min(failure.metadata.size(), kMaxMetadata);
    for (std::size_t i = 0; i < count; ++i) {
        const auto& [name, value] = failure.metadata[i];
        if (i > 0) out.push_back(',');
        append_json_string(out, name);
        out.push_back(':');
        if (has_bare_form(value)) {
            out.append(value.text);
        } else {
            append_json_string(out, value.text);
        }
    }
    out.push_back('}');
}

void details_member(std::string& out, const Failure& failure) {
    open_member(out, "details");
    out.push_back('[');
    const std::size_t count = std::min(failure.details.size(), kMaxDetails);
    for (std::size_t i = 0; i < count; ++i) {
        const Detail& detail = failure.details[i];
        if (i > 0) out.push_back(',');
        out.push_back('{');
        member(out, "field", detail.field);
        member_if_known(out, "code", detail.code);
        member_if_known(out, "message", detail.message);
        out.push_back('}');
    }
    out.push_back(']');
}

void network_member(std::string& out, const ProviderFacts& provider) {
    if (provider.decline_code.empty() && provider.advice_code.empty()) return;
    open_member(out, "network");
    out.push_back('{');
    member_if_known(out, "decline_code", provider.decline_code);
    member_if_known(out, "advice_code", provider.advice_code);
    out.push_back('}');
}

void provider_member(std::string& out, const Failure& failure, std::string_view name) {
    open_member(out, "provider");
    out.push_back('{');
    member_if_known(out, "name", name);
    if (failure.origin == Origin::upstream) {
        const ProviderFacts& provider = failure.provider;
        if (provider.status != 0) number_member(out, "status", provider.status);
        member_if_known(out, "code", provider.code);
        member_if_known(out, "type", provider.type);
        member_if_known(out, "request_id", provider.request_id);
        network_member(out, provider);
    }
    out.push_back('}');
}

// RFC 9457 section 3.1: the title does not vary with the occurrence, the detail does.
void problem_members(std::string& out, const CodeInfo& code, std::string_view message,
                     std::string_view request_id) {
    open_member(out, "type");
    out.append("\"urn:errgate:error:").append(code.slug).push_back('"');
    member(out, "title", code.message);
    member(out, "detail", message);
    open_member(out, "instance");
    append_json_string(out, std::string("urn:errgate:request:").append(request_id));
}

bool is_blank(std::string_view text) {
    return text.find_first_not_of(" \t\r\n") == std::string_view::npos;
}

// The promise of the contract, kept even when whoever filled the failure did not: not empty, at
// most 500 bytes, valid UTF-8. `repaired` is room for the text when it has to change.
std::string_view safe_message(const Failure& failure, std::string& repaired) {
    if (is_blank(failure.message)) return info(failure.code).message;
    if (base::is_valid_utf8(failure.message)) {
        return base::truncate_utf8(failure.message, kMaxMessageBytes);
    }
    repaired = base::repair_utf8(failure.message);
    return base::truncate_utf8(repaired, kMaxMessageBytes);
}

}  // namespace

void write_envelope(std::string& out, const Failure& failure, const EnvelopeContext& context) {
    const CodeInfo& code = info(failure.code);
    std::string repaired;
    const std::string_view message = safe_message(failure, repaired);
    out.clear();
    out.push_back('{');
    member(out, "code", code.slug);
    member(out, "message", message);
    member(out, "request_id", context.request_id);
    metadata_member(out, failure);
    number_member(out, "status", failure.status);
    member(out, "category", to_string(code.category));
    bool_member(out, "retryable", retryable(failure, context.replay_safe));
    if (failure.retry_after) {
        number_member(out, "retry_after_ms",
                      std::max<std::int64_t>(0, failure.retry_after->count()));
    }
    member(out, "outcome", to_string(failure.outcome));
    member(out, "origin", to_string(failure.origin));
    number_member(out, "attempts", context.attempts);
    details_member(out, failure);
    provider_member(out, failure, context.provider_name);
    if (context.format == EnvelopeFormat::problem_json) {
        problem_members(out, code, message, context.request_id);
    }
    out.push_back('}');
}

}  // namespace errgate::errors
