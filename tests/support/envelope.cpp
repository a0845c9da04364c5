// Is this response a normalized failure in every detail the contract promises?
#include "support/envelope.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <set>

namespace errgate::test {
namespace {

using nlohmann::json;

// Collects what is wrong, so that one run shows all of it.
class Check {
  public:
    explicit Check(const Response& response) : response_(response) {}

    void that(bool holds, const std::string& otherwise) {
        if (!holds) problems_ += "  " + otherwise + "\n";
    }
    void field(const std::string& name, const std::string& value) {
        const auto values = all(response_.fields, name);
        that(values.size() == 1 && values[0] == value,
             name + " should be once '" + value + "', is " + json(values).dump());
    }
    void absent(const std::string& name) {
        that(!response_.has_field(name), name + " should not be there: " + response_.field(name));
    }
    testing::AssertionResult result() const {
        if (problems_.empty()) return testing::AssertionSuccess();
        std::string fields;
        for (const Field& f : response_.fields)
            fields += "  | " + f.name + ": " + f.value + "\n";
        return testing::AssertionFailure()
               << "no proper envelope:\n"
               << problems_ << "in\n  | " << response_.status << " " << response_.reason << "\n"
               << fields << "  | " << response_.body
               << (response_.error.empty() ? "" : "\n  (" + response_.error + ")");
    }

