// What the gateway knows and must not tell: credentials of the routes file and of its callers, in
// no log, page, error or core dump.
#include "support/fake_upstream.hpp"
#include "support/gateway.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <sys/resource.h>

namespace errgate::test {
namespace {

using testing::HasSubstr;
using testing::Not;

constexpr const char* kInFile = "s3cr3t-of-the-file";
constexpr const char* kInEnvironment = "s3cr3t-of-the-environment";
constexpr const char* kOfCaller = "s3cr3t-of-the-caller";

class Secrecy : public testing::Test {
  protected:
    // Core dumps allowed as far as they go, so that only the gateway can have forbidden them.
    static void SetUpTestSuite() {
        ::setenv("ERRGATE_TEST_SECRET", kInEnvironment, 1);
        rlimit limit{};
        getrlimit(RLIMIT_CORE, &limit);
        limit.rlim_cur = limit.rlim_max;
        setrlimit(RLIMIT_CORE, &limit);
    }

    static std::string route() {
        return std::string(
                   "retry: {attempts: 1}\nheaders: {request: {set: {Authorization: Bearer ") +
               kInFile + ", X-Api-Key: \"${ERRGATE_TEST_SECRET}\"}}}";
    }
    static void expect_none_in(const std::string& text, const std::string& where) {
        for (const char* secret : {kInFile, kInEnvironment, kOfCaller})
            EXPECT_THAT(text, Not(HasSubstr(secret))) << where;
    }

    FakeUpstream upstream_;
    Gateway gateway_{single(upstream_.port(), "kira", route())};
};

TEST_F(Secrecy, NothingTellsACredential) {
    // A provider that repeats in its error what it was sent, as some do.
    const std::string target = "/pay?access_token=" + std::string(kOfCaller);
    upstream_.expect("POST", target)
        .reply(401, {{"Content-Type", "application/json"}},
               std::string(R"({"code":"unauthorized","message":"Bad token Bearer )") + kInFile +
                   R"(","sent":{"Authorization":"Bearer )" + kOfCaller + R"("}})");
    Client client = gateway_.client();
    const Response response = client.post("/pay?access_token=" + std::string(kOfCaller), "{}",
                                          {{"Authorization", std::string("Bearer ") + kOfCaller},
                                           {"Cookie", std::string("session=") + kOfCaller}});
    EXPECT_EQ(response.status, 401);
    EXPECT_THAT(upstream_.last_request().field("X-Api-Key"), kInEnvironment);
    expect_none_in(response.body, "the envelope");
    expect_none_in(gateway_.log_line(0).dump(), "the access log");
    for (const char* page : {"/config", "/upstreams", "/errors", "/unmapped", "/metrics"}) {
        const Response shown = gateway_.admin("GET", page);
        EXPECT_EQ(shown.status, 200) << page;
        expect_none_in(shown.body, page);
    }
}

TEST_F(Secrecy, AReloadThatFailsDoesNotQuoteThem) {
    RoutesSpec broken = single(upstream_.port(), "kira", route() + "\nnonsense: {}");
    gateway_.rewrite(broken);
    const Response verdict = gateway_.admin("POST", "/reload");
    EXPECT_EQ(verdict.status, 422);
    expect_none_in(verdict.body, "the verdict");
    expect_none_in(gateway_.process().err().text(), "stderr");
}

// One byte, where zero would still let the kernel pipe a dump to a collector (core(5)).
TEST_F(Secrecy, ACrashLeavesNoCoreDump) {
    std::ifstream limits("/proc/" + std::to_string(gateway_.process().pid()) + "/limits");
    std::string found;
    for (std::string line; std::getline(limits, line);)
        if (line.starts_with("Max core file size")) found = line;
    rlimit own{};
    getrlimit(RLIMIT_CORE, &own);
    const std::string expected = own.rlim_max == 0 ? "0" : "1";
    EXPECT_THAT(found, testing::ContainsRegex("size +" + expected + " +" + expected + " +bytes"));
}

}  // namespace
}  // namespace errgate::test
