#include "cli/envelope_check.hpp"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace errgate::cli {
namespace {

constexpr std::string_view kId = "req_01HQ3W4Z8N6T2V5X7Y9ABCDEFG";

nlohmann::json good_envelope() {
    return {{"code", "insufficient_funds"},
            {"message", "No."},
            {"request_id", kId},
            {"metadata", nlohmann::json::object()},
            {"status", 402},
            {"category", "payment"},
            {"retryable", false},
            {"outcome", "not_applied"},
            {"origin", "upstream"},
            {"attempts", 1},
            {"details", nlohmann::json::array()}};
}

sim::ClientResponse response(const std::string& body) {
    return {"",
            402,
            {{"x-request-id", std::string(kId)}, {"errgate-code", "insufficient_funds"}},
            body};
}

std::string judge(const nlohmann::json& envelope) {
    return envelope_problem(response(envelope.dump()), "insufficient_funds");
}

TEST(EnvelopeCheck, AcceptsTheEnvelope) {
    EXPECT_EQ(judge(good_envelope()), "");
}

TEST(EnvelopeCheck, MissesEveryMember) {
    const auto envelope = good_envelope();
    for (const auto& [name, value] : envelope.items()) {
        auto cut = good_envelope();
        cut.erase(name);
        EXPECT_EQ(judge(cut), name + " is missing");
    }
}

struct Wrong {
    std::string_view member;
    nlohmann::json value;
    std::string_view problem;
};

TEST(EnvelopeCheck, SaysWhatIsWrong) {
    const Wrong kWrong[] = {
        {"message", "", "message has the wrong form"},
        {"status", "402", "status has the wrong form"},
        {"status", 400, "status differs from the status line"},
        {"code", "broke", "code is not in the catalogue: broke"},
        {"code", "timeout", "code is timeout, not insufficient_funds"},
        {"request_id", "abc", "request_id is not well formed: abc"},
        {"request_id", "req_another1", "X-Request-Id differs from request_id"},
    };
    for (const Wrong& wrong : kWrong) {
        auto envelope = good_envelope();
        envelope[std::string(wrong.member)] = wrong.value;
        EXPECT_EQ(judge(envelope), wrong.problem);
    }
}

TEST(EnvelopeCheck, ABodyThatIsNoObjectIsNone) {
    EXPECT_EQ(envelope_problem(response("<html>"), "timeout"), "the body is not a JSON object");
}

TEST(EnvelopeCheck, NoAnswerIsNone) {
    sim::ClientResponse none;
    none.error = "read: end of stream";
    EXPECT_EQ(envelope_problem(none, "timeout"), "no answer: read: end of stream");
}

}  // namespace
}  // namespace errgate::cli