  private:
    const Response& response_;
    std::string problems_;
};

bool is_request_id(std::string_view text) {
    return text.starts_with("req_") && text.size() >= 10 && text.size() <= 68 &&
           std::all_of(text.begin() + 4, text.end(), [](char c) {
               return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
                      c == '_' || c == '-';
           });
}

void check_fields(Check& check, const Response& response, const ExpectedEnvelope& expected) {
    check.that(response.status == expected.status,
               "status line should say " + std::to_string(expected.status));
    check.field("Cache-Control", "no-store");
    check.field("Errgate-Code", std::string(expected.code));
    check.field("Errgate-Outcome", std::string(expected.outcome));
    check.field("Errgate-Retryable", expected.retryable ? "true" : "false");
    check.that(is_request_id(response.field("X-Request-Id")), "X-Request-Id has not our form");
    check.that(all(response.fields, "X-Request-Id").size() == 1, "X-Request-Id should be once");
    check.that(all(response.fields, "Date").size() == 1, "Date should be there once");
    check.that(all(response.fields, "Content-Type").size() == 1, "Content-Type should be once");
    if (expected.origin == "gateway") {
        check.that(response.field("Proxy-Status").find("error=") != std::string::npos,
                   "Proxy-Status should name an error");
    } else {
        check.absent("Proxy-Status");
    }
    for (const char* name : {"ETag", "Last-Modified", "Content-Encoding", "Content-Language",
                             "Accept-Ranges", "Content-MD5", "Content-Digest", "Transfer-Encoding"})
        check.absent(name);
}

void check_types(Check& check, const json& body) {
    const auto is = [&](const char* name, bool (json::*kind)() const noexcept) {
        check.that(body.contains(name) && (body[name].*kind)(), std::string("bad member ") + name);
    };
    for (const char* name : {"code", "message", "request_id", "category", "outcome", "origin"})
        is(name, &json::is_string);
    for (const char* name : {"status", "attempts"})
        is(name, &json::is_number_integer);
    is("retryable", &json::is_boolean);
    is("metadata", &json::is_object);
    is("details", &json::is_array);
}

void check_values(Check& check, const json& body, const Response& response,
                  const ExpectedEnvelope& expected) {
    check.that(body.value("code", "") == expected.code,
               "code should be " + std::string(expected.code));
    check.that(body.value("status", 0) == response.status, "status differs from the status line");
    check.that(body.value("origin", "") == expected.origin,
               "origin should be " + std::string(expected.origin));
    check.that(body.value("outcome", "") == expected.outcome,
               "outcome should be " + std::string(expected.outcome));
    check.that(body.value("retryable", !expected.retryable) == expected.retryable,
               "retryable is wrong");
    check.that(body.value("request_id", "") == response.field("X-Request-Id"),
               "request_id differs from X-Request-Id");
    const std::string message = body.value("message", "");
    check.that(!message.empty() && message.size() <= 500, "message is empty or too long");
    check.that(std::none_of(message.begin(), message.end(),
                            [](char c) { return static_cast<unsigned char>(c) < 0x20; }),
               "control character in message");
    static const std::set<std::string> kCategories{"request",    "authentication", "permission",
                                                   "resource",   "idempotency",    "payment",
                                                   "rate_limit", "upstream",       "gateway"};
    check.that(kCategories.contains(body.value("category", "")), "no such category");
}

void check_lists(Check& check, const json& body) {
    const json& metadata = body["metadata"];
    check.that(metadata.size() <= 32, "more than 32 metadata members");
    for (const json& value : metadata)
        check.that(value.is_primitive() && !value.is_null(), "metadata is not flat");
    check.that(body["details"].size() <= 100, "more than 100 details");
    for (const json& detail : body["details"]) {
        check.that(detail.is_object(), "a detail is no object");
        const std::string field = detail.value("field", "");
        check.that(field.empty() || field[0] == '/', "detail.field is no pointer: " + field);
        for (const auto& member : detail.items())
            check.that(
                member.key() == "field" || member.key() == "code" || member.key() == "message",
                "unknown member in a detail: " + member.key());
    }
}

void check_provider(Check& check, const json& body, const ExpectedEnvelope& expected) {
    const json provider = body.value("provider", json::object());
    check.that(provider.is_object(), "provider is no object");
    if (expected.origin != "gateway") {
        check.that(!provider.value("name", "").empty(), "provider.name is missing");
        check.that(provider.contains("status"), "provider.status is missing");
        return;
    }
    for (const auto& member : provider.items())
        check.that(member.key() == "name", "provider of a gateway failure has " + member.key());
}

void check_wait(Check& check, const json& body, const Response& response) {
    check.that(body.contains("retry_after_ms") == response.has_field("Retry-After"),
               "retry_after_ms and Retry-After should come together");
    if (!body.contains("retry_after_ms")) return;
    const auto millis = body["retry_after_ms"].get<std::uint64_t>();
    check.field("Retry-After", std::to_string((millis + 999) / 1000));
}

void check_members(Check& check, const json& body, bool problem) {
    static const std::set<std::string> kMembers{
        "code",    "message",        "request_id", "metadata", "status",  "category", "retryable",
        "outcome", "retry_after_ms", "origin",     "attempts", "details", "provider", "error"};
    static const std::set<std::string> kProblem{"type", "title", "detail", "instance"};
    for (const auto& member : body.items())
        check.that(kMembers.contains(member.key()) || (problem && kProblem.contains(member.key())),
                   "unknown member " + member.key());
    // For providers' own libraries, behind an `annotate` route only: the same again.
    const json error{{"type", "api_error"}, {"code", body["code"]}, {"message", body["message"]}};
    check.that(!body.contains("error") || body["error"] == error, "error differs from the rest");
    if (!problem) return;
    for (const std::string& name : kProblem)
        check.that(body.contains(name), "no member " + name);
    check.that(body.value("type", "") == "urn:errgate:error:" + body.value("code", ""), "type");
}

}  // namespace

testing::AssertionResult is_envelope(const Response& response, const ExpectedEnvelope& expected) {
    Check check(response);
    check.that(response.complete, "the response is not complete");
    check_fields(check, response, expected);
    const std::string type = response.field("Content-Type");
    const bool problem = type == "application/problem+json";
    check.that(problem || type == "application/json", "Content-Type is " + type);
    check.field("Content-Length", std::to_string(response.body.size()));
    const json body = response.json();
    check.that(body.is_object(), "the body is no JSON object");
    if (!body.is_object()) return check.result();
    check_types(check, body);
    if (!check.result()) return check.result();
    check_values(check, body, response, expected);
    check_lists(check, body);
    check_provider(check, body, expected);
    check_wait(check, body, response);
    check_members(check, body, problem);
    return check.result();
}

testing::AssertionResult is_head_envelope(const Response& response,
                                          const ExpectedEnvelope& expected) {
    Check check(response);
    check_fields(check, response, expected);
    check.that(response.body.empty(), "an answer to HEAD has no body");
    return check.result();
}

}  // namespace errgate::test
