// `errgate demo`: the gateway between simulated providers and whoever wants to try it.
#include "app/gateway.hpp"
#include "cli/addresses.hpp"
#include "cli/commands.hpp"
#include "cli/demo_config.hpp"
#include "cli/style.hpp"
#include "cli/tour.hpp"
#include "config/load.hpp"
#include "sim/server.hpp"

#include <memory>
#include <ostream>
#include <thread>

namespace errgate::cli {
namespace {

constexpr std::uint16_t kDefaultPort = 8080;

struct Options {
    bool tour = false;
    std::uint16_t port = kDefaultPort;
    bool port_given = false;
};

// All five, each on a free port of its own.
struct Providers {
    std::vector<std::unique_ptr<sim::Server>> servers;
    std::map<std::string, std::uint16_t> ports;

    std::string start() {
        for (const sim::Provider& provider : sim::providers()) {
            servers.push_back(std::make_unique<sim::Server>(provider));
            if (std::string error = servers.back()->listen(); !error.empty()) return error;
            ports[provider.name] = servers.back()->port();
        }
        return {};
    }
};

void print_what_to_try(const app::Gateway& gateway, const std::string& url, std::ostream& out) {
    out << "\nThe gateway stays up; Ctrl-C ends it. Try:\n"
        << "  curl -i " << url << "/kiotapay/payments/payment_failed\n"
        << "  curl -i " << url << "/six_digit/invoices -d '{\"price\": 50}'\n"
        << "  curl -i " << url << "/kira/v1/users -H 'Authorization: Bearer t' -d '{}'\n"
        << "  curl -i " << url << "/kineticpay/bills/503 -H 'Accept: application/problem+json'\n"
        << "  curl -i " << url << "/license_pos/html_502\n"
        << "  curl " << url_of(gateway.admin_address()) << "/metrics\n"
        << "  " << url_of(gateway.admin_address()) << "/ in a browser\n"
        << "The last segment of the path, or a field X-Sim-Error, names the failure:\n";
    for (const sim::Provider& provider : sim::providers()) {
        out << "  /" << provider.name << "/...  " << provider.cases[0].name << ", "
            << provider.cases[1].name << ", " << provider.cases[2].name << ", ... ("
            << provider.cases.size() << ")\n";
    }
    out << "  all of them: html_502, empty_500, cut_short, no_answer" << std::endl;
}

int serve(app::Gateway& gateway, const Providers& providers, const Options& options, const Io& io) {
    const auto address = gateway.listeners().front().address;
    int wrong = 0;
    std::thread guide([&] {
        wrong = take_tour({address.port, providers.ports}, io.out);
        if (options.tour) {
            gateway.stop();
        } else {
            print_what_to_try(gateway, url_of(address), io.out);
        }
    });
    const int exit_code = gateway.run();
    guide.join();
    return options.tour && wrong != 0 ? kInvalidConfiguration : exit_code;
}

int run_demo(const Options& options, const Io& io) {
    Providers providers;
    if (const std::string error = providers.start(); !error.empty()) {
        io.err << "errgate: " << error << '\n';
        return kCannotStart;
    }
    const bool any_port = options.tour && !options.port_given;
    const std::string routes = demo_routes(any_port ? 0 : options.port, providers.ports);
    const auto loaded = config::load_text(routes, "demo.yaml", config::process_environment());
    print_problems(loaded.problems, io.err);
    if (!loaded.snapshot) return kInvalidConfiguration;

    app::Gateway gateway(loaded.snapshot);
    if (const std::string error = gateway.listen(); !error.empty()) {
        io.err << "errgate: " << error << "; --port takes another port\n";
        return kCannotStart;
    }
    io.out << "errgate on " << listener_url(gateway.listeners().front())
           << ", in front of five simulated providers.\n"
              "Each step shows what the provider answers and what the client of errgate gets.\n";
    return serve(gateway, providers, options, io);
}

}  // namespace

void add_demo(CLI::App& app, Command& chosen) {
    auto* command = app.add_subcommand(
        "demo", "Run the gateway in front of simulated providers on loopback, and show it at work");
    auto options = std::make_shared<Options>();
    command->add_flag("--tour", options->tour,
                      "End after the tour; the exit code is 0 only if every step came out right");
    auto* port =
        command
            ->add_option("--port,-p", options->port,
                         "Port of the gateway; 0, and the default with --tour: any free one")
            ->check(CLI::Range(std::uint16_t{0}, std::uint16_t{65'535}))
            ->capture_default_str();
    command->footer("Example:\n  errgate demo --tour");
    command->callback([&chosen, options, port] {
        options->port_given = port->count() > 0;
        chosen = [options](const Io& io) { return run_demo(*options, io); };
    });
}

}  // namespace errgate::cli
