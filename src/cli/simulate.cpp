// `errgate simulate`: the simulated providers alone, for a gateway that runs somewhere else.
#include "cli/addresses.hpp"
#include "cli/commands.hpp"
#include "sim/server.hpp"

#include <boost/asio/ip/address.hpp>

#include <csignal>
#include <memory>
#include <ostream>

namespace errgate::cli {
namespace {

constexpr std::uint16_t kFirstPort = 9001;  // as in config/errgate.yaml
constexpr std::uint16_t kLastFirstPort = 65'000;

struct Options {
    std::string address = "127.0.0.1";
    std::uint16_t port = kFirstPort;
};

// Blocks SIGTERM and SIGINT in this thread and those it starts, to be waited for.
sigset_t hold_back_signals() {
    sigset_t ends;
    sigemptyset(&ends);
    sigaddset(&ends, SIGTERM);
    sigaddset(&ends, SIGINT);
    pthread_sigmask(SIG_BLOCK, &ends, nullptr);
    return ends;
}

int simulate(const Options& options, const Io& io) {
    const sigset_t ends = hold_back_signals();
    std::vector<std::unique_ptr<sim::Server>> servers;
    std::uint16_t port = options.port;
    for (const sim::Provider& provider : sim::providers()) {
        auto& server = servers.emplace_back(std::make_unique<sim::Server>(provider));
        if (const std::string error = server->listen(port, options.address); !error.empty()) {
            io.err << "errgate: " << error << '\n';
            return kCannotStart;
        }
        io.out << provider.name << " on " << url_of({options.address, server->port()}) << '\n';
        if (port != 0) ++port;
    }
    io.out << "The last segment of the path, or a field X-Sim-Error, names a failure." << std::endl;
    int number = 0;
    sigwait(&ends, &number);
    return kFine;
}

// For CLI11: what is wrong with it, or nothing.
std::string is_literal_address(const std::string& text) {
    boost::system::error_code error;
    boost::asio::ip::make_address(text, error);
    return error ? "expected an IPv4 or IPv6 address, not '" + text + "'" : "";
}

}  // namespace

void add_simulate(CLI::App& app, Command& chosen) {
    auto* command = app.add_subcommand("simulate", "Run the five simulated providers alone");
    auto options = std::make_shared<Options>();
    command->add_option("--address,-a", options->address, "Literal address to listen on")
        ->check(is_literal_address)
        ->type_name("ADDRESS")
        ->capture_default_str();
    command
        ->add_option("--port,-p", options->port,
                     "Port of the first one, the others follow; 0: any free ones")
        ->check(CLI::Range(std::uint16_t{0}, kLastFirstPort))
        ->capture_default_str();
    command->footer(
        "Example, with the routes file that is shipped:\n"
        "  errgate simulate & errgate run --config config/errgate.yaml");
    command->callback([&chosen, options] {
        chosen = [options](const Io& io) { return simulate(*options, io); };
    });
}

}  // namespace errgate::cli
