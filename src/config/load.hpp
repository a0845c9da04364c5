// Routes file -> snapshot: read, validate, compile; all problems at once, nothing by halves.
#pragma once

#include "config/document.hpp"
#include "config/environment.hpp"
#include "config/files.hpp"
#include "config/snapshot.hpp"

#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace errgate::config {

struct LoadResult {
    std::shared_ptr<const Snapshot> snapshot;  // null when there are problems
    std::vector<Problem> problems;
};

// Reads the file, and the mapping, certificate and key files it names. Only the first may be a
// pipe.
LoadResult load_file(const std::string& path, const Environment& environment,
                     Pipes pipes = Pipes::allowed);
// The same from text; `file` is the name problems carry, and relative paths start at its folder.
LoadResult load_text(std::string_view text, const std::string& file,
                     const Environment& environment);

}  // namespace errgate::config
