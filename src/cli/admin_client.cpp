#include "cli/admin_client.hpp"

#include "cli/addresses.hpp"
#include "cli/style.hpp"
#include "config/admin_contact.hpp"

#include <ostream>

namespace errgate::cli {
namespace {

// A wildcard is where to listen, not where to connect.
std::string connectable(const std::string& host) {
    if (host == "0.0.0.0") return "127.0.0.1";
    return host == "::" ? "::1" : host;
}

}  // namespace

void add_admin_options(CLI::App& command, AdminOptions& options) {
    auto* admin = command.add_option("--admin,-a", options.admin, "Address of the admin listener")
                      ->type_name("ADDRESS")
                      ->capture_default_str();
    command
        .add_option("--config,-c", options.config,
                    "Take address and token from the admin part of this routes file")
        ->type_name("FILE")
        ->excludes(admin);
}

std::variant<config::AdminModel, int> find_admin(const AdminOptions& options, const Io& io) {
    if (!options.config.empty()) {
        std::vector<config::Problem> problems;
        auto admin =
            config::load_admin_contact(options.config, config::process_environment(), problems);
        print_problems(problems, io.err);
        if (!admin) return kInvalidConfiguration;
        return *std::move(admin);
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
    config::AdminModel admin;
    admin.address = std::get<config::ListenAddress>(address);
    return admin;
}

std::string admin_url(const config::AdminModel& admin) {
    return url_of(admin.address);
}

sim::ClientResponse ask_admin(const config::AdminModel& admin, const std::string& method,
                              const std::string& target, std::chrono::milliseconds timeout) {
    sim::ClientRequest request;
    request.method = method;
    request.target = target;
    request.host = connectable(admin.address.host);
    if (!admin.token.empty()) request.fields = {{"Authorization", "Bearer " + admin.token}};
    return sim::fetch(admin.address.port, request, timeout);
}

}  // namespace errgate::cli
