// The real Prometheus server, with the scrape configuration we ship, sees what the gateway counted.
#include "support/fake_upstream.hpp"
#include "support/gateway.hpp"
#include "support/source_path.hpp"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <cmath>
#include <csignal>
#include <fstream>
#include <sstream>

namespace errgate::test {
namespace {

using nlohmann::json;

constexpr const char* kPrometheus = "/usr/bin/prometheus";

std::string read_file(const std::string& path) {
    std::ostringstream text;
    text << std::ifstream(path).rdbuf();
    return text.str();
}

// deploy/prometheus.yml with the gateway's real port and a fast scrape.
std::string scrape_configuration(std::uint16_t admin_port) {
    std::string yaml = read_file(source_path("deploy/prometheus.yml"));
    const std::string target = "127.0.0.1:9464";
    const std::size_t at = yaml.rfind(target);  // a comment names it too
    EXPECT_NE(at, std::string::npos) << "deploy/prometheus.yml does not scrape " << target;
    if (at != std::string::npos)
        yaml.replace(at, target.size(), "127.0.0.1:" + std::to_string(admin_port));
    std::istringstream lines(yaml);
    std::string fast;
    for (std::string line; std::getline(lines, line);) {
        const std::size_t interval = line.find("scrape_interval:");
        if (interval != std::string::npos) line = line.substr(0, interval) + "scrape_interval: 1s";
        const std::size_t timeout = line.find("scrape_timeout:");
        if (timeout != std::string::npos) line = line.substr(0, timeout) + "scrape_timeout: 1s";
        if (line.find("rule_files:") != std::string::npos) break;  // their files are not beside it
        fast += line + "\n";
    }
    if (fast.find("scrape_interval:") == std::string::npos)
        fast = "global: {scrape_interval: 1s}\n" + fast;
    return fast;
}

// The value of an instant query, or NaN when there is none yet.
double query(std::uint16_t port, const std::string& expression) {
    Client client(port);
    const json answer = client.get("/api/v1/query?query=" + expression).json();
    if (!answer.is_object()) return std::nan("");  // not ready yet
    const json result = answer.value("/data/result"_json_pointer, json::array());
    if (result.empty()) return std::nan("");
    return std::stod(result[0]["value"][1].get<std::string>());
}

TEST(Prometheus, ScrapesTheErrorsTheGatewayCounted) {
    if (!std::ifstream(kPrometheus)) GTEST_SKIP() << kPrometheus << " is not installed";
    FakeUpstream upstream;
    Gateway gateway(single(upstream.port(), "kiotapay", "retry: {attempts: 1}"));
    Client client = gateway.client();
    for (int i = 0; i < 3; ++i) {
        upstream.expect("POST", "/charge")
            .reply(402, {}, R"({"errorCode":"INSUFFICIENT_FUNDS","message":"No"})");
        client.post("/charge", "{}");
    }
    ASSERT_TRUE(
        gateway.wait_for_metric("errgate_errors_total", {{"code", "insufficient_funds"}}, 3));

    const TempDir dir;
    const std::uint16_t port = refused_port();
    Process prometheus(
        {kPrometheus,
         "--config.file=" + dir.write("prometheus.yml", scrape_configuration(gateway.admin_port())),
         "--storage.tsdb.path=" + dir.path("data"),
         "--web.listen-address=127.0.0.1:" + std::to_string(port)});
    const auto deadline = std::chrono::steady_clock::now() + 2 * kPatience;
    double seen = std::nan("");
    while (seen != 3 && std::chrono::steady_clock::now() < deadline &&
           !prometheus.wait(std::chrono::milliseconds(50))) {
        if (Socket::connect_to(port).open())
            seen = query(port, "errgate_errors_total%7Bcode%3D%22insufficient_funds%22%7D");
    }
    EXPECT_EQ(seen, 3) << prometheus.err().text();
    prometheus.signal(SIGTERM);
    EXPECT_EQ(prometheus.wait(), 0);
}

}  // namespace
}  // namespace errgate::test
