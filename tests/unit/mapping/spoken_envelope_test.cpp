// An answer that is our own envelope is recognized, and nothing that only resembles one is.
#include "mapping/spoken_envelope.hpp"

#include "answers.hpp"
#include "errors/envelope.hpp"

#include <nlohmann/json.hpp>

#include <functional>
#include <vector>

namespace errgate::mapping {
namespace {

using errors::Code;
using errors::Outcome;
using nlohmann::json;

constexpr std::string_view kId = "req_01JD8Z6E3Q8X9V5T2K7M4N6P0R";

errors::Failure locked() {
    errors::Failure failure;
    failure.code = Code::resource_locked;
    failure.status = 423;
    failure.origin = errors::Origin::upstream;
    failure.outcome = Outcome::not_applied;
    failure.transient = true;
    failure.message = "Busy";
    failure.metadata = {{"resource", {errors::MetadataValue::Kind::string, "pi_3Q1"}},
                        {"waiting", {errors::MetadataValue::Kind::number, "3"}}};
    failure.details = {{"/amount", "locked", "In use"}};
    failure.retry_after = std::chrono::milliseconds(1500);
    failure.provider.status = 423;
    failure.provider.code = "RESOURCE_LOCKED";
    failure.provider.request_id = "4111111111111111";
    failure.provider.decline_code = "51";
    return failure;
}

json envelope(errors::EnvelopeFormat format = errors::EnvelopeFormat::json) {
    errors::EnvelopeContext context;
    context.request_id = kId;
    context.provider_name = "kiotapay";
    context.attempts = 2;
    context.format = format;
    std::string out;
    errors::write_envelope(out, locked(), context);
    return json::parse(out);
}

std::optional<SpokenEnvelope> read(const std::string& body, int status = 423,
                                   std::string_view type = "application/json") {
    const http::Fields sent = fields({{"Content-Type", type}});
    return read_spoken_envelope({status, sent, body}, kId);
}

TEST(SpokenEnvelope, IsReadBackWithAllItSays) {
    const auto spoken = read(envelope().dump());
    ASSERT_TRUE(spoken);
    EXPECT_EQ(spoken->words.code, Code::resource_locked);
    EXPECT_EQ(spoken->words.outcome, Outcome::not_applied);
    EXPECT_TRUE(spoken->words.retryable);
    const errors::Failure& failure = spoken->failure;
    EXPECT_EQ(failure.origin, errors::Origin::upstream);
    EXPECT_EQ(failure.message, "Busy");
    EXPECT_EQ(failure.retry_after, std::chrono::milliseconds(1500));
    EXPECT_EQ(failure.provider.code, "RESOURCE_LOCKED");
    EXPECT_EQ(failure.provider.decline_code, "51");
    EXPECT_EQ(failure.provider.request_id, "4111111111111111");
    ASSERT_EQ(failure.metadata.size(), 2u);
    EXPECT_EQ(failure.metadata[1].second.text, "3");
    ASSERT_EQ(failure.details.size(), 1u);
    EXPECT_EQ(failure.details[0].field, "/amount");
    EXPECT_TRUE(failure.mapped);
    EXPECT_TRUE(failure.auto_retry);
}

TEST(SpokenEnvelope, IsReadBackAsAProblemToo) {
    EXPECT_TRUE(read(envelope(errors::EnvelopeFormat::problem_json).dump(), 423,
                     "application/problem+json"));
}

TEST(SpokenEnvelope, MayHaveTheMemberForAProvidersLibrary) {
    json body = envelope();
    body["error"] = {{"type", "api_error"}, {"code", "resource_locked"}, {"message", "Busy"}};
    EXPECT_TRUE(read(body.dump()));
}

TEST(SpokenEnvelope, ThatSaysNoIsNotRepeated) {
    json body = envelope();
    body["retryable"] = false;
    const auto spoken = read(body.dump());
    ASSERT_TRUE(spoken);
    EXPECT_FALSE(spoken->failure.transient);
    EXPECT_FALSE(spoken->failure.auto_retry);
}

TEST(SpokenEnvelope, EveryMemberHasToBeOurs) {
    struct Case {
        std::string name;
        std::function<void(json&)> change;
    };
    const std::vector<Case> cases = {
        {"unknown member", [](json& e) { e["debug"] = "x"; }},
        {"unknown member of the provider", [](json& e) { e["provider"]["raw"] = "x"; }},
        {"unknown member of a detail", [](json& e) { e["details"][0]["value"] = "x"; }},
        {"no request id", [](json& e) { e.erase("request_id"); }},
        {"another request's id", [](json& e) { e["request_id"] = "req_another"; }},
        {"code of no catalogue", [](json& e) { e["code"] = "card_eaten"; }},
        {"code with another category", [](json& e) { e["code"] = "not_supported"; }},
        {"another status", [](json& e) { e["status"] = 402; }},
        {"status as a text", [](json& e) { e["status"] = "423"; }},
        {"no message", [](json& e) { e["message"] = ""; }},
        {"too long a message", [](json& e) { e["message"] = std::string(501, 'x'); }},
        {"outcome of its own", [](json& e) { e["outcome"] = "perhaps"; }},
        {"origin of its own", [](json& e) { e["origin"] = "moon"; }},
        {"retryable as a text", [](json& e) { e["retryable"] = "true"; }},
        {"negative wait", [](json& e) { e["retry_after_ms"] = -1; }},
        {"nested metadata", [](json& e) { e["metadata"]["x"] = json::array(); }},
        {"details that are no list", [](json& e) { e["details"] = json::object(); }},
        {"card number in the message", [](json& e) { e["message"] = "card 4111111111111111"; }},
        {"card number in metadata", [](json& e) { e["metadata"]["x"] = 4111111111111111; }},
        {"card number as a name", [](json& e) { e["metadata"]["4111111111111111"] = "x"; }},
        {"card number in a pointer",
         [](json& e) { e["details"][0]["field"] = "/card~14242424242424242"; }},
        {"card number in parts of a pointer",
         [](json& e) { e["details"][0]["field"] = "/4242~14242/4242~14242"; }},
        {"key in a detail",
         [](json& e) { e["details"][0]["message"] = "sk_live_4eC39HqLyjWDarj"; }},
        {"key for the provider's id",
         [](json& e) { e["provider"]["request_id"] = "sk_live_4eC39HqLyjWDarj"; }},
        {"line end in the provider's id", [](json& e) { e["provider"]["request_id"] = "a\nb"; }},
        {"error of another code",
         [](json& e) {
             e["error"] = {{"type", "api_error"}, {"code", "timeout"}, {"message", "Busy"}};
         }},
        {"error with more in it",
         [](json& e) {
             e["error"] = {{"type", "api_error"},
                           {"code", "resource_locked"},
                           {"message", "Busy"},
                           {"param", "x"}};
         }},
        {"another problem type", [](json& e) { e["type"] = "urn:errgate:error:timeout"; }},
    };
    for (const Case& c : cases) {
        json body = envelope();
        c.change(body);
        EXPECT_FALSE(read(body.dump())) << c.name;
    }
}

TEST(SpokenEnvelope, NeedsABodyOfTheRightKind) {
    const std::string body = envelope().dump();
    ASSERT_TRUE(read(body));
    EXPECT_FALSE(read(body, 200)) << "a success";
    EXPECT_FALSE(read(body, 423, "text/html")) << "declared as a page";
    EXPECT_FALSE(read(body.substr(0, body.size() - 1))) << "cut";
    EXPECT_FALSE(read("[" + body + "]")) << "in a list";
    EXPECT_FALSE(read("")) << "empty";
    EXPECT_FALSE(read(R"({"message":"4111111111111111",)" + body.substr(1))) << "a name twice";
    const http::Fields coded =
        fields({{"Content-Type", "application/json"}, {"Content-Encoding", "gzip"}});
    EXPECT_FALSE(read_spoken_envelope({423, coded, body}, kId)) << "content-coded";
    const http::Fields plain = fields({{"Content-Type", "application/json"}});
    EXPECT_FALSE(read_spoken_envelope({423, plain, body, false}, kId)) << "incomplete";
}

}  // namespace
}  // namespace errgate::mapping
