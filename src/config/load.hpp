// Routes file -> snapshot: read, validate, compile; all problems at once, nothing by halves.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "config/document.hpp"
#include "config/snapshot.hpp"

namespace errgate::config {

// Where ${NAME} is looked up; tests pass a map.
using Environment = std::function<std::optional<std::string>(const std::string& name)>;
Environment process_environment();

struct LoadResult {
    std::shared_ptr<const Snapshot> snapshot;  // null when there are problems
    std::vector<Problem> problems;
};

// Reads the file and the mapping files it names.
LoadResult load_file(const std::string& path, const Environment& environment);
// The same from text; `file` is the name problems carry, and relative paths start at its folder.
LoadResult load_text(std::string_view text, const std::string& file, const Environment& environment);

}  // namespace errgate::config
