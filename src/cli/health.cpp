// `errgate health`: is the gateway on this machine ready? For probes where there is no curl.
#include "cli/admin_client.hpp"
#include "cli/commands.hpp"

#include <memory>
#include <ostream>

namespace errgate::cli {
namespace {

struct Options {
    AdminOptions admin;
    bool live = false;
};

constexpr std::chrono::seconds kTimeout{2};

int health(const Options& options, const Io& io) {
    const auto found = find_admin(options.admin, io);
    if (const int* exit_code = std::get_if<int>(&found)) return *exit_code;
    const auto& admin = std::get<config::AdminModel>(found);
    const auto answer = ask_admin(admin, "GET", options.live ? "/livez" : "/readyz", kTimeout);
    if (!answer.error.empty()) {
        io.err << "errgate: no answer from " << admin_url(admin) << ": " << answer.error << '\n';
        return kInvalidConfiguration;
    }
    io.out << answer.body;
    return answer.status == 200 ? kFine : kInvalidConfiguration;
}

}  // namespace

void add_health(CLI::App& app, Command& chosen) {
    auto* command = app.add_subcommand(
        "health", "Ask the admin listener of a running gateway whether it is ready");
    auto options = std::make_shared<Options>();
    add_admin_options(*command, options->admin);
    command->add_flag("--live", options->live, "Ask whether it lives: also while it drains");
    command->footer(
        "Example:\n  errgate health --admin 127.0.0.1:9464\n\n"
        "Exit code 0 if it is ready, 1 if it is not or does not answer within 2 s.");
    command->callback(
        [&chosen, options] { chosen = [options](const Io& io) { return health(*options, io); }; });
}

}  // namespace errgate::cli
