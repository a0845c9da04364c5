// Mapping files -> compiled dialects: the shipped ones, built into the binary, and the user's own.
#pragma once

#include "config/document.hpp"
#include "mapping/dialect.hpp"

#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace errgate::config {

struct NamedDialect {
    std::shared_ptr<const mapping::Dialect> dialect;  // null: it has a problem
    std::string file;  // where it was defined, "built in: kira.yaml" for the shipped
    bool shipped = false;
};
using DialectSet = std::map<std::string, NamedDialect, std::less<>>;

struct MappingSource {
    std::string file;
    std::string text;
};

// The mapping files under config/dialects, embedded at build time.
const std::vector<MappingSource>& shipped_mapping_sources();

// What the shipped files define, known without parsing them: a start pays for what it uses.
struct ShippedDialect {
    std::string_view name;
    const MappingSource* source = nullptr;
};
const std::vector<ShippedDialect>& shipped_dialects();

// Compiles files that may share presets (presets of all of them are known before any dialect is
// compiled; those of the shipped presets file always are). Every problem of every file is added,
// load-time lint included; a dialect with a problem has its name here and nothing else. Two files
// that define one name: a problem.
DialectSet compile_mappings(const std::vector<MappingSource>& files,
                            std::vector<Problem>& problems);

// One `examples` entry of a dialect that did not come out as it says.
struct ExampleFailure {
    std::string file;
    Mark mark;
    std::string dialect;
    std::string example;  // its id
    std::string diff;     // "code: expected not_found, got internal_error" one a line
};
// Runs every example of every dialect in the files; `ran` gets their number.
std::vector<ExampleFailure> run_examples(const std::vector<MappingSource>& files,
                                         const DialectSet& dialects, std::size_t& ran);

}  // namespace errgate::config
