#include "config/dialect_examples.hpp"

#include "config/dialect_terms.hpp"
#include "config/json_value.hpp"

#include <set>

namespace errgate::config {
namespace {

// Null, which a reader counts as absent, says here that the member must be absent.
void read_text(MappingReader& reader, const char* key, std::optional<std::string>& out) {
    if (reader.value().find(key) != nullptr) out.emplace();
    if (reader.get(key) != nullptr) reader.read(key, *out, scalar_text());
}

void read_expected_details(MappingReader& reader, Expected& expected) {
    const Value* const list = reader.get_list("details");
    if (list == nullptr) return;
    auto& details = expected.details.emplace();
    for_each_item(*list, reader.path_of("details"), [&](const Value& item, const auto& at) {
        MappingReader detail(reader.report(), item, at);
        auto& out = details.emplace_back();
        detail.read("field", out.field, scalar_text());
        detail.read("code", out.code, scalar_text());
        detail.read("message", out.message, scalar_text());
        detail.finish();
    });
}

void read_expected_metadata(MappingReader& reader, Expected& expected) {
    const Value* const map = reader.get("metadata");
    if (map == nullptr) return;
    auto& metadata = expected.metadata.emplace();
    Report& report = reader.report();
    for_each_member(report, *map, reader.path_of("metadata"),
                    [&](const std::string& name, Mark, const Value& value, const auto& at) {
                        read_scalar(report, value, at, metadata[name], scalar_text());
                    });
}

Expected read_expected(Report& report, const Value& value, const std::string& path) {
    MappingReader reader(report, value, path);
    Expected out;
    bool not_error = false;
    reader.read("not_error", not_error, boolean());
    out.error = !not_error;
    read_text(reader, "code", out.code);
    int status = 0;
    if (reader.read("status", status, whole_number(100, 599))) out.status = status;
    read_text(reader, "outcome", out.outcome);
    bool retryable = false;
    if (reader.read("retryable", retryable, boolean())) out.retryable = retryable;
    read_text(reader, "message", out.message);
    read_text(reader, "provider_code", out.provider_code);
    read_text(reader, "provider_type", out.provider_type);
    read_text(reader, "provider_request_id", out.provider_request_id);
    read_text(reader, "decline_code", out.decline_code);
    read_text(reader, "advice_code", out.advice_code);
    read_text(reader, "retry_after_ms", out.retry_after_ms);
    read_expected_details(reader, out);
    read_expected_metadata(reader, out);
    reader.finish();
    if (value.kind == Value::Kind::mapping && value.members.empty()) {
        report.add(value.mark, path, "expects nothing, so it can never fail");
    }
    return out;
}

void read_request(MappingReader& reader, Example& example) {
    reader.nested("request", [&](MappingReader& request) {
        request.read("method", example.method, method());
        request.read("path", example.path, text());
        bool safe = false;
        if (request.read("replay_safe", safe, boolean())) example.replay_safe = safe;
    });
}

void read_headers(MappingReader& reader, Example& example) {
    const Value* const headers = reader.get("headers");
    if (headers == nullptr) return;
    Report& report = reader.report();
    for_each_member(report, *headers, reader.path_of("headers"),
                    [&](const std::string& name, Mark, const Value& value, const auto& at) {
                        for (auto& each : read_items(report, value, at, scalar_text()))
                            example.headers.emplace_back(name, std::move(each));
                    });
}

// A mapping or list is written as JSON, and declares itself so unless the headers say otherwise.
void read_body(MappingReader& reader, Example& example) {
    const Value* const body = reader.get("body");
    if (body == nullptr) return;
    if (body->kind == Value::Kind::scalar) {
        example.body = body->text;
        return;
    }
    append_json(example.body, *body);
    for (const auto& [name, value] : example.headers) {
        if (http::iequals(name, "content-type")) return;
    }
    example.headers.emplace_back("Content-Type", "application/json");
}

Example read_example(Report& report, const Value& value, const std::string& path) {
    MappingReader reader(report, value, path);
    Example example;
    example.mark = value.mark;
    reader.require("id", example.id, name_text());
    reader.get("source");  // for people
    read_request(reader, example);
    reader.require("status", example.status, whole_number(100, 599));
    read_headers(reader, example);
    read_body(reader, example);
    if (const Value* expect = reader.required("expect")) {
        example.expected = read_expected(report, *expect, reader.path_of("expect"));
    }
    reader.finish();
    return example;
}

}  // namespace

std::vector<Example> read_examples(Report& report, const Value& value, const std::string& path) {
    std::vector<Example> examples;
    std::set<std::string> ids;
    for_each_item(value, path, [&](const Value& item, const std::string& at) {
        examples.push_back(read_example(report, item, at));
        const Example& example = examples.back();
        if (!example.id.empty() && !ids.insert(example.id).second) {
            report.add(item.mark, at,
                       "an example with the id \"" + example.id + "\" exists already");
        }
    });
    return examples;
}

}  // namespace errgate::config
