// `errgate check`: is a routes file valid, and do its dialects still read their own examples?
#include "cli/commands.hpp"
#include "cli/dialect_choice.hpp"
#include "cli/style.hpp"
#include "config/load.hpp"

#include <algorithm>
#include <memory>
#include <ostream>
#include <sstream>

namespace errgate::cli {
namespace {

using config::Problem;

std::string counted(std::size_t number, const std::string& noun) {
    return std::to_string(number) + ' ' + noun + (number == 1 ? "" : "s");
}

void print_failure(const config::ExampleFailure& failure, std::ostream& err) {
    const Problem place{failure.file, failure.mark,
                        "dialect " + failure.dialect + ", example " + failure.example,
                        "does not come out as it says"};
    print_problems({place}, err);
    std::istringstream diff(failure.diff);
    for (std::string line; std::getline(diff, line);)
        err << "  " << line << '\n';
}

// Runs the examples of the files against the dialects; false when one fails.
bool examples_hold(const std::vector<config::MappingSource>& files,
                   const config::DialectSet& dialects, std::size_t& ran, std::ostream& err) {
    std::size_t ran_here = 0;
    const auto failures = config::run_examples(files, dialects, ran_here);
    for (const auto& failure : failures)
        print_failure(failure, err);
    ran += ran_here;
    return failures.empty();
}

// The files of the shipped dialects that an upstream of this configuration speaks; the others would
// cost each check half a second.
std::vector<config::MappingSource> spoken_shipped_files(const config::Snapshot& snapshot,
                                                        const config::DialectSet& own) {
    std::vector<config::MappingSource> files;
    for (const config::ShippedDialect& shipped : config::shipped_dialects()) {
        const bool spoken =
            std::ranges::any_of(snapshot.upstreams, [&](const config::Upstream& upstream) {
                return upstream.dialect->name() == shipped.name;
            });
        const bool there = std::ranges::any_of(files, [&](const config::MappingSource& file) {
            return file.file == shipped.source->file;
        });
        if (spoken && !there && !own.contains(shipped.name)) files.push_back(*shipped.source);
    }
    return files;
}

int check(const std::string& file, const Io& io) {
    const auto loaded = config::load_file(file, config::process_environment());
    print_problems(loaded.problems, io.err);
    if (!loaded.snapshot) return kInvalidConfiguration;
    for (const auto& notice : loaded.snapshot->notices)
        io.out << "note: " << notice << '\n';

    std::vector<Problem> problems;
    const auto own_files = own_mappings(*loaded.snapshot, problems);
    const auto own = config::compile_mappings(own_files, problems);
    const auto shipped_files = spoken_shipped_files(*loaded.snapshot, own);
    const auto shipped = config::compile_mappings(shipped_files, problems);
    print_problems(problems, io.err);
    std::size_t ran = 0;
    const bool shipped_hold = examples_hold(shipped_files, shipped, ran, io.err);
    const bool own_hold = examples_hold(own_files, own, ran, io.err);
    if (!problems.empty() || !shipped_hold || !own_hold) return kInvalidConfiguration;
    const Style style = style_of(io.out);
    io.out << style.good << "ok" << style.plain << ": " << file << ": "
           << counted(loaded.snapshot->routes.size(), "route") << ", "
           << counted(loaded.snapshot->upstreams.size(), "upstream") << ", "
           << counted(own.size() + shipped.size(), "dialect") << ", " << counted(ran, "example")
           << '\n';
    return kFine;
}

}  // namespace

void add_check(CLI::App& app, Command& chosen) {
    auto* command = app.add_subcommand(
        "check", "Validate a routes file with its dialects and run the examples of each");
    auto file = std::make_shared<std::string>();
    command->add_option("file", *file, "Routes file (YAML or JSON)")->type_name("FILE")->required();
    command->footer("Example:\n  errgate check config/errgate.yaml");
    command->callback(
        [&chosen, file] { chosen = [file](const Io& io) { return check(*file, io); }; });
}

}  // namespace errgate::cli
