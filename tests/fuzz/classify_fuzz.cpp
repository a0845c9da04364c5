// Answers of any bytes to any shipped dialect: one sound envelope, and never the planted card
// number.
#include "base/ascii.hpp"
#include "base/utf8.hpp"
#include "config/dialects.hpp"
#include "errors/envelope.hpp"
#include "mapping/classify.hpp"

#include <nlohmann/json.hpp>

#include <array>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

namespace {

using namespace errgate;

constexpr std::string_view kCard = "4242424242424242";
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

// Every '$' becomes the card number, held apart from digits that would make another number of it
// and from hexadecimal letters that would make a UUID.
std::string planted(std::string_view text) {
    std::string out;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] != '$') {
            out.push_back(text[i]);
            continue;
        }
        if (!out.empty() && base::is_hex(out.back())) out.push_back(' ');
        out.append(kCard);
        if (i + 1 < text.size() && (base::is_hex(text[i + 1]) || text[i + 1] == '$'))
            out.push_back(' ');
    }
    return out;
}

void check(const errors::Failure& failure) {
    errors::EnvelopeContext context;
    context.request_id = kId;
    context.provider_name = "psp";
    context.attempts = 1;
    std::string text;
    errors::write_envelope(text, failure, context);
    require(base::is_valid_utf8(text));
    nlohmann::json envelope = nlohmann::json::parse(text, nullptr, false);
    require(envelope.is_object());
    const auto code = errors::find_code(envelope["code"].get<std::string>());
    require(code && envelope["status"] == errors::info(*code).status);
    const std::string message = envelope["message"];
    require(!message.empty() && message.size() <= errors::kMaxMessageBytes);
    require(envelope["metadata"].size() <= errors::kMaxMetadata);
    require(envelope["details"].size() <= errors::kMaxDetails);
    const std::string id = envelope["provider"].value("request_id", "");
    for (const char c : id)
        require(c > ' ' && c <= '~');
    envelope["provider"].erase("request_id");  // a declared id: exempt
    require(envelope.dump().find(kCard) == std::string::npos);
}

}  // namespace

// Three bytes choose dialect, status and declared type; the rest is the body.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    constexpr std::array<int, 12> kStatuses{200, 201, 400, 401, 402, 403,
                                            404, 409, 422, 429, 500, 503};
    constexpr std::array<std::string_view, 6> kTypes{
        "",           "application/json",
        "text/html",  "application/xml",
        "text/plain", "application/x-www-form-urlencoded"};
    if (size < 3) return 0;
    auto dialect = dialects().begin();
    std::advance(dialect, data[0] % dialects().size());
    const int status = kStatuses[data[1] % kStatuses.size()];
    const std::string body = planted({reinterpret_cast<const char*>(data + 3), size - 3});
    http::Fields fields;
    fields.push_back(
        {boost::beast::http::field::content_type, "Content-Type", kTypes[data[2] % kTypes.size()]});
    const auto result =
        mapping::classify(*dialect->second.dialect, {"POST", "/v1/payments"},
                          {status, fields, body, (data[2] & 0x80U) == 0}, base::WallTime{});
    if (result.is_error) check(result.failure);
    require(status < 400 || result.is_error);
    return 0;
}
