#include "cli/openapi.hpp"

#include "app/version.hpp"
#include "errors/codes.hpp"
#include "errors/failure.hpp"

#include <nlohmann/json.hpp>

#include <set>
#include <string>

namespace errgate::cli {
namespace {

using Json = nlohmann::ordered_json;

Json text(const std::string& description) {
    return {{"type", "string"}, {"description", description}};
}

Json object(Json properties, Json required) {
    return {{"type", "object"},
            {"properties", std::move(properties)},
            {"required", std::move(required)},
            {"additionalProperties", false}};
}

Json words(const std::set<std::string>& of) {
    return {{"type", "string"}, {"enum", of}};
}

Json codes() {
    Json slugs = Json::array();
    for (const auto& code : errors::all_codes())
        slugs.push_back(code.slug);
    return {{"type", "string"}, {"enum", std::move(slugs)}};
}

Json categories() {
    std::set<std::string> names;
    for (const auto& code : errors::all_codes())
        names.emplace(to_string(code.category));
    return words(names);
}

Json detail() {
    return object({{"field", text("RFC 6901 pointer into the request")},
                   {"code", text("The provider's or the mapping's word for it")},
                   {"message", text("For people")}},
                  {"field"});
}

Json provider() {
    const Json network = object({{"decline_code", text("Of the card network or issuer")},
                                 {"advice_code", text("What the network advises")}},
                                Json::array());
    return object({{"name", text("Of the upstream")},
                   {"status", {{"type", "integer"}}},
                   {"code", text("As the provider wrote it")},
                   {"type", text("As the provider wrote it")},
                   {"request_id", text("The provider's")},
                   {"network", network}},
                  Json::array());
}

Json library_error() {
    Json all = object(
        {{"type", words({"api_error"})}, {"code", codes()}, {"message", text("The same as above")}},
        {"type", "code", "message"});
    all["description"] = "Only where a provider's own library reads the gateway's own failures";
    return all;
}

Json members() {
    const Json count = {{"type", "integer"}, {"minimum", 0}};
    const Json scalar = {{"type", {"string", "number", "boolean"}}};
    Json message = text("For people");
    message["minLength"] = 1;
    message["maxLength"] = errors::kMaxMessageCharacters;
    return {{"code", codes()},
            {"message", std::move(message)},
            {"request_id", {{"type", "string"}, {"pattern", "^req_[0-9A-Za-z_-]{6,64}$"}}},
            {"metadata",
             {{"type", "object"},
              {"maxProperties", errors::kMaxMetadata},
              {"additionalProperties", scalar}}},
            {"status", {{"type", "integer"}, {"minimum", 400}, {"maximum", 599}}},
            {"category", categories()},
            {"retryable",
             {{"type", "boolean"}, {"description", "May this very request be sent again?"}}},
            {"retry_after_ms", count},
            {"outcome", words({"not_applied", "unknown"})},
            {"origin", words({"gateway", "upstream"})},
            {"attempts", count},
            {"details",
             {{"type", "array"},
              {"maxItems", errors::kMaxDetails},
              {"items", {{"$ref", "#/components/schemas/ErrorDetail"}}}}},
            {"provider", {{"$ref", "#/components/schemas/ErrorProvider"}}},
            {"error", library_error()}};
}

Json required_members() {
    return {"code",      "message", "request_id", "metadata", "status",  "category",
            "retryable", "outcome", "origin",     "attempts", "details", "provider"};
}

// RFC 9457.
Json problem() {
    Json all = members();
    Json required = required_members();
    for (const char* name : {"type", "title", "detail", "instance"}) {
        all[name] = text("RFC 9457");
        required.push_back(name);
    }
    return object(std::move(all), std::move(required));
}

Json header(const Json& schema) {
    return {{"schema", schema}};
}

Json response() {
    const auto content = [](const char* schema) {
        return Json{{"schema", {{"$ref", std::string("#/components/schemas/") + schema}}}};
    };
    return {{"description", "Any failure"},
            {"headers",
             {{"X-Request-Id", header({{"type", "string"}})},
              {"Errgate-Code", header(codes())},
              {"Errgate-Outcome", header(words({"not_applied", "unknown"}))},
              {"Errgate-Retryable", header(words({"false", "true"}))},
              {"Retry-After", header({{"type", "integer"}, {"minimum", 0}})}}},
            {"content",
             {{"application/json", content("Error")},
              {"application/problem+json", content("ErrorProblem")}}}};
}

}  // namespace

Json openapi_document() {
    return {{"openapi", "3.1.0"},
            {"info", {{"title", "errgate errors"}, {"version", app::kVersion}}},
            {"paths", Json::object()},
            {"components",
             {{"schemas",
               {{"Error", object(members(), required_members())},
                {"ErrorProblem", problem()},
                {"ErrorDetail", detail()},
                {"ErrorProvider", provider()}}},
              {"responses", {{"Error", response()}}}}}};
}

}  // namespace errgate::cli
