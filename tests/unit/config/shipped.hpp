// The dialects built into the binary, compiled once for a test program, and their examples.
#pragma once

#include "config/dialect_examples.hpp"
#include "mapping_file.hpp"

#include <string>
#include <vector>

namespace errgate::config {

inline const DialectSet& shipped() {
    static const DialectSet kSet = compile(shipped_mapping_sources());
    return kSet;
}

inline std::vector<Example> examples_of(const std::string& name) {
    for (const MappingSource& source : shipped_mapping_sources()) {
        if (source.file != shipped().at(name).file) continue;
        std::vector<Problem> problems;
        Report report(source.file, problems);
        const Value root = parse_document(source.text, source.file, problems);
        return read_examples(report, *root.find("dialects")->find(name)->find("examples"), "");
    }
    return {};
}

inline Sent sent(const Example& example) {
    return {example.status, example.body, example.headers, example.method, example.path};
}

}  // namespace errgate::config
