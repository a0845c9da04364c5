// Files to snapshots: every setting arrives, defaults merge, JSON equals YAML, bad files never
// load.
#include "config/load.hpp"

#include "routes_file.hpp"
#include "snapshot_text.hpp"
#include "support/source_path.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <sys/stat.h>
#include <thread>
#include <unistd.h>

namespace errgate::config {
namespace {

using testing::ElementsAre;
using testing::EndsWith;

std::shared_ptr<const Snapshot> loaded(const std::string& text) {
    const LoadResult result = load_text(text, "f", environment({{"TOKEN", "t0p"}}));
    for (const Problem& problem : result.problems)
        ADD_FAILURE() << to_string(problem);
    return result.snapshot != nullptr ? result.snapshot : std::make_shared<Snapshot>();
}

const char* const kEverythingYaml = R"(
version: 1
listen: [{address: "[::1]:8081"}, {address: localhost:0}]
admin: {address: "127.0.0.2:9999"}
threads: 3
limits: {header_bytes: 64KiB, headers: 50, request_buffer: 2MiB, error_body: 1000000, connections: 7, requests_per_connection: 9}
client: {header_timeout: 1s, body_timeout: 2s, keepalive_timeout: 3m}
drain: {grace: 0s, timeout: 1h}
upstreams:
  two: {url: http://Two.example:8080/, dialect: kiotapay, health_check: {path: /up, timeout: 700ms, statuses: [200, 204]}}
  kira:
    url: ["http://a.example/v1/", "http://[::1]:81/v1"]
    dialect: kira
    tls:
    pool: {max_idle: 5, idle_timeout: 6s, max_connections: 7}
    max_in_flight: 8
    retry_budget: {ratio: 0.5, min_per_second: 1.5}
    circuit_breaker: {enabled: false, consecutive_failures: 2, failure_ratio: 1, min_requests: 3, window: 4s, open: 5s, max_open: 6s}
    speaks_envelope: false
defaults:
  timeouts: {connect: 1s, attempt: 2s}
  retry: {attempts: 5, backoff: {base: 1ms}}
  errors: {status: upstream}
routes:
  - name: kira
    match: {path_prefix: /kira/, methods: [GET, POST], host: Pay.Internal, headers: {x-tenant: acme}}
    upstream: kira
    strip_prefix: /kira/
    upgrade: true
    errors: {mode: envelope, format: problem_json}
    timeouts: {attempt: 4s, total: 40s, idle: 5s}
    retry: {backoff: {max: 3s}, replay_safe_methods: [GET], mint_idempotency_key: true}
    headers: {request: {set: {Authorization: "Bearer ${TOKEN}"}, remove: [Cookie]}, response: {set: {A: ""}, remove: [Server]}}
  - {name: rest, upstream: two}
access_log: {path: /var/log/errgate.log, format: json}
)";

// The same, key by key, as JSON writes it.
const char* const kEverythingJson = R"({
"version": 1,
"listen": [{"address": "[::1]:8081"}, {"address": "localhost:0"}],
"admin": {"address": "127.0.0.2:9999"},
"threads": 3,
"limits": {"header_bytes": "64KiB", "headers": 50, "request_buffer": "2MiB", "error_body": 1000000, "connections": 7, "requests_per_connection": 9},
"client": {"header_timeout": "1s", "body_timeout": "2s", "keepalive_timeout": "3m"},
"drain": {"grace": "0s", "timeout": "1h"},
"upstreams": {
	"two": {"url": "http:\/\/Two.example:8080\/", "dialect": "kiotapay", "health_check": {"path": "/up", "timeout": "700ms", "statuses": [200, 204]}},
	"kira": {
		"url": ["http://a.example/v1/", "http://[::1]:81/v1"],
		"dialect": "kira",
		"tls": null,
		"pool": {"max_idle": 5, "idle_timeout": "6s", "max_connections": 7},
		"max_in_flight": 8,
		"retry_budget": {"ratio": 0.5, "min_per_second": 1.5},
		"circuit_breaker": {"enabled": false, "consecutive_failures": 2, "failure_ratio": 1, "min_requests": 3, "window": "4s", "open": "5s", "max_open": "6s"},
		"speaks_envelope": false
	}
},
"defaults": {
	"timeouts": {"connect": "1s", "attempt": "2s"},
	"retry": {"attempts": 5, "backoff": {"base": "1ms"}},
	"errors": {"status": "upstream"}
},
"routes": [
	{"name": "kira",
	 "match": {"path_prefix": "/kira/", "methods": ["GET", "POST"], "host": "Pay.Internal", "headers": {"x-tenant": "acme"}},
	 "upstream": "kira",
	 "strip_prefix": "/kira/",
	 "upgrade": true,
	 "errors": {"mode": "envelope", "format": "problem_json"},
	 "timeouts": {"attempt": "4s", "total": "40s", "idle": "5s"},
	 "retry": {"backoff": {"max": "3s"}, "replay_safe_methods": ["GET"], "mint_idempotency_key": true},
	 "headers": {"request": {"set": {"Authorization": "Bearer ${TOKEN}"}, "remove": ["Cookie"]}, "response": {"set": {"A": ""}, "remove": ["Server"]}}},
	{"name": "rest", "upstream": "two"}
],
"access_log": {"path": "/var/log/errgate.log", "format": "json"}
})";

