#include "cli/dialect_choice.hpp"

#include "config/files.hpp"
#include "config/load.hpp"

#include <span>

namespace errgate::cli {
namespace {

using config::MappingSource;
using config::Problem;

std::vector<MappingSource> read_mappings(std::span<const std::string> files,
                                         std::vector<Problem>& problems) {
    std::vector<MappingSource> sources;
    for (const auto& file : files) {
        if (auto text = config::read_file(file, problems, config::Pipes::allowed)) {
            sources.push_back({file, std::move(*text)});
        }
    }
    return sources;
}

}  // namespace

std::vector<MappingSource> own_mappings(const config::Snapshot& snapshot,
                                        std::vector<Problem>& problems) {
    return read_mappings(std::span(snapshot.files).subspan(1), problems);  // the first: routes
}

config::DialectSet with_shipped(const std::vector<MappingSource>& own,
                                std::vector<Problem>& problems) {
    config::DialectSet all = config::compile_mappings(own, problems);
    all.merge(config::compile_mappings(config::shipped_mapping_sources(), problems));
    return all;
}

config::DialectSet choose_dialects(const DialectChoice& choice, std::vector<Problem>& problems) {
    if (!choice.mapping_files.empty()) {
        const auto sources = read_mappings(choice.mapping_files, problems);
        return config::compile_mappings(sources, problems);
    }
    if (choice.routes_file.empty()) return with_shipped({}, problems);
    const auto loaded = config::load_file(choice.routes_file, config::process_environment());
    problems.insert(problems.end(), loaded.problems.begin(), loaded.problems.end());
    if (!loaded.snapshot) return {};
    return with_shipped(own_mappings(*loaded.snapshot, problems), problems);
}

}  // namespace errgate::cli
