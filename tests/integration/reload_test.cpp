// A new configuration takes over whole and at once; a bad one changes nothing.
#include "support/envelope.hpp"
#include "support/fake_upstream.hpp"
#include "support/gateway.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <thread>
#include <unistd.h>

namespace errgate::test {
namespace {

using testing::HasSubstr;
namespace fs = std::filesystem;

// The provider's answers carry X-Version with this value.
RoutesSpec version(std::uint16_t port, const std::string& value) {
    return single(port, "license_pos",
                  "headers: {response: {set: {X-Version: \"" + value + "\"}}}");
}

std::string with_second_listener(const RoutesSpec& spec, std::uint16_t port) {
    std::string yaml = to_yaml(spec);
    const std::string first = "{address: \"127.0.0.1:0\"}";
    yaml.insert(yaml.find(first) + first.size(),
                ", {address: \"127.0.0.1:" + std::to_string(port) + "\"}");
    return yaml;
}

std::uint16_t free_port() {
    return Listener().port();
}

class Reloading : public testing::Test {
  protected:
    Reloading() { upstream_.otherwise().reply(200, {}, "ok"); }

    Response reload() { return gateway_.admin("POST", "/reload"); }
    void write(const std::string& text) const {
        std::ofstream(gateway_.config_file(), std::ios::binary) << text;
    }
    std::string served_version() { return client_.get("/").field("X-Version"); }
    bool wait_for_version(const std::string& wanted) {
        const auto deadline = std::chrono::steady_clock::now() + kPatience;
        while (served_version() != wanted) {
            if (std::chrono::steady_clock::now() > deadline) return false;
        }
        return true;
    }

