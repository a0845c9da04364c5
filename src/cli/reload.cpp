// `errgate reload`: has a running gateway read its files again, and tells what became of it.
#include "cli/admin_client.hpp"
#include "cli/commands.hpp"
#include "cli/style.hpp"

#include <nlohmann/json.hpp>

#include <cerrno>
#include <csignal>
#include <cstring>
#include <memory>
#include <ostream>
#include <thread>

namespace errgate::cli {
namespace {

using Json = nlohmann::json;

struct Options {
    AdminOptions admin;
    int pid = 0;  // 0: there is no process to signal
};

constexpr int kLargestPid = 1 << 22;  // of Linux: proc(5), pid_max
// Reloads wait for each other, and for the first names to be resolved. systemd gives ExecReload
// 90 s.
constexpr std::chrono::seconds kVerdictTimeout{60};
// After SIGHUP: by then a new address of the admin listener is in use, or the reload was refused.
constexpr std::chrono::seconds kSignalPatience{5};
constexpr std::chrono::milliseconds kSignalPoll{100};

config::Problem problem_of(const Json& json) {
    return {json.value("file", ""),
            {json.value("line", 0), json.value("column", 0)},
            json.value("path", ""),
            json.value("message", "")};
}

// The answer of POST /reload (admin/reload.hpp) for people.
int tell_verdict(const Json& verdict, const Io& io) {
    const std::string hash = verdict.value("hash", "").substr(0, 12);
    if (verdict["result"] == "success") {
        for (const Json& notice : verdict.value("notices", Json::array()))
            io.err << "errgate: " << notice.get<std::string>() << '\n';
        const Style style = style_of(io.out);
        io.out << style.good << "reloaded" << style.plain << ": running " << hash
               << (verdict.value("changed", false) ? "" : ", unchanged") << '\n';
        return kFine;
    }
    std::vector<config::Problem> problems;
    for (const Json& problem : verdict.value("problems", Json::array()))
        problems.push_back(problem_of(problem));
    print_problems(problems, io.err);
    io.err << "errgate: reload refused: " << verdict.value("reason", "")
           << "; the running configuration stays\n";
    return kInvalidConfiguration;
}

// A gateway answers with a verdict, or says why it does not serve this request.
int tell(const sim::ClientResponse& answer, const std::string& url, const Io& io) {
    const Json body = Json::parse(answer.body, nullptr, false);
    try {
        if (body.is_object() && body.contains("result")) return tell_verdict(body, io);
    } catch (const Json::exception&) {  // members of other types: no gateway of ours
    }
    io.err << "errgate: " << url << " answered " << answer.status << ", not with a verdict";
    if (body.is_object() && body.contains("error") && body["error"].is_string())
        io.err << ": " << body["error"].get<std::string>();
    io.err << '\n';
    return kInvalidConfiguration;
}

bool send_sighup(int pid, const Io& io) {
    if (::kill(pid, SIGHUP) == 0) return true;
    io.err << "errgate: cannot send SIGHUP to process " << pid << ": " << std::strerror(errno)
           << '\n';
    return false;
}

// Why the gateway of this file cannot be asked; empty: it answered.
std::string obstacle(const config::AdminModel& admin, const sim::ClientResponse& answer) {
    if (!answer.error.empty()) return "no answer from " + admin_url(admin) + ": " + answer.error;
    if (answer.status != 401) return {};
    return admin_url(admin) + (admin.token.empty()
                                   ? " asks for a token: name its routes file with --config"
                                   : " asks for another token");
}

sim::ClientResponse ask(const config::AdminModel& admin) {
    return ask_admin(admin, "POST", "/reload", kVerdictTimeout);
}

// The file's admin listener is not the running one: its address or token has just been changed.
// Once the gateway has followed, it can be asked.
int reload_by_signal(const config::AdminModel& admin, std::string why, int pid, const Io& io) {
    io.err << "errgate: " << why << "; sending SIGHUP to process " << pid << '\n';
    if (!send_sighup(pid, io)) return kInvalidConfiguration;
    const auto until = std::chrono::steady_clock::now() + kSignalPatience;
    do {
        std::this_thread::sleep_for(kSignalPoll);
        const auto answer = ask(admin);
        why = obstacle(admin, answer);
        if (why.empty()) return tell(answer, admin_url(admin), io);
    } while (std::chrono::steady_clock::now() < until);
    io.err << "errgate: reload failed or refused, its reason is in the gateway's log: " << why
           << '\n';
    return kInvalidConfiguration;
}

int reload(const Options& options, const Io& io) {
    const auto found = find_admin(options.admin, io);
    if (const int* exit_code = std::get_if<int>(&found)) {
        // It will refuse this file too, and is to say so in its log and metrics.
        if (*exit_code == kInvalidConfiguration && options.pid != 0) send_sighup(options.pid, io);
        return *exit_code;
    }
    const auto& admin = std::get<config::AdminModel>(found);
    if (admin.address.port == 0 && options.pid != 0) {
        io.err << "errgate: admin.address has no fixed port to ask at: sending SIGHUP to process "
               << options.pid << ", whose log will have the verdict\n";
        return send_sighup(options.pid, io) ? kFine : kInvalidConfiguration;
    }
    const auto answer = ask(admin);
    const std::string why = obstacle(admin, answer);
    if (why.empty()) return tell(answer, admin_url(admin), io);
    if (options.pid != 0) return reload_by_signal(admin, why, options.pid, io);
    io.err << "errgate: " << why << '\n';
    return kInvalidConfiguration;
}

}  // namespace

void add_reload(CLI::App& app, Command& chosen) {
    auto* command = app.add_subcommand(
        "reload", "Have a running gateway read its configuration again, and tell the verdict");
    auto options = std::make_shared<Options>();
    add_admin_options(*command, options->admin);
    command
        ->add_option("--pid,-p", options->pid,
                     "Send SIGHUP to this process when the admin listener cannot be asked")
        ->type_name("PID")
        ->check(CLI::Range(1, kLargestPid));
    command->footer(
        "Examples:\n  errgate reload\n  errgate reload --config /etc/errgate/errgate.yaml\n\n"
        "The gateway reads the files it was started with, in its own environment; --config only\n"
        "says where it is asked. Exit code 0 if it runs them now; 1 if it refused them, after\n"
        "each problem with file, line and column, or cannot be asked.");
    command->callback(
        [&chosen, options] { chosen = [options](const Io& io) { return reload(*options, io); }; });
}

}  // namespace errgate::cli
