// `errgate run`: the gateway.
#include "app/gateway.hpp"
#include "cli/addresses.hpp"
#include "cli/commands.hpp"
#include "cli/style.hpp"
#include "config/load.hpp"

#include <algorithm>
#include <memory>
#include <ostream>
#include <sys/resource.h>

namespace errgate::cli {
namespace {

// A core dump would write credentials and card data in flight to a disk. A limit of one byte,
// unlike zero, also keeps the kernel from piping the dump to a collector such as systemd-coredump
// (core(5)).
void forbid_core_dumps() {
    rlimit limit{};
    if (getrlimit(RLIMIT_CORE, &limit) != 0) return;
    limit.rlim_cur = limit.rlim_max = std::min<rlim_t>(limit.rlim_max, 1);
    setrlimit(RLIMIT_CORE, &limit);
}

int run_gateway(const std::string& file, const Io& io) {
    forbid_core_dumps();  // before the first secret is read
    const config::LoadResult loaded = config::load_file(file, config::process_environment());
    print_problems(loaded.problems, io.err);
    if (!loaded.snapshot) return kInvalidConfiguration;
    for (const auto& notice : loaded.snapshot->notices)
        io.err << "errgate: " << notice << '\n';

    app::Gateway gateway(loaded.snapshot, [file] {
        return config::load_file(file, config::process_environment(), config::Pipes::refused);
    });
    if (const std::string error = gateway.listen(); !error.empty()) {
        io.err << "errgate: " << error << '\n';
        return kCannotStart;
    }
    for (const auto& listener : gateway.listeners()) {
        io.err << "errgate: listening on " << listener_url(listener) << '\n';
    }
    io.err << "errgate: admin on " << url_of(gateway.admin_address()) << std::endl;
    return gateway.run();
}

}  // namespace

void add_run(CLI::App& app, Command& chosen) {
    auto* command = app.add_subcommand("run", "Run the gateway until SIGTERM or SIGINT");
    auto file = std::make_shared<std::string>();
    command->add_option("--config,-c", *file, "Routes file (YAML or JSON)")
        ->type_name("FILE")
        ->required();
    command->footer(
        "The admin listener (admin.address, 127.0.0.1:9464 by default) has a web page at /.\n\n"
        "Example:\n  errgate run --config config/errgate.yaml");
    command->callback(
        [&chosen, file] { chosen = [file](const Io& io) { return run_gateway(*file, io); }; });
}

}  // namespace errgate::cli
