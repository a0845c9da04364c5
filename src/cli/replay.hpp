// `errgate explain --jsonl`: a whole recording against a set of dialects.
#pragma once

#include "cli/io.hpp"
#include "config/dialects.hpp"

#include <string>

namespace errgate::cli {

// Reads `file` ("-": io.in) line by line and writes `{id, is_error, format, rule, envelope}` for
// each, in order. Lines that name no dialect use `default_dialect`. A line that cannot be read is
// reported with its number and the rest goes on; the exit code is then 1.
int replay_recordings(const std::string& file, const std::string& default_dialect,
                      const config::DialectSet& dialects, const Io& io);

// One sentence, with the names there are.
std::string unknown_dialect(const std::string& name, const config::DialectSet& dialects);

}  // namespace errgate::cli
