#include "cli/explanation.hpp"

#include "errors/envelope.hpp"
#include "http/field_name.hpp"
#include "policy/params.hpp"

#include <algorithm>

namespace errgate::cli {
namespace {

constexpr std::string_view kExampleRequestId = "req_01HQ3W4Z8N6T2V5X7Y9ABCDEFG";

bool replay_safe(const Recording& recording) {
    const auto methods = policy::RetryParams{}.replay_safe_methods;
    const bool by_method =
        std::find(methods.begin(), methods.end(), recording.method) != methods.end();
    return recording.replay_safe.value_or(by_method);
}

http::Fields view_fields(const Recording& recording) {
    http::Fields fields;
    for (const auto& [name, value] : recording.fields) {
        fields.push_back({http::field_name(name), name, value});
    }
    return fields;
}

}  // namespace

Explanation explain_answer(const mapping::Dialect& dialect, const std::string& upstream_name,
                           const Recording& recording) {
    Explanation result;
    const http::Fields fields = view_fields(recording);
    result.classification = mapping::classify(dialect, {recording.method, recording.path},
                                              {recording.status, fields, recording.body},
                                              base::WallClock::now(), &result.trace);
    if (!result.classification.is_error) return result;

    errors::EnvelopeContext context;
    context.request_id = kExampleRequestId;
    context.provider_name = upstream_name;
    context.replay_safe = replay_safe(recording);
    context.attempts = 1;
    std::string body;
    errors::write_envelope(body, result.classification.failure, context);
    result.envelope = nlohmann::ordered_json::parse(body);
    return result;
}

}  // namespace errgate::cli
