// `errgate reload` says what became of the reload, whatever state the routes file is in.
#include "support/fake_upstream.hpp"
#include "support/gateway.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>

namespace errgate::test {
namespace {

using testing::HasSubstr;
using testing::StartsWith;

std::string hash_shown(const nlohmann::json& verdict) {
    return verdict["last"]["hash"].get<std::string>().substr(0, 12);
}

class ReloadCommand : public testing::Test {
  protected:
    std::string admin_address() const {
        return "127.0.0.1:" + std::to_string(gateway_.admin_port());
    }
    RunResult reload(std::vector<std::string> options) const {
        options.insert(options.begin(), {errgate_binary(), "reload"});
        return run_program(options);
    }
    RunResult reload() const { return reload({"--admin", admin_address()}); }
    // A file that says where this gateway's admin listener is, and is wrong in everything else.
    std::string contact() const {
        return dir_.write("contact.yaml",
                          "admin: {address: \"" + admin_address() + "\"}\nroutes: ${NOT_SET}\n");
    }
    std::string pid() { return std::to_string(gateway_.process().pid()); }

    FakeUpstream upstream_;
    TempDir dir_;
    RoutesSpec spec_ = single(upstream_.port());
    Gateway gateway_{spec_};
};

TEST_F(ReloadCommand, TellsWhatRunsNow) {
    spec_.more = "limits: {headers: 50}";
    gateway_.rewrite(spec_);
    const RunResult done = reload();
    EXPECT_EQ(done.code, 0) << done.err;
    EXPECT_EQ(done.err, "");
    const std::string running = hash_shown(gateway_.admin("GET", "/reload").json());
    // The watch of the files may have been first.
    EXPECT_THAT(done.out, StartsWith("reloaded: running " + running));
    EXPECT_EQ(reload().out, "reloaded: running " + running + ", unchanged\n");
}

TEST_F(ReloadCommand, TellsEveryProblemWithItsPlace) {
    std::ofstream(gateway_.config_file()) << "version: 1\nruotes: []\n";
    const RunResult refused = reload();
    EXPECT_EQ(refused.code, 1);
    EXPECT_EQ(refused.out, "");
    EXPECT_THAT(refused.err, HasSubstr(gateway_.config_file() + ":2:1: ruotes: unknown key; did"));
    EXPECT_THAT(refused.err, HasSubstr("\nerrgate: reload refused: "));
    EXPECT_THAT(refused.err,
                HasSubstr("problems in the configuration; the running configuration stays\n"));
}

TEST_F(ReloadCommand, TellsWhatThisProcessCannotFollow) {
    std::string yaml = to_yaml(spec_);
    yaml.replace(yaml.find("threads: 2"), 10, "threads: 3");
    std::ofstream(gateway_.config_file()) << yaml;
    const RunResult refused = reload();
    EXPECT_EQ(refused.code, 1);
    EXPECT_THAT(refused.err, StartsWith("errgate: reload refused: threads "));
}

// A routes file with a typo, and variables of the service that a shell does not have: the gateway
// is asked all the same.
TEST_F(ReloadCommand, NeedsTheAdminPartOfTheFileOnly) {
    EXPECT_EQ(reload({"--config", contact()}).code, 0);
}

TEST_F(ReloadCommand, SendsASignalWhenItCannotAskAndSaysSo) {
    const std::string file = dir_.write("any.yaml", "admin: {address: \"127.0.0.1:0\"}\n");
    const RunResult done = reload({"--config", file, "--pid", pid()});
    EXPECT_EQ(done.code, 0);
    EXPECT_EQ(done.err,
              "errgate: admin.address has no fixed port to ask at: sending SIGHUP to process " +
                  pid() + ", whose log will have the verdict\n");
    EXPECT_TRUE(gateway_.process().err().wait_for("errgate: reload (SIGHUP): running "));
}

TEST_F(ReloadCommand, AFileThatCannotBeReadIsRefusedByTheGatewayToo) {
    const std::string file = dir_.write("broken.yaml", "admin: {address\n");
    const RunResult done = reload({"--config", file, "--pid", pid()});
    EXPECT_EQ(done.code, 1);
    EXPECT_THAT(done.err, StartsWith(file + ":"));
    EXPECT_TRUE(gateway_.process().err().wait_for("errgate: reload (SIGHUP): running "));
}

// ------------------------------------------------------------ with a token and a fixed port

std::uint16_t free_port() {
    return Listener().port();
}

class GuardedReload : public testing::Test {
  protected:
    void write(std::uint16_t port, const std::string& token, const std::string& threads = "2") {
        dir_.write("token", token + "\n");
        std::string yaml = to_yaml(single(80));
        const auto replace = [&](const std::string& what, const std::string& by) {
            yaml.replace(yaml.find(what), what.size(), by);
        };
        replace("admin: {address: \"127.0.0.1:0\"",
                "admin: {address: \"127.0.0.1:" + std::to_string(port) + "\", token_file: token");
        replace("threads: 2", "threads: " + threads);
        file_ = dir_.write("errgate.yaml", yaml);
    }
    // Started with the file as it is.
    void start() {
        gateway_.emplace(std::vector<std::string>{errgate_binary(), "run", "--config", file_});
        ASSERT_TRUE(gateway_->err().wait_for("errgate: admin on")) << gateway_->err().text();
    }
    // As the service does it.
    RunResult reload() {
        return run_program({errgate_binary(), "reload", "--config", file_, "--pid",
                            std::to_string(gateway_->pid())});
    }

    TempDir dir_;
    std::string file_;
    std::optional<Process> gateway_;
    const std::uint16_t port_ = free_port();
};

TEST_F(GuardedReload, TakesTheTokenFromTheFile) {
    write(port_, "first-token-of-16");
    start();
    const RunResult done = reload();
    EXPECT_EQ(done.code, 0);
    EXPECT_EQ(done.err, "");
    const RunResult refused =
        run_program({errgate_binary(), "reload", "--admin", "127.0.0.1:" + std::to_string(port_)});
    EXPECT_EQ(refused.code, 1);
    EXPECT_THAT(refused.err, HasSubstr(" asks for a token: name its routes file with --config\n"));
}

// The watch of the files may be first, and then no signal is needed.
TEST_F(GuardedReload, FollowsTheGatewayToItsNewAddressAndToken) {
    write(port_, "first-token-of-16");
    start();
    write(free_port(), "other-token-of-16");
    const RunResult done = reload();
    EXPECT_EQ(done.code, 0) << done.err;
    EXPECT_THAT(done.out, StartsWith("reloaded: running "));
}

TEST_F(GuardedReload, CallsNoReloadDoneThatItHasNotSeen) {
    write(port_, "first-token-of-16");
    start();
    write(free_port(), "other-token-of-16", "3");  // another number of threads needs a restart
    const RunResult done = reload();
    EXPECT_EQ(done.code, 1);
    EXPECT_EQ(done.out, "");
    EXPECT_THAT(done.err, HasSubstr("; sending SIGHUP to process "));
    EXPECT_THAT(done.err, HasSubstr("\nerrgate: reload failed or refused, its reason is in the "
                                    "gateway's log: no answer from "));
    EXPECT_TRUE(gateway_->err().wait_for("errgate: reload (SIGHUP) refused: threads "));
}

}  // namespace
}  // namespace errgate::test
