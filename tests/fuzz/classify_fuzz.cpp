// Answers of any bytes to any shipped dialect: one sound envelope that holds what is mapped and
// nothing else, and never the planted card number or key.
#include "base/utf8.hpp"
#include "cli/openapi.hpp"
#include "config/dialects.hpp"
#include "errors/envelope.hpp"
#include "mapping/body.hpp"
#include "mapping/classify.hpp"
#include "planting.hpp"
#include "schema.hpp"

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
using Json = nlohmann::ordered_json;

constexpr std::string_view kId = "req_00000000000000000000000000";

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

// `errgate codes --format openapi`: what clients are told of the envelope's form.
void check_published_form(const Json& envelope) {
    static const Json kDocument = cli::openapi_document();
    require(fuzz::fits(envelope, kDocument["components"]["schemas"]["Error"], kDocument));
}

// What the provider has no say in comes from closed sets, so nothing of its body is there.
void check_own_members(const Json& envelope, int status) {
    const auto code = errors::find_code(envelope["code"].get<std::string>());
    require(code && envelope["status"] == errors::info(*code).status);
    require(envelope["category"] == errors::to_string(errors::info(*code).category));
    require(envelope["request_id"] == kId && envelope["attempts"] == 1);
    require(envelope["origin"] == "upstream" && !envelope.contains("error"));
    require(envelope["provider"]["name"] == "psp" && envelope["provider"]["status"] == status);
}

bool within(const Json& text, std::size_t most) {
    return !text.is_string() || text.get_ref<const std::string&>().size() <= most;
}

// The bounds of the contract that the schema does not tell.
void check_bounds(const Json& envelope) {
    require(within(envelope["message"], errors::kMaxMessageBytes));
    for (const auto& [name, value] : envelope["metadata"].items())
        require(name.size() <= 128 && within(value, 500));
    for (const Json& detail : envelope["details"]) {
        require(within(detail["field"], 256));
        require(std::ranges::all_of(detail, [](const Json& text) { return within(text, 500); }));
    }
    const Json& provider = envelope["provider"];
    require(std::ranges::all_of(provider, [](const Json& word) { return within(word, 128); }));
    for (const Json& word : provider.value("network", Json::object()))
        require(within(word, 128));
    const std::string id = provider.value("request_id", "");
    require(std::ranges::all_of(id, [](char c) { return c > ' ' && c <= '~'; }));
}

// A line end or another control character, in what may end in a header field or a log.
bool has_control(std::string_view text) {
    return std::ranges::any_of(text, [](char c) { return static_cast<unsigned char>(c) < 0x20; });
}

void check_text(std::string_view text, bool is_id) {
    require(!has_control(text) && !fuzz::shows_key(text) && !fuzz::shows_unmapped(text));
    require(is_id || !fuzz::shows_card(text));  // a declared id may look like a card number
}

void check_texts(const Json& value, bool is_id = false) {
    if (value.is_string()) return check_text(value.get_ref<const std::string&>(), is_id);
    if (!value.is_structured()) return check_text(value.dump(), is_id);
    const bool provider = value.is_object() && value.contains("name");
    for (const auto& [name, inside] : value.items()) {
        if (value.is_object()) check_text(name, false);
        check_texts(inside, provider && name == "request_id");
    }
}

// What a 5xx must not say: how the provider failed, in its own words.
void check_server_error(const Json& envelope) {
    if (envelope["status"].get<int>() < 500) return;
    for (const Json& detail : envelope["details"])
        require(!detail.contains("message"));
}

void check(const errors::Failure& failure, int status) {
    errors::EnvelopeContext context;
    context.request_id = kId;
    context.provider_name = "psp";
    context.attempts = 1;
    std::string text;
    errors::write_envelope(text, failure, context);
    require(base::is_valid_utf8(text));
    const Json envelope = Json::parse(text, nullptr, false);
    require(!envelope.is_discarded());
    check_published_form(envelope);
    check_own_members(envelope, status);
    check_bounds(envelope);
    check_server_error(envelope);
    for (const auto& [name, value] : envelope.items())
        if (name != "provider") check_texts(value);
    check_texts(envelope["provider"]);
}

struct Said {
    std::string body;
    std::string_view type, coding;

    mapping::BodyKind kind() const { return mapping::decode_body({body, type, coding, true}).kind; }
};

// With the planted word where that does not make a plain text of it: a text is a message as it is.
Said with_unmapped(Said said, bool everywhere) {
    Said more = said;
    more.body = fuzz::with_unmapped(std::move(more.body), everywhere);
    return more.kind() == mapping::BodyKind::text ? said : more;
}

// What a strict parser takes is JSON to us too, whatever is declared. To nlohmann's a NUL ends the
// text, whatever is behind it.
void check_kind(const Said& said) {
    const std::string& body = said.body;
    if (body.find('\0') != std::string::npos) return;
    if (!body.starts_with("{\"") || !base::is_valid_utf8(body) || !Json::accept(body)) return;
    require(said.kind() == mapping::BodyKind::json);
}

}  // namespace

// Three bytes choose dialect, status, declared type and coding; the rest is the body.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    constexpr std::array<int, 16> kStatuses{200, 201, 400, 401, 402, 403, 404, 409,
                                            422, 429, 500, 503, 408, 423, 502, 504};
    constexpr std::array<std::string_view, 6> kTypes{
        "",           "application/json",
        "text/html",  "application/xml",
        "text/plain", "application/x-www-form-urlencoded"};
    constexpr std::array<std::string_view, 4> kCodings{"", "gzip", "deflate, br", "identity"};
    if (size < 3) return 0;
    auto dialect = dialects().begin();
    std::advance(dialect, data[0] % dialects().size());
    const int status = kStatuses[data[1] % kStatuses.size()];
    const bool complete = (data[2] & 0x80U) == 0;
    Said said{{reinterpret_cast<const char*>(data + 3), size - 3},
              kTypes[data[2] % kTypes.size()],
              kCodings[data[2] / kTypes.size() % kCodings.size()]};
    // A decoder may take a plain text for the beginning of a stream, and half a key for its header:
    // what comes out was never planted.
    if (complete || said.coding.empty() || said.coding == "identity")
        said.body = fuzz::planted(said.body, data[1] / kStatuses.size());
    said = with_unmapped(std::move(said), data[1] >= 128);
    http::Fields fields;
    fields.push_back({http::FieldName::content_type, "Content-Type", said.type});
    fields.push_back({http::FieldName::content_encoding, "Content-Encoding", said.coding});
    // To say why each of a thousand rules did not match takes as long as a thousand answers.
    mapping::Trace trace;
    const bool traced = data[2] >= 252;
    const auto result = mapping::classify(*dialect->second.dialect, {"POST", "/v1/payments"},
                                          {status, fields, said.body, complete}, base::WallTime{},
                                          traced ? &trace : nullptr);
    if (result.is_error) check(result.failure, status);
    require(status < 400 || result.is_error);
    check_kind(said);
    return 0;
}
