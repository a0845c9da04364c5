// Rules of a mapping file -> compiled rules, and what the lint (dialect_lint.hpp) needs to know of
// them.
#pragma once

#include "config/reader.hpp"
#include "mapping/rules.hpp"

#include <string>
#include <utility>
#include <vector>

namespace errgate::config {

// A compiled rule with its place, and its conditions in a form that can be compared.
struct LoadedRule {
    mapping::Rule rule;
    Mark mark;
    std::string path;
    bool own = true;             // false: it came with a preset
    mapping::StatusTest status;  // no ranges: any
    // The other tests of the response and the message expression: key and compact text.
    std::vector<std::pair<std::string, std::string>> tests;
};

LoadedRule read_rule(Report& report, const Value& value, const std::string& path,
                     const std::string& label);

}  // namespace errgate::config
