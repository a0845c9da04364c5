// `errgate health`: is the gateway on this machine ready? For probes where there is no curl.
#include "cli/addresses.hpp"
#include "cli/commands.hpp"
#include "cli/style.hpp"
#include "config/address.hpp"
#include "config/load.hpp"
#include "sim/client.hpp"

#include <memory>
#include <ostream>

namespace errgate::cli {
namespace {

struct Options {
    std::string admin = "127.0.0.1:9464";
    std::string config;
    bool live = false;
};

constexpr std::chrono::seconds kTimeout{2};

// A wildcard is where to listen, not where to connect.
std::string connectable(const std::string& host) {
    if (host == "0.0.0.0") return "127.0.0.1";
    return host == "::" ? "::1" : host;
}

int ask(const config::ListenAddress& address, const Options& options, const Io& io) {
    sim::ClientRequest request;
    request.host = connectable(address.host);
    request.target = options.live ? "/livez" : "/readyz";
    const auto answer = sim::fetch(address.port, request, kTimeout);
    if (!answer.error.empty()) {
        io.err << "errgate: no answer from " << url_of(address) << ": " << answer.error << '\n';
        return kInvalidConfiguration;
    }
    io.out << answer.body;
    return answer.status == 200 ? kFine : kInvalidConfiguration;
}

int health(const Options& options, const Io& io) {
    if (!options.config.empty()) {
        const auto loaded = config::load_file(options.config, config::process_environment());
        print_problems(loaded.problems, io.err);
        return loaded.snapshot ? ask(loaded.snapshot->admin, options, io) : kInvalidConfiguration;
    }
    config::Value text;
    text.kind = config::Value::Kind::scalar;
    text.text = options.admin;
    const auto address = config::listen_address(text);
    if (const auto* mismatch = std::get_if<config::Mismatch>(&address)) {
        io.err << "errgate: --admin must be " << mismatch->wanted << ", not '" << options.admin
               << "'\n";
        return kWrongUsage;
    }
    return ask(std::get<config::ListenAddress>(address), options, io);
}

}  // namespace

void add_health(CLI::App& app, Command& chosen) {
    auto* command = app.add_subcommand(
        "health", "Ask the admin listener of a running gateway whether it is ready");
    auto options = std::make_shared<Options>();
    auto* admin = command->add_option("--admin,-a", options->admin, "Address of the admin listener")
                      ->type_name("ADDRESS")
                      ->capture_default_str();
    command
        ->add_option("--config,-c", options->config,
                     "Take that address from the admin.address of this routes file")
        ->type_name("FILE")
        ->excludes(admin);
    command->add_flag("--live", options->live, "Ask whether it lives: also while it drains");
    command->footer(
        "Example:\n  errgate health --admin 127.0.0.1:9464\n\n"
        "Exit code 0 if it is ready, 1 if it is not or does not answer within 2 s.");
    command->callback(
        [&chosen, options] { chosen = [options](const Io& io) { return health(*options, io); }; });
}

}  // namespace errgate::cli
