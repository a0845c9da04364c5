// What each admin path answers, without a socket.
#include "admin/endpoints.hpp"

#include "errors/codes.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <string>

namespace errgate::admin {
namespace {

struct EndpointsTest : testing::Test {
    Answer get(std::string_view target, std::string_view accept = "") {
        return answer({.method = "GET", .target = target, .accept = accept}, endpoints);
    }

    std::string unready;
    Endpoints endpoints{.metrics =
                            [](telemetry::ExpositionFormat format) {
                                return format == telemetry::ExpositionFormat::openmetrics ? "open"
                                                                                          : "text";
                            },
                        .unready = [this] { return unready; }};
};

TEST_F(EndpointsTest, MetricsAreText) {
    const Answer answer = get("/metrics");
    EXPECT_EQ(answer.status, 200U);
    EXPECT_EQ(answer.content_type, "text/plain; version=0.0.4; charset=utf-8");
    EXPECT_EQ(answer.body, "text");
}

TEST_F(EndpointsTest, MetricsAreOpenMetricsWhenAsked) {
    const Answer answer = get("/metrics", "application/openmetrics-text; version=1.0.0");
    EXPECT_EQ(answer.content_type, "application/openmetrics-text; version=1.0.0; charset=utf-8");
    EXPECT_EQ(answer.body, "open");
}

TEST_F(EndpointsTest, LiveEvenWhenNotReady) {
    unready = "draining";
    EXPECT_EQ(get("/livez").status, 200U);
}

TEST_F(EndpointsTest, Ready) {
    const Answer answer = get("/readyz");
    EXPECT_EQ(answer.status, 200U);
    EXPECT_EQ(answer.body, "{\"status\":\"ready\"}\n");
}

TEST_F(EndpointsTest, NotReadySaysWhy) {
    unready = "draining";
    const Answer answer = get("/readyz");
    EXPECT_EQ(answer.status, 503U);
    EXPECT_EQ(answer.content_type, "application/json");
    EXPECT_EQ(answer.body, "{\"status\":\"not_ready\",\"reason\":\"draining\"}\n");
}

TEST_F(EndpointsTest, CodesAreTheWholeCatalogue) {
    const auto page = nlohmann::json::parse(get("/codes").body);
    ASSERT_EQ(page["codes"].size(), errors::all_codes().size());
    const errors::CodeInfo& declined = errors::info(errors::Code::payment_declined);
    const auto& shown = page["codes"][static_cast<std::size_t>(declined.code)];
    EXPECT_EQ(shown["code"], "payment_declined");
    EXPECT_EQ(shown["status"], declined.status);
    EXPECT_EQ(shown["category"], "payment");
    EXPECT_EQ(shown["outcome"], "not_applied");
    EXPECT_EQ(shown["message"], std::string(declined.message));
}

TEST_F(EndpointsTest, IgnoreAQuery) {
    EXPECT_EQ(get("/livez?verbose=1").status, 200U);
}

TEST_F(EndpointsTest, OtherPathsAreNotFound) {
    for (const char* target :
         {"/page", "/metric", "/metrics/", "/livez/x", "*", "", "http://a/livez"}) {
        const Answer answer = get(target);
        EXPECT_EQ(answer.status, 404U) << target;
        EXPECT_EQ(answer.body, "{\"error\":\"no such endpoint\"}\n") << target;
    }
}

TEST_F(EndpointsTest, OtherMethodsAreNotAllowed) {
    for (const char* method : {"POST", "DELETE", "get", "OPTIONS", "BREW"}) {
        const Answer refused =
            answer({.method = method, .target = "/metrics", .accept = ""}, endpoints);
        EXPECT_EQ(refused.status, 405U) << method;
        EXPECT_EQ(refused.allow, "GET, HEAD") << method;
    }
}

}  // namespace
}  // namespace errgate::admin
