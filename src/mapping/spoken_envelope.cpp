#include "mapping/spoken_envelope.hpp"

#include "base/utf8.hpp"
#include "errors/redact.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>
#include <set>
#include <span>
#include <string>
#include <vector>

namespace errgate::mapping {
namespace {

using Json = nlohmann::json;

constexpr std::size_t kMaxWord = 256;  // bytes of a code, a name, a pointer

// Nothing when the text is no JSON object or repeats a name: readers disagree about which counts.
std::optional<Json> parse_unique(std::string_view text) {
    bool unique = true;
    std::vector<std::set<std::string>> open;
    const auto watch = [&](int, Json::parse_event_t event, Json& parsed) {
        if (event == Json::parse_event_t::object_start) open.emplace_back();
        if (event == Json::parse_event_t::object_end) open.pop_back();
        if (event == Json::parse_event_t::key) {
            unique = open.back().insert(parsed.get<std::string>()).second && unique;
        }
        return true;
    };
    Json object = Json::parse(text.begin(), text.end(), watch, false);
    if (!unique || !object.is_object()) return std::nullopt;
    return object;
}

bool is_clean(const std::string& text, std::size_t max_bytes) {
    return text.size() <= max_bytes && errors::redact(text, max_bytes) == text;
}
bool is_text(const Json& value) {
    if (!value.is_string()) return false;
    const auto& text = value.get_ref<const std::string&>();
    return is_clean(text, errors::kMaxMessageBytes) &&
           base::truncate_characters(text, errors::kMaxMessageCharacters).size() == text.size();
}
bool is_message(const Json& value) {
    return is_text(value) && value != "";
}
bool is_word(const Json& value) {
    return value.is_string() && is_clean(value.get_ref<const std::string&>(), kMaxWord);
}
// A declared id: many look like card numbers.
bool is_id(const Json& value) {
    if (!value.is_string()) return false;
    const auto& id = value.get_ref<const std::string&>();
    return id.size() <= kMaxWord && errors::redact_id(id) == id &&
           std::ranges::all_of(id, [](char c) { return c > ' ' && c <= '~'; });
}
bool is_flag(const Json& value) {
    return value.is_boolean();
}
bool is_count(const Json& value) {
    return value.is_number_unsigned() && value.get<std::uint64_t>() <= INT32_MAX;
}
bool is_wait(const Json& value) {
    return value.is_number_unsigned() && value.get<std::uint64_t>() <= INT64_MAX / 1'000'000;
}

struct Member {
    std::string_view name;
    bool (*is_sound)(const Json& value);
    bool required = false;
};

// Only these members, each sound, and none that is required missing.
bool has_only(const Json& object, std::span<const Member> members) {
    if (!object.is_object()) return false;
    std::size_t known = 0;
    for (const Member& member : members) {
        const auto at = object.find(member.name);
        if (at == object.end()) {
            if (member.required) return false;
            continue;
        }
        ++known;
        if (!member.is_sound(*at)) return false;
    }
    return known == object.size();
}

bool is_metadata(const Json& value) {
    if (!value.is_object() || value.size() > errors::kMaxMetadata) return false;
    return std::ranges::all_of(value.items(), [](const auto& item) {
        const Json& scalar = item.value();
        const bool sound = scalar.is_string() ? is_text(scalar)
                                              : (scalar.is_boolean() ||
                                                 (scalar.is_number() && is_word(scalar.dump())));
        return sound && is_clean(item.key(), kMaxWord);
    });
}

bool is_detail(const Json& value) {
    static constexpr auto kMembers =
        std::to_array<Member>({{"field", is_word, true}, {"code", is_word}, {"message", is_text}});
    return has_only(value, kMembers);
}
bool is_details(const Json& value) {
    return value.is_array() && value.size() <= errors::kMaxDetails &&
           std::ranges::all_of(value, is_detail);
}

bool is_network(const Json& value) {
    static constexpr auto kMembers =
        std::to_array<Member>({{"decline_code", is_word}, {"advice_code", is_word}});
    return has_only(value, kMembers);
}
bool is_provider(const Json& value) {
    static constexpr auto kMembers = std::to_array<Member>({{"name", is_word},
                                                            {"status", is_count},
                                                            {"code", is_word},
                                                            {"type", is_word},
                                                            {"request_id", is_id},
                                                            {"network", is_network}});
    return has_only(value, kMembers);
}

// For providers' own libraries, behind an `annotate` route: some of the other members again.
bool is_library_error(const Json& value) {
    static constexpr auto kMembers = std::to_array<Member>(
        {{"type", is_word, true}, {"code", is_word, true}, {"message", is_message, true}});
    return has_only(value, kMembers);
}

constexpr auto kEnvelope = std::to_array<Member>({{"code", is_word, true},
                                                  {"message", is_message, true},
                                                  {"request_id", is_id, true},
                                                  {"metadata", is_metadata, true},
                                                  {"status", is_count, true},
                                                  {"category", is_word, true},
                                                  {"retryable", is_flag, true},
                                                  {"retry_after_ms", is_wait},
                                                  {"outcome", is_word, true},
                                                  {"origin", is_word, true},
                                                  {"attempts", is_count, true},
                                                  {"details", is_details, true},
                                                  {"provider", is_provider, true},
                                                  {"error", is_library_error},
                                                  {"type", is_word},
                                                  {"title", is_text},
                                                  {"detail", is_text},
                                                  {"instance", is_word}});

std::optional<errors::Outcome> find_outcome(std::string_view word) {
    for (const auto outcome : {errors::Outcome::not_applied, errors::Outcome::unknown}) {
        if (word == errors::to_string(outcome)) return outcome;
    }
    return std::nullopt;
}

// The field's value; nothing when it is not there, or more than once.
std::string_view only(const http::Fields& fields, std::string_view name) {
    std::string_view value;
    for (const http::Field& field : fields) {
        if (!http::iequals(field.name, name)) continue;
        if (!value.empty()) return {};
        value = field.value;
    }
    return value;
}

bool is_declared_json(const http::Fields& fields) {
    if (!http::find(fields, "content-encoding").empty()) return false;
    const std::string_view type = http::find(fields, "content-type");
    return http::iequals(type, "application/json") ||
           http::iequals(type, "application/problem+json");
}

bool is_consistent_error(const Json& envelope) {
    const auto error = envelope.find("error");
    return error == envelope.end() ||
           ((*error)["type"] == "api_error" && (*error)["code"] == envelope["code"] &&
            (*error)["message"] == envelope["message"]);
}

// The members that have to agree with each other and with this exchange.
bool is_consistent(const Json& envelope, const errors::CodeInfo& code, int status,
                   std::string_view request_id) {
    const auto says = [&](const char* name, const std::string& wanted) {
        return !envelope.contains(name) || envelope[name] == wanted;
    };
    return envelope["status"] == status && envelope["request_id"] == request_id &&
           envelope["category"] == errors::to_string(code.category) &&
           (envelope["origin"] == "upstream" || envelope["origin"] == "gateway") &&
           is_consistent_error(envelope) &&
           says("type", "urn:errgate:error:" + std::string(code.slug)) &&
           says("instance", "urn:errgate:request:" + std::string(request_id));
}

std::string text_of(const Json& object, const char* name) {
    const auto at = object.find(name);
    return at == object.end() ? std::string() : at->get<std::string>();
}

errors::MetadataValue metadata_value(const Json& scalar) {
    using Kind = errors::MetadataValue::Kind;
    if (scalar.is_string()) return {Kind::string, scalar.get<std::string>()};
    return {scalar.is_boolean() ? Kind::boolean : Kind::number, scalar.dump()};
}

void copy_facts(const Json& envelope, errors::Failure& failure) {
    failure.message = envelope["message"];
    for (const auto& [name, scalar] : envelope["metadata"].items()) {
        failure.metadata.emplace_back(name, metadata_value(scalar));
    }
    for (const Json& detail : envelope["details"]) {
        failure.details.push_back(
            {text_of(detail, "field"), text_of(detail, "code"), text_of(detail, "message")});
    }
    if (envelope.contains("retry_after_ms")) {
        failure.retry_after = std::chrono::milliseconds(envelope["retry_after_ms"]);
    }
    const Json& provider = envelope["provider"];
    failure.provider.code = text_of(provider, "code");
    failure.provider.type = text_of(provider, "type");
    failure.provider.request_id = text_of(provider, "request_id");
    const Json network = provider.value("network", Json::object());
    failure.provider.decline_code = text_of(network, "decline_code");
    failure.provider.advice_code = text_of(network, "advice_code");
}

void take_words(const SpokenEnvelope::Words& words, int status, errors::Failure& failure) {
    const errors::CodeInfo& info = errors::info(words.code);
    failure.code = words.code;
    failure.status = info.status;
    failure.origin = errors::Origin::upstream;
    failure.outcome = words.outcome;
    failure.transient = words.retryable;
    failure.auto_retry = words.retryable && info.auto_retry;
    failure.hinted = false;  // the other gateway obeyed the provider's hint, or had a reason not to
    failure.mapped = true;
    failure.provider.status = status;
}

}  // namespace

std::optional<SpokenEnvelope> read_spoken_envelope(const ResponseFacts& response,
                                                   std::string_view request_id) {
    if (response.status < 400 || !response.body_complete || !is_declared_json(response.fields)) {
        return std::nullopt;
    }
    const auto envelope = parse_unique(response.body);
    if (!envelope || !has_only(*envelope, kEnvelope)) return std::nullopt;
    const auto code = errors::find_code((*envelope)["code"].get<std::string>());
    const auto outcome = find_outcome((*envelope)["outcome"].get_ref<const std::string&>());
    if (!code || !outcome) return std::nullopt;
    const errors::CodeInfo& info = errors::info(*code);
    if (!is_consistent(*envelope, info, response.status, request_id)) return std::nullopt;

    SpokenEnvelope spoken{{*code, *outcome, (*envelope)["retryable"]}, {}};
    take_words(spoken.words, response.status, spoken.failure);
    spoken.failure.status = response.status;
    copy_facts(*envelope, spoken.failure);
    return spoken;
}

std::optional<SpokenEnvelope::Words> read_annotations(const http::Fields& fields,
                                                      std::string_view request_id) {
    if (only(fields, "x-request-id") != request_id) return std::nullopt;
    const auto code = errors::find_code(only(fields, "errgate-code"));
    const auto outcome = find_outcome(only(fields, "errgate-outcome"));
    const std::string_view retryable = only(fields, "errgate-retryable");
    if (!code || !outcome || (retryable != "true" && retryable != "false")) return std::nullopt;
    return SpokenEnvelope::Words{*code, *outcome, retryable == "true", false};
}

void heed(const SpokenEnvelope::Words& words, int status, Classification& verdict) {
    constexpr int kServerError = 500;
    errors::Failure& failure = verdict.failure;
    const std::string_view own_text = errors::info(words.code).message;
    // The text of another code, or one that a 5xx does not tell.
    const bool is_of_other =
        !verdict.is_error ||
        (failure.code != words.code && failure.message == errors::info(failure.code).message);
    const bool is_server_error = errors::info(words.code).status >= kServerError;
    if (is_of_other || is_server_error) failure.message = own_text;
    if (is_server_error) {
        for (errors::Detail& detail : failure.details)
            detail.message.clear();
    }
    verdict.is_error = true;
    take_words(words, status, failure);
}

}  // namespace errgate::mapping
