#include "run_cli.hpp"
#include "temp_file.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace errgate::cli {
namespace {

using testing::HasSubstr;
using testing::StartsWith;

constexpr std::string_view kMapping = R"(version: 1
dialects:
  acme:
    formats:
      - {id: main, when: {exists: /err}, code: /err/code, message: /err/text}
    rules:
      - {match: {code: 'E1'}, to: insufficient_funds}
      - {match: {code: 'E2'}, to: resource_locked}
)";

constexpr std::string_view kLocked = R"({"err":{"code":"E2","text":"Locked"}})";

// The envelope on top of what `explain` prints.
nlohmann::json envelope_of(const std::string& out) {
    return nlohmann::json::parse(out.substr(0, out.find("\n\n")));
}

class Explain : public testing::Test {
  protected:
    Ran explain(std::vector<std::string> arguments, const std::string& input = {}) const {
        arguments.insert(arguments.begin(), {"explain", "--mapping", mapping_});
        return run_cli(arguments, input);
    }
    TempDir dir_;
    std::string mapping_ = dir_.write("acme.yaml", kMapping);
};

TEST_F(Explain, PrintsTheEnvelopeFirst) {
    const Ran run = explain({"--dialect", "acme", "--status", "423", std::string(kLocked)});
    ASSERT_EQ(run.exit_code, kFine) << run.err;
    const auto envelope = envelope_of(run.out);
    EXPECT_EQ(envelope["code"], "resource_locked");
    EXPECT_EQ(envelope["message"], "Locked");
    EXPECT_EQ(envelope["provider"]["name"], "acme");
    EXPECT_EQ(envelope["provider"]["status"], 423);
    EXPECT_EQ(envelope["attempts"], 1);
}

TEST_F(Explain, NamesFormatAndRuleAndWhatWasNotTaken) {
    const Ran run = explain({"--dialect", "acme", "--status", "423", std::string(kLocked)});
    EXPECT_THAT(run.out, HasSubstr("\nformat: main\n"));
    EXPECT_THAT(run.out, HasSubstr("\nrule:   rules[1]"));
    EXPECT_THAT(run.out, HasSubstr("\nnot taken:\n"));
}

TEST_F(Explain, AnswersByStatusWhenNoRuleMatches) {
    const Ran run = explain({"--dialect", "acme", "--status", "404", ""});
    EXPECT_EQ(envelope_of(run.out)["code"], "not_found");
    EXPECT_THAT(run.out, HasSubstr("\nrule:   none matched, by status\n"));
}

TEST_F(Explain, ASuccessIsNoError) {
    const Ran run = explain({"--dialect", "acme", "--status", "200", "{}"});
    EXPECT_EQ(run.exit_code, kFine);
    EXPECT_THAT(run.out, StartsWith("no error: the answer passes through untouched\n"));
}

TEST_F(Explain, ReadsTheBodyFromStdin) {
    const Ran run = explain({"--dialect", "acme", "-s", "402", "-"}, R"({"err":{"code":"E1"}})");
    EXPECT_EQ(envelope_of(run.out)["code"], "insufficient_funds");
}

TEST_F(Explain, ReadsFieldsOfTheAnswer) {
    const Ran run = explain(
        {"--dialect", "acme", "-s", "429", "-H", "Retry-After: 3", "-H", "X-Request-Id:up-1"});
    const auto envelope = envelope_of(run.out);
    EXPECT_EQ(envelope["retry_after_ms"], 3000);
    EXPECT_EQ(envelope["provider"]["request_id"], "up-1");
}

struct Retryable {
    std::string_view name;
    std::vector<std::string> arguments;
    bool retryable;
};

TEST_F(Explain, RetryableDependsOnTheRequest) {
    const Retryable kCases[] = {
        {"POST", {}, false},
        {"GET", {"-X", "GET"}, true},
        {"PUT", {"--method", "PUT"}, true},
        {"POST with a key", {"--replay-safe"}, true},
    };
    for (const Retryable& one : kCases) {
        std::vector<std::string> arguments{"--dialect", "acme", "--status", "500"};
        arguments.insert(arguments.end(), one.arguments.begin(), one.arguments.end());
        EXPECT_EQ(envelope_of(explain(arguments).out)["retryable"], one.retryable) << one.name;
    }
}

TEST_F(Explain, MappingFilesBringNoOtherDialects) {
    const Ran run = explain({"--dialect", "kira", "--status", "500"});
    EXPECT_EQ(run.exit_code, kInvalidConfiguration);
    EXPECT_EQ(run.err, "errgate: there is no dialect \"kira\"; there are: acme\n");
}

TEST_F(Explain, SaysWhereAMappingFileIsWrong) {
    const std::string bad = dir_.write("bad.yaml",
                                       "version: 1\n"
                                       "dialects:\n"
                                       "  bad:\n"
                                       "    formats: [{id: a, message: /m}]\n"
                                       "    rules: [{match: {code: 'X'}, to: no_such_code}]\n");
    const Ran run = run_cli({"explain", "--mapping", bad, "--dialect", "bad"});
    EXPECT_EQ(run.exit_code, kInvalidConfiguration);
    EXPECT_EQ(run.out, "");
    EXPECT_THAT(run.err, StartsWith(bad + ":5:"));
}

TEST_F(Explain, SaysWhichFileCannotBeRead) {
    const Ran run = run_cli({"explain", "--mapping", "/nowhere/x.yaml", "--dialect", "x"});
    EXPECT_EQ(run.exit_code, kInvalidConfiguration);
    EXPECT_THAT(run.err, HasSubstr("/nowhere/x.yaml"));
}

TEST(ExplainShipped, KnowsTheFiveProviders) {
    for (const std::string dialect :
         {"kiotapay", "kineticpay", "license_pos", "six_digit", "kira"}) {
        const Ran run = run_cli({"explain", "--dialect", dialect, "--status", "503"});
        ASSERT_EQ(run.exit_code, kFine) << run.err;
        EXPECT_EQ(envelope_of(run.out)["code"], "service_unavailable") << dialect;
    }
}

TEST(ExplainRoutesFile, TakesItsOwnDialectsAndTheShipped) {
    const TempDir dir;
    dir.write("dialects/acme.yaml", kMapping);
    const std::string routes =
        dir.write("errgate.yaml",
                  "version: 1\n"
                  "listen: [{address: 127.0.0.1:8080}]\n"
                  "dialects: [dialects/*.yaml]\n"
                  "upstreams:\n"
                  "  acme: {url: http://127.0.0.1:9, dialect: acme}\n"
                  "routes:\n"
                  "  - {name: acme, match: {path_prefix: /}, upstream: acme}\n");
    for (const std::string dialect : {"acme", "kira"}) {
        const Ran run = run_cli({"explain", "--config", routes, "--dialect", dialect});
        EXPECT_EQ(run.exit_code, kFine) << run.err;
    }
}

}  // namespace
}  // namespace errgate::cli
