// Answers of any bytes to any shipped dialect: one sound envelope that holds what is mapped and
// nothing else, and never the planted card number.
#include "base/ascii.hpp"
#include "base/utf8.hpp"
#include "config/dialects.hpp"
#include "errors/envelope.hpp"
#include "mapping/classify.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstdlib>
#include <initializer_list>
#include <string>
#include <string_view>

namespace {

using namespace errgate;
using nlohmann::json;

constexpr std::string_view kId = "req_00000000000000000000000000";
// In a member that no mapping names.
constexpr std::string_view kUnmapped = "zqVnKwTbYxRm";

// The same number as providers echo it.
constexpr std::array<std::string_view, 4> kCards{
    "4242424242424242", "4242 4242 4242 4242", "4242-4242-4242-4242", "4242%204242%204242%204242"};

void require(bool holds) {
    if (!holds) std::abort();
}

const config::DialectSet& dialects() {
    static const config::DialectSet kShipped = [] {
        std::vector<config::Problem> problems;
        auto set = config::compile_mappings(config::shipped_mapping_sources(), problems);
        require(problems.empty());
        return set;
    }();
    return kShipped;
}

// Every '$' becomes the card number, held apart from digits that would make another number of it
// and from hexadecimal letters that would make a UUID. An object gets a member nobody asks for.
std::string planted(std::string_view text, std::string_view card) {
    std::string out;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] != '$') {
            out.push_back(text[i]);
            continue;
        }
        if (!out.empty() && base::is_hex(out.back())) out.push_back(' ');
        out.append(card);
        if (i + 1 < text.size() && (base::is_hex(text[i + 1]) || text[i + 1] == '$'))
            out.push_back(' ');
    }
    if (out.starts_with("{\"")) {
        out.insert(1, "\"" + std::string(kUnmapped) + "\":\"" + std::string(kUnmapped) + "\",");
    }
    return out;
}

bool is_one_of(const json& value, std::initializer_list<std::string_view> words) {
    return value.is_string() && std::ranges::find(words, value.get<std::string>()) != words.end();
}

bool is_text(const json& value, std::size_t most) {
    return value.is_string() && value.get_ref<const std::string&>().size() <= most;
}

// Only these members, and where `required` is counted, all of the first ones.
bool has_members(const json& object, std::size_t required,
                 std::initializer_list<std::string_view> names) {
    std::size_t at = 0;
    const bool complete = std::ranges::all_of(
        names, [&](std::string_view name) { return at++ >= required || object.contains(name); });
    return complete && std::ranges::all_of(object.items(), [&](const auto& member) {
               return std::ranges::find(names, member.key()) != names.end();
           });
}

// A line end or another control character, in what may end in a header field or a log.
bool has_control(const json& value) {
    const auto within = [](std::string_view text) {
        return std::ranges::any_of(text,
                                   [](char c) { return static_cast<unsigned char>(c) < 0x20; });
    };
    if (value.is_string()) return within(value.get_ref<const std::string&>());
    return value.is_structured() && std::ranges::any_of(value.items(), [&](const auto& member) {
               return within(member.key()) || has_control(member.value());
           });
}

void check_metadata(const json& metadata) {
    require(metadata.is_object() && metadata.size() <= errors::kMaxMetadata);
    for (const auto& [name, value] : metadata.items()) {
        require(name.size() <= 128);
        require(value.is_number() || value.is_boolean() || is_text(value, 500));
    }
}

void check_details(const json& details) {
    require(details.is_array() && details.size() <= errors::kMaxDetails);
    for (const json& detail : details) {
        require(detail.is_object() && has_members(detail, 1, {"field", "code", "message"}));
        const std::string field = detail["field"];
        require(field.empty() || field.front() == '/' || field.size() <= 256);
        for (const json& text : detail)
            require(is_text(text, 500));
    }
}