TEST(Load, EverySettingArrives) {
    EXPECT_EQ(
        text_of(*loaded(kEverythingYaml)),
        "listen ::1 8081\n"
        "listen 127.0.0.1 0\n"
        "admin 127.0.0.2 9999\n"
        "threads 3\n"
        "limits 65536 50 2097152 1000000 7 9\n"
        "client 1000 2000 180000\n"
        "drain 0 3600000\n"
        "access_log /var/log/errgate.log\n"
        "upstream 0 two http two.example:8080 base= host=two.example:8080 dialect=kiotapay\n"
        "  pool 64 30000 1024 in_flight 1024 budget 0.2 3\n"
        "  breaker 1 5 0.5 20 10000 30000 300000 envelope 0\n"
        "  health 1 /up 700 200 204\n"
        "upstream 1 kira http a.example:80 ::1:81 base=/v1 host=a.example dialect=kira\n"
        "  pool 5 6000 7 in_flight 8 budget 0.5 1.5\n"
        "  breaker 0 2 1 3 4000 5000 6000 envelope 0\n"
        "  health 0  2000\n"
        "route 0 kira upstream 1 strip=/kira upgrade 1 errors 0 1 2\n"
        "  timeouts 1000 4000 5000 40000 retry 5 1 3000 GET mint 1\n"
        "  request Authorization=Bearer t0p -Cookie response A= -Server\n"
        "route 1 rest upstream 0 strip= upgrade 0 errors 0 1 0\n"
        "  timeouts 1000 2000 30000 30000 retry 5 1 2000 GET,HEAD,OPTIONS,TRACE,PUT,DELETE mint 0\n"
        "  request response\n");
}

TEST(Load, JsonAndYamlGiveTheSameSnapshot) {
    EXPECT_EQ(text_of(*loaded(kEverythingJson)), text_of(*loaded(kEverythingYaml)));
}

TEST(Load, UnsaidSettingsHaveTheirDefaults) {
    EXPECT_EQ(text_of(*loaded(minimal())),
              "listen 127.0.0.1 8080\n"
              "admin 127.0.0.1 9464\n"
              "threads 0\n"
              "limits 32768 100 1048576 262144 10000 10000\n"
              "client 10000 30000 60000\n"
              "drain 0 30000\n"
              "access_log -\n"
              "upstream 0 kira http api.example:80 base= host=api.example dialect=kira\n"
              "  pool 64 30000 1024 in_flight 1024 budget 0.2 3\n"
              "  breaker 1 5 0.5 20 10000 30000 300000 envelope 0\n"
              "  health 0  2000\n"
              "route 0 kira upstream 0 strip= upgrade 0 errors 0 0 0\n"
              "  timeouts 2000 10000 30000 30000 retry 3 100 2000 "
              "GET,HEAD,OPTIONS,TRACE,PUT,DELETE mint 0\n"
              "  request response\n");
}

TEST(Load, AnUpstreamThatNamesNoDialectHasTheGenericOne) {
    EXPECT_THAT(text_of(*loaded(replaced(minimal(), "    dialect: kira\n", ""))),
                testing::HasSubstr(" dialect=generic\n"));
}

TEST(Load, TheTableFindsTheRoutes) {
    const auto snapshot = loaded(kEverythingYaml);
    const http::Fields tenant{{http::FieldName::unknown, "X-Tenant", "acme"}};
    EXPECT_EQ(snapshot->table.find("pay.internal:8081", "POST", "/kira/x", tenant),
              std::uint16_t{0});
    EXPECT_EQ(snapshot->table.find("pay.internal:8081", "POST", "/kira/x", {}), std::uint16_t{1});
}

TEST(Load, PoolsKeepNoMoreThanTheyMayOpen) {
    EXPECT_EQ(loaded(with_upstream("pool: {max_connections: 10}"))->upstreams[0].pool.max_idle,
              10U);
}

TEST(Load, NoticesSayWhatIsProbablyNotMeant) {
    const std::string text =
        replaced(minimal(), "routes:", "  spare: {url: http://a, dialect: kira}\nroutes:") +
        "    retry: {replay_safe_methods: [GET, POST]}\n";
    EXPECT_THAT(loaded(text)->notices,
                ElementsAre("upstream \"spare\" is used by no route",
                            "route \"kira\" repeats every POST whose outcome is unknown: "
                            "retry.replay_safe_methods names it"));
    EXPECT_THAT(loaded(minimal())->notices, ElementsAre());
}

TEST(Load, TheHashIsThatOfTheBytes) {
    const std::string one = loaded(minimal())->hash;
    EXPECT_EQ(one, loaded(minimal())->hash);
    EXPECT_NE(one, loaded(minimal() + "# a comment\n")->hash);
    EXPECT_EQ(one.size(), 64U);
}

