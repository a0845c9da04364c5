#include "cli/envelope_check.hpp"

#include "errors/codes.hpp"
#include "http/request_id.hpp"

#include <nlohmann/json.hpp>

namespace errgate::cli {
namespace {

using Json = nlohmann::json;

struct Member {
    const char* name;
    bool (*has_type)(const Json& value);
};

bool is_text(const Json& value) {
    return value.is_string() && value != "";
}
bool is_flag(const Json& value) {
    return value.is_boolean();
}
bool is_number(const Json& value) {
    return value.is_number_integer();
}
bool is_object(const Json& value) {
    return value.is_object();
}
bool is_list(const Json& value) {
    return value.is_array();
}

// The members that are always there.
constexpr Member kMembers[] = {
    {"code", is_text},       {"message", is_text},  {"request_id", is_text},
    {"metadata", is_object}, {"status", is_number}, {"category", is_text},
    {"retryable", is_flag},  {"outcome", is_text},  {"origin", is_text},
    {"attempts", is_number}, {"details", is_list},
};

std::string member_problem(const Json& envelope) {
    for (const Member& member : kMembers) {
        const auto at = envelope.find(member.name);
        if (at == envelope.end()) return std::string(member.name) + " is missing";
        if (!member.has_type(*at)) return std::string(member.name) + " has the wrong form";
    }
    return {};
}

std::string request_id_problem(const Json& envelope, const sim::ClientResponse& response) {
    const std::string id = envelope["request_id"];
    if (!http::is_request_id(id)) return "request_id is not well formed: " + id;
    return response.field("X-Request-Id") == id ? "" : "X-Request-Id differs from request_id";
}

}  // namespace

std::string envelope_problem(const sim::ClientResponse& response, std::string_view code) {
    if (!response.error.empty()) return "no answer: " + response.error;
    const Json envelope = Json::parse(response.body, nullptr, false);
    if (!envelope.is_object()) return "the body is not a JSON object";
    if (std::string problem = member_problem(envelope); !problem.empty()) return problem;
    const std::string got = envelope["code"];
    if (!errors::find_code(got)) return "code is not in the catalogue: " + got;
    if (got != code) return "code is " + got + ", not " + std::string(code);
    if (envelope["status"] != response.status) return "status differs from the status line";
    if (response.field("Errgate-Code") != got) return "Errgate-Code differs from code";
    return request_id_problem(envelope, response);
}

}  // namespace errgate::cli