void check_provider(const json& provider, int status) {
    require(provider.is_object());
    require(has_members(provider, 2, {"name", "status", "code", "type", "request_id", "network"}));
    require(provider["name"] == "psp" && provider["status"] == status);
    for (const char* word : {"code", "type", "request_id"})
        require(!provider.contains(word) || is_text(provider[word], 128));
    const std::string id = provider.value("request_id", "");
    require(std::ranges::all_of(id, [](char c) { return c > ' ' && c <= '~'; }));
    if (!provider.contains("network")) return;
    require(has_members(provider["network"], 0, {"decline_code", "advice_code"}));
    for (const json& word : provider["network"])
        require(is_text(word, 128));
}

// What the provider has no say in comes from closed sets, so nothing of its body is there.
void check_own_members(const json& envelope) {
    const auto code = errors::find_code(envelope["code"].get<std::string>());
    require(code && envelope["status"] == errors::info(*code).status);
    require(envelope["category"] == errors::to_string(errors::info(*code).category));
    require(envelope["request_id"] == kId && envelope["attempts"] == 1);
    require(envelope["origin"] == "upstream" && envelope["retryable"].is_boolean());
    require(is_one_of(envelope["outcome"], {"not_applied", "unknown"}));
    const json& wait = envelope.value("retry_after_ms", json(0));
    require(wait.is_number_integer() && wait >= 0);
}

void check(const errors::Failure& failure, int status) {
    errors::EnvelopeContext context;
    context.request_id = kId;
    context.provider_name = "psp";
    context.attempts = 1;
    std::string text;
    errors::write_envelope(text, failure, context);
    require(base::is_valid_utf8(text));
    json envelope = json::parse(text, nullptr, false);
    require(envelope.is_object());
    require(
        has_members(envelope, 12,
                    {"code", "message", "request_id", "metadata", "status", "category", "retryable",
                     "outcome", "origin", "attempts", "details", "provider", "retry_after_ms"}));
    check_own_members(envelope);
    require(is_text(envelope["message"], errors::kMaxMessageBytes) && envelope["message"] != "");
    check_metadata(envelope["metadata"]);
    check_details(envelope["details"]);
    check_provider(envelope["provider"], status);

    require(text.find(kUnmapped) == std::string::npos);
    envelope["provider"].erase("request_id");  // a declared id: exempt
    const std::string shown = envelope.dump();
    require(
        std::ranges::none_of(kCards, [&](auto card) { return shown.find(card) != shown.npos; }));
    require(!has_control(envelope));
}

// What a strict parser takes is JSON to us too, whatever is declared.
void check_kind(std::string_view body, std::string_view kind) {
    const bool object = body.starts_with("{\"") && base::is_valid_utf8(body);
    if (object && json::accept(body)) require(kind == "json");
}

}  // namespace

// Three bytes choose dialect, status, declared type and coding; the rest is the body.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    constexpr std::array<int, 12> kStatuses{200, 201, 400, 401, 402, 403,
                                            404, 409, 422, 429, 500, 503};
    constexpr std::array<std::string_view, 6> kTypes{
        "",           "application/json",
        "text/html",  "application/xml",
        "text/plain", "application/x-www-form-urlencoded"};
    constexpr std::array<std::string_view, 4> kCodings{"", "gzip", "deflate, br", "identity"};
    if (size < 3) return 0;
    auto dialect = dialects().begin();
    std::advance(dialect, data[0] % dialects().size());
    const int status = kStatuses[data[1] % kStatuses.size()];
    const std::string body = planted({reinterpret_cast<const char*>(data + 3), size - 3},
                                     kCards[data[1] / kStatuses.size() % kCards.size()]);
    http::Fields fields;
    using http::FieldName;
    fields.push_back({FieldName::content_type, "Content-Type", kTypes[data[2] % kTypes.size()]});
    const std::string_view coding = kCodings[data[2] / kTypes.size() % kCodings.size()];
    fields.push_back({FieldName::content_encoding, "Content-Encoding", coding});
    mapping::Trace trace;
    const auto result =
        mapping::classify(*dialect->second.dialect, {"POST", "/v1/payments"},
                          {status, fields, body, (data[2] & 0x80U) == 0}, base::WallTime{}, &trace);
    if (result.is_error) check(result.failure, status);
    require(status < 400 || result.is_error);
    check_kind(body, trace.content_kind);
    return 0;
}
