// Which dialects a command works with: the shipped ones, a routes file's, or mapping files' alone.
#pragma once

#include "config/dialects.hpp"
#include "config/snapshot.hpp"

#include <string>
#include <vector>

namespace errgate::cli {

struct DialectChoice {
    std::string routes_file;                 // --config
    std::vector<std::string> mapping_files;  // --mapping, one by one
};

// Neither given: the shipped dialects. A routes file: those and its own, its own winning. Mapping
// files: only what they define. Everything wrong with a file is added to `problems`; then the set
// is not to be used.
config::DialectSet choose_dialects(const DialectChoice& choice,
                                   std::vector<config::Problem>& problems);

// The mapping files that a loaded routes file names.
std::vector<config::MappingSource> own_mappings(const config::Snapshot& snapshot,
                                                std::vector<config::Problem>& problems);

// The shipped dialects with those of `own` over them.
config::DialectSet with_shipped(const std::vector<config::MappingSource>& own,
                                std::vector<config::Problem>& problems);

}  // namespace errgate::cli
