// What `health` and `reload` share: finding the admin listener of a running gateway, and asking it.
#pragma once

#include "cli/io.hpp"
#include "config/model.hpp"
#include "sim/client.hpp"

#include <CLI/App.hpp>

#include <chrono>
#include <string>
#include <variant>

namespace errgate::cli {

struct AdminOptions {
    std::string admin = "127.0.0.1:9464";
    std::string config;  // a routes file; empty: `admin` says where
};

// --admin ADDRESS or --config FILE.
void add_admin_options(CLI::App& command, AdminOptions& options);

// The listener's address and token; or the exit code, once the reason is on io.err.
std::variant<config::AdminModel, int> find_admin(const AdminOptions& options, const Io& io);

// "http://127.0.0.1:9464"
std::string admin_url(const config::AdminModel& admin);

// One request to it, with its token. `timeout` holds for each step.
sim::ClientResponse ask_admin(const config::AdminModel& admin, const std::string& method,
                              const std::string& target, std::chrono::milliseconds timeout);

}  // namespace errgate::cli
