// The body, member by member in the order of the contract; no JSON library on the way.
#include "errors/envelope.hpp"

#include "base/json_members.hpp"
#include "base/utf8.hpp"
#include "errors/json_number.hpp"

#include <algorithm>
#include <cassert>

namespace errgate::errors {

namespace {

using base::put_number_member;
using base::put_text_if_known;
using base::put_text_member;
using base::put_word_member;
using base::Writer;

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

void metadata_member(Writer& out, const Failure& failure) {
    out.put(",\"metadata\":{");
    const std::size_t count = std::min(failure.metadata.size(), kMaxMetadata);
    for (std::size_t i = 0; i < count; ++i) {
        const auto& [name, value] = failure.metadata[i];
        if (i > 0) out.put(',');
        out.put_json_string(name);
        out.put(':');
        if (has_bare_form(value)) {
            out.put(value.text);
        } else {
            out.put_json_string(value.text);
        }
    }
    out.put('}');
}

void details_member(Writer& out, const Failure& failure) {
    out.put(",\"details\":[");
    const std::size_t count = std::min(failure.details.size(), kMaxDetails);
    for (std::size_t i = 0; i < count; ++i) {
        const Detail& detail = failure.details[i];
        if (i > 0) out.put(',');
        put_text_member(out, "{\"field\":\"", detail.field);
        put_text_if_known(out, ",\"code\":\"", detail.code);
        put_text_if_known(out, ",\"message\":\"", detail.message);
        out.put('}');
    }
    out.put(']');
}

void network_member(Writer& out, const ProviderFacts& provider) {
    if (provider.decline_code.empty() && provider.advice_code.empty()) return;
    out.put(",\"network\":{");
    put_text_if_known(out, "\"decline_code\":\"", provider.decline_code);
    if (!provider.decline_code.empty() && !provider.advice_code.empty()) out.put(',');
    put_text_if_known(out, "\"advice_code\":\"", provider.advice_code);
    out.put('}');
}

void provider_member(Writer& out, const Failure& failure, std::string_view name) {
    if (name.empty()) {
        out.put(",\"provider\":{}");
        return;
    }
    put_text_member(out, ",\"provider\":{\"name\":\"", name);
    if (failure.origin == Origin::upstream) {
        const ProviderFacts& provider = failure.provider;
        if (provider.status != 0) put_number_member(out, ",\"status\":", provider.status);
        put_text_if_known(out, ",\"code\":\"", provider.code);
        put_text_if_known(out, ",\"type\":\"", provider.type);
        put_text_if_known(out, ",\"request_id\":\"", provider.request_id);
        network_member(out, provider);
    }
    out.put('}');
}

// RFC 9457 section 3.1: the title does not vary with the occurrence, the detail does.
void problem_members(Writer& out, const CodeInfo& code, std::string_view message,
                     std::string_view request_id) {
    out.put(",\"type\":\"urn:errgate:error:");
    out.put(code.slug);
    put_text_member(out, "\",\"title\":\"", code.message);
    put_text_member(out, ",\"detail\":\"", message);
    out.put(",\"instance\":\"urn:errgate:request:");
    out.put_json_escaped(request_id);
    out.put('"');
}

bool is_blank(std::string_view text) {
    return text.find_first_not_of(" \t\r\n") == std::string_view::npos;
}

// The promise of the contract, kept even when whoever filled the failure did not: not empty, at
// most 500 characters, valid UTF-8. `repaired` is room for the text when it has to change.
std::string_view safe_message(const Failure& failure, std::string& repaired) {
    if (is_blank(failure.message)) return info(failure.code).message;
    if (base::is_valid_utf8(failure.message)) {
        return base::truncate_characters(failure.message, kMaxMessageCharacters);
    }
    repaired = base::repair_utf8(failure.message);
    return base::truncate_characters(repaired, kMaxMessageCharacters);
}

// Bytes of an envelope whose texts take `escape` bytes for each of theirs.
std::size_t most_bytes(const Failure& failure, const EnvelopeContext& context, std::size_t escape) {
    constexpr std::size_t kNames = 800;
    constexpr std::size_t kNamesOfDetail = 64;
    const ProviderFacts& provider = failure.provider;
    std::size_t texts = 3 * std::min(failure.message.size(), kMaxMessageBytes) +
                        context.provider_name.size() + 2 * context.request_id.size() +
                        provider.code.size() + provider.type.size() + provider.request_id.size() +
                        provider.decline_code.size() + provider.advice_code.size();
    for (const auto& [name, value] : failure.metadata)
        texts += name.size() + value.text.size();
    for (const Detail& detail : failure.details)
        texts += detail.field.size() + detail.code.size() + detail.message.size();
    return kNames + escape * texts +
           kNamesOfDetail * (failure.metadata.size() + failure.details.size());
}

void put_envelope(Writer& out, const Failure& failure, const EnvelopeContext& context) {
    const CodeInfo& code = info(failure.code);
    std::string repaired;
    const std::string_view message = safe_message(failure, repaired);
    put_word_member(out, "{\"code\":\"", code.slug);
    put_text_member(out, ",\"message\":\"", message);
    put_text_member(out, ",\"request_id\":\"", context.request_id);
    metadata_member(out, failure);
    put_number_member(out, ",\"status\":", failure.status);
    put_word_member(out, ",\"category\":\"", to_string(code.category));
    out.put(retryable(failure, context.replay_safe) ? ",\"retryable\":true"
                                                    : ",\"retryable\":false");
    if (failure.retry_after) {
        put_number_member(
            out, ",\"retry_after_ms\":", std::max<std::int64_t>(0, failure.retry_after->count()));
    }
    put_word_member(out, ",\"outcome\":\"", to_string(failure.outcome));
    put_word_member(out, ",\"origin\":\"", to_string(failure.origin));
    put_number_member(out, ",\"attempts\":", context.attempts);
    details_member(out, failure);
    provider_member(out, failure, context.provider_name);
    if (context.error_member) {
        put_word_member(out, ",\"error\":{\"type\":\"api_error\",\"code\":\"", code.slug);
        put_text_member(out, ",\"message\":\"", message);
        out.put('}');
    }
    if (context.format == EnvelopeFormat::problem_json) {
        problem_members(out, code, message, context.request_id);
    }
    out.put('}');
}

}  // namespace

void write_envelope(std::string& out, const Failure& failure, const EnvelopeContext& context) {
    // Hardly any text needs an escape; the longest one, of a control character, has six bytes.
    for (const std::size_t escape : {1U, 6U}) {
        out.resize(most_bytes(failure, context, escape));
        Writer writer(out);
        put_envelope(writer, failure, context);
        if (!writer.ok()) continue;
        out.resize(writer.size());
        return;
    }
    assert(false && "an envelope has a bound");
}

}  // namespace errgate::errors
