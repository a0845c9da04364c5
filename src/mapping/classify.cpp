#include "mapping/classify.hpp"

#include "errors/redact.hpp"
#include "mapping/debug_output.hpp"
#include "mapping/message.hpp"
#include "mapping/reading.hpp"

#include <algorithm>
#include <array>
#include <cstring>
#include <utility>

namespace errgate::mapping {
namespace {

constexpr std::size_t kMaxWord = 128;   // bytes of codes, types and names
constexpr std::size_t kMaxField = 256;  // of a field's pointer
constexpr std::size_t kMaxText = 500;   // of what else is said for people

std::string word(const Text& text) {
    return text ? errors::redact(*text, kMaxWord) : std::string();
}

void redact_value(std::string_view name, errors::MetadataValue& value) {
    using Kind = errors::MetadataValue::Kind;
    if (value.kind == Kind::string) {
        value.text = errors::redact_value(name, std::move(value.text), kMaxText);
        return;
    }
    std::string text = errors::redact_value(name, value.text, kMaxText);
    // A number that had to be masked is a text now.
    if (text != value.text) value = {Kind::string, std::move(text)};
}

bool is_string(const errors::MetadataValue& value) {
    return value.kind == errors::MetadataValue::Kind::string;
}

// By memmem, which takes linear time whatever both are: a provider chose them, and each sentence is
// looked for in each member. string_view::find() may compare all of one at every place of the
// other.
bool holds(std::string_view text, std::string_view part) {
    if (part.empty() || part.size() > text.size()) return part.empty();
    return ::memmem(text.data(), text.size(), part.data(), part.size()) != nullptr;
}
bool holds_one_the_other(std::string_view a, std::string_view b) {
    return holds(a, b) || holds(b, a);
}

// A provider's first detail is often its message, too, and may be a member of its metadata: what is
// said of card data or a secret hides as much there. A detail without a sentence has the message
// for it. The pointer that `message` is about, or nothing.
std::string find_secret(Extraction& found) {
    std::string about;
    for (const errors::Detail& detail : found.details) {
        if (!errors::names_secret(detail.field)) continue;
        if (holds_one_the_other(*found.message, detail.message)) about = detail.field;
        if (detail.message.empty()) continue;
        for (auto& [name, value] : found.metadata) {
            if (is_string(value) && holds_one_the_other(value.text, detail.message))
                value.text = errors::redact_about(detail.field, std::move(value.text), kMaxText);
        }
    }
    return about;
}

void add_message(const errors::CodeInfo& code, BodyKind kind, Extraction& found,
                 errors::Failure& failure) {
    const std::string secret = find_secret(found);
    failure.message = client_message(code, kind, found.message, secret);
}

void add_metadata(Extraction& found, errors::Failure& failure) {
    failure.metadata = std::move(found.metadata);
    std::erase_if(failure.metadata, [](const auto& member) {
        return is_string(member.second) && looks_like_debug_output(member.second.text);
    });
    for (auto& [name, value] : failure.metadata) {
        redact_value(name, value);
        errors::redact_in_place(name, kMaxWord);
    }
}

void add_details(const errors::CodeInfo& code, Extraction& found, errors::Failure& failure) {
    failure.details = std::move(found.details);
    // Then it is the provider's, which was looked at; the first detail often says the same.
    const bool message_told = failure.message != code.message;
    for (errors::Detail& detail : failure.details) {
        const bool is_told = message_told && found.message == detail.message;
        if (!is_told && !is_for_clients(code, detail.message)) detail.message.clear();
        detail.message = errors::redact_about(detail.field, std::move(detail.message), kMaxText);
        errors::redact_in_place(detail.field, kMaxField);
        if (detail.field.ends_with('~')) detail.field.pop_back();  // the cut fell into an escape
        errors::redact_in_place(detail.code, kMaxWord);
    }
    std::erase_if(failure.details, [](const errors::Detail& detail) {
        return detail.field.empty() && detail.code.empty() && detail.message.empty();
    });
}

// Takes the texts of the extraction over.
void add_texts(const Body& body, Extraction found, errors::Failure& failure) {
    const errors::CodeInfo& code = errors::info(failure.code);
    if (body.is_debug_text) found.message = std::nullopt;
    add_message(code, body.kind, found, failure);
    add_metadata(found, failure);
    add_details(code, found, failure);
    failure.provider.code = word(found.code);
    failure.provider.type = word(found.type);
    failure.provider.decline_code = word(found.decline_code);
    failure.provider.advice_code = word(found.advice_code);
    if (found.request_id)
        failure.provider.request_id = errors::redact_id(std::string(*found.request_id));
}

// Code first, then what the rule says of it, then the provider's own word on repeating.
void decide(const Dialect& dialect, const Reading& reading, const ResponseFacts& response,
            errors::Failure& failure) {
    const Rule* rule = reading.rule;
    failure.mapped = rule != nullptr;
    failure.code = rule != nullptr ? rule->to : errors::default_code(response.status);
    const errors::CodeInfo& info = errors::info(failure.code);
    failure.status = info.status;
    failure.transient = info.transient;
    failure.outcome = info.outcome;
    if (rule != nullptr) {
        failure.transient = rule->transient.value_or(info.transient);
        failure.outcome = rule->outcome.value_or(info.outcome);
    }
    // "Failed", inside a 2xx, in words that no rule knows: no promise that nothing was applied.
    constexpr int kFirstError = 400;
    if (rule == nullptr && response.status < kFirstError)
        failure.outcome = errors::Outcome::unknown;
    failure.auto_retry = info.auto_retry && failure.transient;

    const HintVerdict hint = read_hints(dialect.retry_hints(), response.status, response.fields);
    failure.outcome = hint.outcome.value_or(failure.outcome);
    if (!hint.transient) return;
    failure.hinted = true;
    failure.transient = failure.auto_retry = *hint.transient;
}

// Types a provider may put an error into. Many declare JSON and forms as text; CSV reports, PDFs,
// archives and event streams are not worth holding back.
bool may_hold_error(std::string_view content_type) {
    content_type = content_type.substr(0, content_type.find(';'));
    while (content_type.ends_with(' '))
        content_type.remove_suffix(1);
    if (content_type.empty()) return true;
    constexpr std::array<std::string_view, 7> kTypes{
        "application/json", "text/json",  "application/xml",
        "text/xml",         "text/plain", "application/x-www-form-urlencoded",
        "text/html"};
    const auto has_suffix = [&](std::string_view suffix) {
        return content_type.size() > suffix.size() &&
               http::iequals(content_type.substr(content_type.size() - suffix.size()), suffix);
    };
    return has_suffix("+json") || has_suffix("+xml") ||
           std::any_of(kTypes.begin(), kTypes.end(),
                       [&](std::string_view type) { return http::iequals(content_type, type); });
}

}  // namespace

Classification classify(const Dialect& dialect, const RequestFacts& request,
                        const ResponseFacts& response, base::WallTime now, Trace* trace) {
    Reading reading = read_response(dialect, request, response, now, trace);
    Classification result;
    result.is_error = reading.is_error;
    if (!reading.is_error) return result;
    errors::Failure& failure = result.failure;
    failure.origin = errors::Origin::upstream;
    failure.provider.status = response.status;
    failure.retry_after = reading.wait;
    decide(dialect, reading, response, failure);
    add_texts(reading.body, std::move(reading.found), failure);
    return result;
}

bool inspects_success(const Dialect& dialect, int status, const http::Fields& fields) {
    Verdict best = Verdict::no;
    for (const Predicate& predicate : dialect.detect()) {
        const Verdict verdict = judge_head(predicate, status, fields);
        if (verdict == Verdict::yes) return true;
        if (verdict == Verdict::needs_body) best = verdict;
    }
    return best == Verdict::needs_body &&
           may_hold_error(http::find(fields, http::FieldName::content_type));
}

}  // namespace errgate::mapping
