// One dialect or preset of a mapping file -> its compiled parts.
#pragma once

#include "config/dialect_rule.hpp"
#include "config/reader.hpp"
#include "mapping/dialect.hpp"

#include <map>
#include <string>
#include <vector>

namespace errgate::config {

struct Preset {
    std::string file;
    std::vector<mapping::Format> formats;
    std::vector<LoadedRule> rules;
};
using Presets = std::map<std::string, Preset, std::less<>>;

// Presets are made of formats and rules alone, and use no other preset.
Preset read_preset(Report& report, const Value& value, const std::string& path,
                   const std::string& name);

// Problems are reported, lint included; with any, the dialect must not be used.
mapping::DialectParts read_dialect(Report& report, const Value& value, const std::string& path,
                                   const std::string& name, const Presets& presets);

}  // namespace errgate::config