    FakeUpstream upstream_;
    Gateway gateway_{version(upstream_.port(), "one")};
    Client client_ = gateway_.client();
};

// ------------------------------------------------------------ what starts one

TEST_F(Reloading, OnRequestTellsItsVerdict) {
    EXPECT_EQ(served_version(), "one");
    gateway_.rewrite(version(upstream_.port(), "two"));
    const Response verdict = reload();
    EXPECT_EQ(verdict.status, 200) << verdict.body;
    const nlohmann::json body = verdict.json();
    EXPECT_EQ(body["result"], "success");
    EXPECT_EQ(body["changed"], true);
    EXPECT_NE(body["hash"], body["previous_hash"]);
    EXPECT_EQ(served_version(), "two") << "on the connection that was there before";
}

TEST_F(Reloading, OnSighup) {
    gateway_.rewrite(version(upstream_.port(), "two"));
    gateway_.process().signal(SIGHUP);
    EXPECT_TRUE(wait_for_version("two"));
}

TEST_F(Reloading, OnAFileWrittenInPlace) {
    gateway_.rewrite(version(upstream_.port(), "two"));
    EXPECT_TRUE(wait_for_version("two"));
    EXPECT_TRUE(gateway_.process().err().wait_for("errgate: reload (files changed): running "));
}

TEST_F(Reloading, OnAFileRenamedIntoPlace) {
    const std::string beside = gateway_.config_file() + ".new";
    std::ofstream(beside) << to_yaml(version(upstream_.port(), "two"));
    fs::rename(beside, gateway_.config_file());
    EXPECT_TRUE(wait_for_version("two"));
}

// Half of it is there when something else in the folder draws attention to it.
TEST_F(Reloading, OnAFileWrittenSlowlyOnceItIsWhole) {
    const std::string whole = to_yaml(version(upstream_.port(), "two"));
    const std::size_t half = whole.find("routes:") + 9;
    std::ofstream file(gateway_.config_file(), std::ios::binary);
    file << whole.substr(0, half) << std::flush;
    std::ofstream(gateway_.config_file() + ".swp") << "an editor's";
    EXPECT_TRUE(gateway_.process().err().wait_for("errgate: reload (files changed) refused: "));
    EXPECT_EQ(served_version(), "one");
    file << whole.substr(half);
    file.close();
    EXPECT_TRUE(wait_for_version("two"));
    EXPECT_TRUE(gateway_.wait_for_metric("errgate_config_last_reload_success", {}, 1));
}

TEST_F(Reloading, SeveralAtOnceEachGetTheirVerdict) {
    gateway_.rewrite(version(upstream_.port(), "two"));
    std::vector<Client> askers;
    for (int i = 0; i < 8; ++i) {
        askers.emplace_back(gateway_.admin_port());
        askers.back().send(format_request("POST", "/reload", {{"Host", "127.0.0.1"}}));
    }
    int changed = 0;
    for (Client& asker : askers) {
        const Response verdict = asker.read();
        EXPECT_EQ(verdict.status, 200) << verdict.body;
        changed += verdict.json().value("changed", false) ? 1 : 0;
    }
    EXPECT_LE(changed, 1) << "the watch may have been first";
    EXPECT_EQ(served_version(), "two");
    EXPECT_GE(gateway_.metric("errgate_config_reloads_total", {{"result", "success"}}), 8);
    EXPECT_EQ(gateway_.metric("errgate_config_reloads_total", {{"result", "failure"}}), 0);
}

TEST_F(Reloading, NotOnAnotherFileInTheFolder) {
    std::ofstream(gateway_.config_file() + ".bak") << "nothing to do with it";
    gateway_.rewrite(version(upstream_.port(), "two"));
    EXPECT_TRUE(wait_for_version("two"));
    // The first worker serves it a moment before the last one does, which is when it is counted.
    EXPECT_TRUE(gateway_.wait_for_metric("errgate_config_reloads_total", {}, 1));
    EXPECT_EQ(gateway_.metric("errgate_config_reloads_total"), 1);
}

TEST_F(Reloading, OnlyOfTheConfigurationIfMatchNames) {
    gateway_.rewrite(version(upstream_.port(), "two"));
    const auto post = [&](const Fields& fields) {
        return Client(gateway_.admin_port()).request("POST", "/reload", fields);
    };
    const Fields stale = {{"Host", "127.0.0.1"}, {"If-Match", "\"0123\""}};
    const Response refused = post(stale);
    EXPECT_EQ(refused.status, 412);
    const std::string running = refused.json().value("hash", "");
    const Fields fresh = {{"Host", "127.0.0.1"}, {"If-Match", "\"" + running + "\""}};
    EXPECT_EQ(post(fresh).status, 200);
    EXPECT_EQ(served_version(), "two");
}

TEST_F(Reloading, TakesNoOtherMethod) {
    const Response refused = gateway_.admin("DELETE", "/reload");
    EXPECT_EQ(refused.status, 405);
    EXPECT_EQ(refused.field("Allow"), "GET, HEAD, POST");
}

TEST_F(Reloading, RemembersTheLastVerdict) {
    const auto last = [&] { return gateway_.admin("GET", "/reload").json()["last"]; };
    EXPECT_TRUE(last().is_null());
    write("version: 2\n");
    EXPECT_EQ(gateway_.admin("POST", "/reload").status, 422);
    EXPECT_EQ(last()["result"], "failure");
    EXPECT_FALSE(last()["problems"].empty());
    gateway_.rewrite(version(upstream_.port(), "two"));
    EXPECT_EQ(gateway_.admin("POST", "/reload").status, 200);
    EXPECT_EQ(last()["result"], "success");
}

// Kubernetes: the file is a link into `..data`, itself a link that is swapped for another.
TEST(ConfigMap, IsReloadedWhenItsLinkIsSwapped) {
    FakeUpstream upstream;
    upstream.otherwise().reply(200);
    const TempDir dir;
    dir.write("..1/errgate.yaml", to_yaml(version(upstream.port(), "one")));
    dir.write("..2/errgate.yaml", to_yaml(version(upstream.port(), "two")));
    fs::create_directory_symlink("..1", dir.path("..data"));
    fs::create_symlink("..data/errgate.yaml", dir.path("errgate.yaml"));
    Process gateway({errgate_binary(), "run", "--config", dir.path("errgate.yaml")});
    const std::string prefix = "errgate: listening on http://127.0.0.1:";
    const auto line = gateway.err().wait_for(prefix);
    ASSERT_TRUE(line && gateway.err().wait_for("errgate: admin on"));
    Client client(static_cast<std::uint16_t>(std::atoi(line->c_str() + prefix.size())));
    ASSERT_EQ(client.get("/").field("X-Version"), "one");

    fs::create_directory_symlink("..2", dir.path("..data_tmp"));
    fs::rename(dir.path("..data_tmp"), dir.path("..data"));
    fs::remove_all(dir.path("..1"));
    ASSERT_TRUE(gateway.err().wait_for("errgate: reload (files changed): running "))
        << gateway.err().text();
    EXPECT_EQ(client.get("/").field("X-Version"), "two");
    gateway.signal(SIGTERM);
    EXPECT_EQ(gateway.wait(), 0);
}

// ------------------------------------------------------------ what goes on

TEST_F(Reloading, LetsAnExchangeEndOnItsOwnConfiguration) {
    Gate answer;
    upstream_.expect("POST", "/charge").wait(answer).reply(201, {}, "charged");
    client_.send(format_request("POST", "/charge", {}, "{}"));
    ASSERT_TRUE(upstream_.wait_for_requests(1));
    gateway_.rewrite(version(upstream_.port(), "two"));
    EXPECT_EQ(reload().status, 200);
    EXPECT_EQ(gateway_.client().get("/").field("X-Version"), "two");
    EXPECT_TRUE(gateway_.wait_for_metric("errgate_in_flight_requests", {}, 1));
    answer.open();
    const Response response = client_.read();
    EXPECT_EQ(response.body, "charged");
    EXPECT_EQ(response.field("X-Version"), "one");
    EXPECT_TRUE(gateway_.wait_for_metric("errgate_in_flight_requests", {}, 0));
}

TEST_F(Reloading, KeepsConnectionsAndCounts) {
    served_version();
    gateway_.rewrite(version(upstream_.port(), "two"));
    EXPECT_EQ(reload().status, 200);
    served_version();
    EXPECT_EQ(upstream_.connection_count(), 1u);
    EXPECT_TRUE(gateway_.wait_for_metric("errgate_requests_total", {{"route", "psp"}}, 2));
}

TEST_F(Reloading, LeavesThePeerThatWentAway) {
    served_version();
    FakeUpstream other;
    other.otherwise().reply(200, {}, "the other");
    gateway_.rewrite(version(other.port(), "two"));
    EXPECT_EQ(reload().status, 200);
    EXPECT_EQ(client_.get("/").body, "the other");
    EXPECT_TRUE(upstream_.wait_for_closed(0));
    EXPECT_TRUE(gateway_.wait_for_metric("errgate_upstream_connections", {{"state", "idle"}}, 1));
}

TEST_F(Reloading, KeepsTheBreakerOfAChangedUpstream) {
    const std::uint16_t nobody = free_port();
    RoutesSpec spec = single(nobody, "license_pos", "retry: {attempts: 1}");
    spec.upstreams[0].more = "circuit_breaker: {consecutive_failures: 2}";
    gateway_.rewrite(spec);
    ASSERT_EQ(reload().status, 200);
    for (int i = 0; i < 2; ++i)
        EXPECT_EQ(client_.get("/").field("Errgate-Code"), "upstream_unreachable");
    spec.upstreams[0].more = "circuit_breaker: {consecutive_failures: 3}\nmax_in_flight: 7";
    gateway_.rewrite(spec);
    ASSERT_EQ(reload().status, 200);
    EXPECT_EQ(client_.get("/").field("Errgate-Code"), "circuit_open");
    EXPECT_EQ(gateway_.metric("errgate_circuit_breaker_transitions_total", {{"to", "open"}}), 1);
}

TEST_F(Reloading, OpensAndClosesListeners) {
    const RoutesSpec spec = version(upstream_.port(), "two");
    const std::uint16_t port = free_port();
    write(with_second_listener(spec, port));
    ASSERT_EQ(reload().status, 200);
    EXPECT_EQ(Client(port).get("/").field("X-Version"), "two");
    gateway_.rewrite(spec);
    ASSERT_EQ(reload().status, 200);
    EXPECT_FALSE(Socket::connect_to(port).open());
    EXPECT_EQ(served_version(), "two");
}

TEST_F(Reloading, MovesTheAdminListener) {
    const std::uint16_t port = free_port();
    std::string yaml = to_yaml(version(upstream_.port(), "two"));
    const std::string before = "admin: {address: \"127.0.0.1:0\"}";
    yaml.replace(yaml.find(before), before.size(),
                 "admin: {address: \"127.0.0.1:" + std::to_string(port) + "\"}");
    write(yaml);
    EXPECT_EQ(reload().status, 200) << "by the old one, which asked for it";
    EXPECT_EQ(Client(port).get("/livez", {{"Host", "127.0.0.1"}}).status, 200);
    EXPECT_FALSE(Socket::connect_to(gateway_.admin_port()).open());
}

TEST_F(Reloading, MovesTheAccessLog) {
    const TempDir dir;
    RoutesSpec spec = version(upstream_.port(), "two");
    spec.more = "access_log: {path: \"" + dir.path("access.log") + "\"}";
    gateway_.rewrite(spec);
    ASSERT_EQ(reload().status, 200);
    served_version();
    EXPECT_EQ(gateway_.stop(), 0);
    std::ifstream log(dir.path("access.log"));
    std::string line;
    EXPECT_TRUE(std::getline(log, line));
    EXPECT_THAT(line, HasSubstr("\"request_id\""));
}

// ------------------------------------------------------------ what is refused

class Refused : public Reloading {
  protected:
    void expect_refused(int status, const std::string& reason) {
        const Response verdict = reload();
        EXPECT_EQ(verdict.status, status) << verdict.body;
        EXPECT_EQ(verdict.json().value("result", ""), "failure");
        EXPECT_THAT(verdict.body, HasSubstr(reason));
        EXPECT_EQ(served_version(), "one");
        EXPECT_GE(gateway_.metric("errgate_config_reloads_total", {{"result", "failure"}}), 1);
        EXPECT_EQ(gateway_.metric("errgate_config_last_reload_success"), 0);
        EXPECT_TRUE(gateway_.process().err().wait_for("errgate: reload (POST /reload) refused: "));
        EXPECT_THAT(gateway_.process().err().text(), HasSubstr(reason));
    }
};

TEST_F(Refused, Garbage) {
    write("\x01\x02 version: [ }");
    expect_refused(422, "errgate.yaml");
}

TEST_F(Refused, AnEmptyFile) {
    write("");
    expect_refused(422, "errgate.yaml");
}

TEST_F(Refused, AHalfWrittenFile) {
    const std::string whole = to_yaml(version(upstream_.port(), "two"));
    write(whole.substr(0, whole.find("routes:") + 9));
    expect_refused(422, "routes");
}

TEST_F(Refused, FiftyMegabytes) {
    write(to_yaml(version(upstream_.port(), "two")) + std::string(50 * 1024 * 1024, '#'));
    expect_refused(422, "is larger than 8 MiB");
}

TEST_F(Refused, AFileThatWentAway) {
    fs::remove(gateway_.config_file());
    expect_refused(422, "cannot be read");
}

TEST_F(Refused, AFileThatCannotBeRead) {
    fs::remove(gateway_.config_file());
    fs::create_directory(gateway_.config_file());
    expect_refused(422, "is a directory");
}

// Root may read everything, so this one runs without that privilege.
TEST(RefusedAsAUser, AFileItMayNotRead) {
    const TempDir dir;
    const std::string file = dir.write("errgate.yaml", to_yaml(single(80)));
    std::vector<std::string> command{errgate_binary(), "run", "--config", file};
    if (::geteuid() == 0)
        command.insert(command.begin(),
                       {"/usr/bin/setpriv", "--bounding-set=-dac_override,-dac_read_search"});
    Process gateway(command);
    ASSERT_TRUE(gateway.err().wait_for("errgate: admin on")) << gateway.err().text();
    fs::permissions(file, fs::perms::none);
    EXPECT_TRUE(gateway.err().wait_for("errgate: reload (files changed): " + file +
                                       ": cannot be read: Permission denied"))
        << gateway.err().text();
    EXPECT_TRUE(gateway.err().wait_for("errgate: reload (files changed) refused: "));
    gateway.signal(SIGTERM);
    EXPECT_EQ(gateway.wait(), 0);
}

TEST_F(Refused, APipeThatNobodyWrites) {
    fs::remove(gateway_.config_file());
    ASSERT_EQ(run_program({"/usr/bin/mkfifo", gateway_.config_file()}).code, 0);
    expect_refused(422, "is no regular file");
}

TEST_F(Refused, AnAddressInUse) {
    const Listener taken;
    write(with_second_listener(version(upstream_.port(), "two"), taken.port()));
    expect_refused(409, "cannot listen on 127.0.0.1:" + std::to_string(taken.port()));
}

TEST_F(Refused, AnotherNumberOfThreads) {
    std::string yaml = to_yaml(version(upstream_.port(), "two"));
    yaml.replace(yaml.find("threads: 2"), 10, "threads: 3");
    write(yaml);
    expect_refused(409, "threads cannot change");
}

TEST_F(Refused, AnAccessLogThatCannotBeOpened) {
    RoutesSpec spec = version(upstream_.port(), "two");
    spec.more = "access_log: {path: /nonexistent/access.log}";
    gateway_.rewrite(spec);
    expect_refused(409, "/nonexistent/access.log");
}

TEST_F(Refused, NamesThePlaceOfEveryProblem) {
    RoutesSpec spec = version(upstream_.port(), "two");
    spec.more = "colour: blue\nlimits: {headers: many}";
    gateway_.rewrite(spec);
    const nlohmann::json verdict = reload().json();
    ASSERT_EQ(verdict["problems"].size(), 2u) << verdict.dump();
    EXPECT_EQ(verdict["problems"][0]["file"], gateway_.config_file());
    EXPECT_EQ(verdict["problems"][0]["line"], 5);
    EXPECT_EQ(verdict["problems"][1]["path"], "limits.headers");
}

TEST_F(Refused, IsForgottenAfterAGoodOne) {
    write("");
    EXPECT_EQ(reload().status, 422);
    gateway_.rewrite(version(upstream_.port(), "two"));
    EXPECT_EQ(reload().status, 200);
    EXPECT_EQ(gateway_.metric("errgate_config_last_reload_success"), 1);
}

// ------------------------------------------------------------ under load

// Requests without a pause until told to stop; every one must succeed.
void keep_asking(const Gateway& gateway, const std::atomic<bool>& stop, std::atomic<int>& answers) {
    Client client = gateway.client();
    while (!stop) {
        const Response response = client.get("/");
        ASSERT_EQ(response.status, 200) << response.error << response.body;
        ++answers;
    }
}

constexpr int kReloads = 100;

TEST_F(Reloading, UnderLoadFailsNoRequestAndKeepsNoMemory) {
    std::atomic<bool> stop{false};
    std::atomic<int> answers{0};
    std::vector<std::thread> clients;
    for (int i = 0; i < 4; ++i)
        clients.emplace_back([&] { keep_asking(gateway_, stop, answers); });
    double memory = 0;
    for (int i = 0; i < kReloads; ++i) {
        const int before = answers;
        if (i % 2 == 0) {
            gateway_.rewrite(version(upstream_.port(), std::to_string(i)));
        } else {
            write("routes: [");
        }
        EXPECT_EQ(reload().status, i % 2 == 0 ? 200 : 422) << i;
        if (i == kReloads / 2) memory = gateway_.metric("process_resident_memory_bytes");
        while (answers == before && !HasFatalFailure())
            std::this_thread::yield();
    }
    const double grown = gateway_.metric("process_resident_memory_bytes") - memory;
    stop = true;
    for (std::thread& client : clients)
        client.join();
    EXPECT_LT(grown, 8.0 * 1024 * 1024);
    EXPECT_TRUE(gateway_.wait_for_metric("errgate_requests_total", {}, answers));
    EXPECT_EQ(gateway_.metric("errgate_errors_total"), 0);
}

}  // namespace
}  // namespace errgate::test