class Folder : public testing::Test {
  protected:
    void SetUp() override { std::filesystem::create_directories(path_ / "maps"); }
    void TearDown() override { std::filesystem::remove_all(path_); }

    std::string write(const std::string& name, const std::string& text) {
        std::ofstream(path_ / name) << text;
        return (path_ / name).string();
    }
    LoadResult load(const std::string& text) {
        return load_file(write("routes.yaml", text), environment());
    }

    std::filesystem::path path_ =
        std::filesystem::temp_directory_path() / ("errgate-load-" + std::to_string(::getpid()));
};

const char* const kOwnKira =
    "version: 1\n"
    "dialects:\n"
    "  NAME:\n"
    "    formats: [{id: only, when: {exists: /code}, code: /code}]\n"
    "    rules: [{match: {code: gone}, to: not_found}]\n";

TEST_F(Folder, MappingFilesAreFoundBesideTheFile) {
    write("maps/b.yaml", replaced(kOwnKira, "NAME", "mine"));
    const auto result = load(replaced(minimal("dialects: [maps/*.yaml, maps/b.yaml]"),
                                      "dialect: kira", "dialect: mine"));
    ASSERT_TRUE(result.snapshot) << to_string(result.problems.at(0));
    EXPECT_EQ(result.snapshot->upstreams[0].dialect->name(), "mine");
    EXPECT_THAT(result.snapshot->files,
                ElementsAre(EndsWith("/routes.yaml"), EndsWith("/maps/b.yaml")));
    EXPECT_THAT(result.snapshot->notices, ElementsAre());
}

TEST_F(Folder, AShippedDialectIsReplacedWithANotice) {
    write("maps/kira.yaml", replaced(kOwnKira, "NAME", "kira"));
    const auto result = load(minimal("dialects: [maps/*.yaml]"));
    ASSERT_TRUE(result.snapshot);
    EXPECT_THAT(result.snapshot->notices,
                ElementsAre("dialect \"kira\" of " + (path_ / "maps/kira.yaml").string() +
                            " replaces the shipped one"));
}

TEST_F(Folder, AMappingFileChangesTheHash) {
    const std::string file = minimal("dialects: [maps/*.yaml]");
    write("maps/a.yaml", replaced(kOwnKira, "NAME", "mine"));
    const auto before = load(file);
    write("maps/a.yaml", replaced(kOwnKira, "NAME", "other"));
    EXPECT_NE(before.snapshot->hash, load(file).snapshot->hash);
}

TEST_F(Folder, ProblemsOfAllFilesComeTogetherTheRoutesFileFirst) {
    write("maps/bad.yaml", "version: 1\ndialects: [\n");
    std::vector<std::string> files;
    for (const Problem& problem : load(minimal("dialects: [maps/*.yaml]\nthreads: x")).problems) {
        files.push_back(std::filesystem::path(problem.file).filename());
    }
    EXPECT_THAT(files, ElementsAre("routes.yaml", "bad.yaml"));
}

TEST_F(Folder, WhatCannotBeReadIsOneProblem) {
    const auto said = [](const std::string& path) {
        const LoadResult result = load_file(path, environment());
        EXPECT_FALSE(result.snapshot);
        return result.problems.empty() ? "" : to_string(result.problems.at(0));
    };
    EXPECT_EQ(said(path_.string()), path_.string() + ": is a directory, not a file");
    EXPECT_EQ(said((path_ / "no").string()),
              (path_ / "no").string() + ": cannot be read: No such file or directory");
    const std::string large = write("large", std::string(8 * 1024 * 1024 + 1, '\n'));
    EXPECT_EQ(said(large), large + ": is larger than 8 MiB");
}

// `errgate check <(generate)` is fine. A reload must not wait for a writer that never comes.
TEST_F(Folder, APipeIsReadOnlyWhereItMayBe) {
    const auto said = [](const LoadResult& result) {
        return result.problems.empty() ? "" : to_string(result.problems.at(0));
    };
    const std::string pipe = (path_ / "pipe.yaml").string();
    ASSERT_EQ(::mkfifo(pipe.c_str(), 0600), 0);
    EXPECT_EQ(said(load_file(pipe, environment(), Pipes::refused)), pipe + ": is no regular file");
    EXPECT_EQ(said(load(minimal("dialects: [pipe.yaml]"))), pipe + ": is no regular file");
    std::thread writer([&] { std::ofstream(pipe) << minimal(""); });
    EXPECT_EQ(said(load_file(pipe, environment())), "");
    writer.join();
}

TEST(Load, TheExampleOfTheRepositoryLoads) {
    const auto result = load_file(test::source_path("config/errgate.yaml"), environment());
    std::vector<std::string> said;
    for (const Problem& problem : result.problems)
        said.push_back(to_string(problem));
    ASSERT_THAT(said, ElementsAre());
    EXPECT_EQ(result.snapshot->upstreams.size(), 5U);
    EXPECT_THAT(result.snapshot->notices, ElementsAre());
}

}  // namespace
}  // namespace errgate::config
